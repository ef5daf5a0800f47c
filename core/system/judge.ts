/** What the figures of the service come to (SYS-3): what is wrong, where, and whether all is well. Pure. */
import {
  d1BehindMs,
  lakeBehindMs,
  queueBehindMs,
  regionSilentMs,
  systemPastMs,
  watermarkBehindMs,
} from '../protocol/system-limits.ts';
import type { ShardVitals } from './shard-vitals.ts';

/** The places of the picture. */
export const systemParts = [
  'doors',
  'queue',
  'regions',
  'd1',
  'lake',
  'hubs',
  'dead_letters',
  'accounts',
  'runs',
] as const;
export type SystemPart = (typeof systemParts)[number];

/** Worst first. `unknown`: what would tell does not answer. */
export const findingLevels = ['failing', 'warning', 'unknown'] as const;
export type FindingLevel = (typeof findingLevels)[number];

export const systemStates = [...findingLevels, 'idle', 'well'] as const;
export type SystemState = (typeof systemStates)[number];

export const regionStates = ['well', 'behind', 'silent', 'idle', 'no_answer'] as const;
export type RegionState = (typeof regionStates)[number];

export interface SystemFinding {
  readonly level: FindingLevel;
  readonly part: SystemPart;
  readonly text: string;
}

/** A region: null vitals where it has never had an event, `failed` where it does not answer. */
export interface RegionLook {
  readonly name: string;
  readonly vitals: ShardVitals | null;
  readonly failed: boolean;
}

/** What was found beside the regions; null where it could not be read, or is not for this caller. */
export interface SystemLook {
  readonly regions: readonly RegionLook[];
  readonly nowMs: number;
  readonly deadLetters: { readonly count: number; readonly isWhole: boolean } | null;
  readonly accounts: {
    readonly addsUp: boolean;
    readonly explanation: string;
    readonly received: number | null;
    readonly rejected: number | null;
  } | null;
  readonly failedRuns: number;
  /** Parts of which nothing could be read, with what is missing in words. */
  readonly unread: readonly { readonly part: SystemPart; readonly text: string }[];
}

/** Of what came in within the hour; a producer with a fault sends nothing else. */
const rejectedShareMax = 0.05;

export function regionStateOf({ vitals, failed }: RegionLook, nowMs: number): RegionState {
  if (failed) return 'no_answer';
  const heardMs = vitals?.lastReceivedAtMs ?? null;
  if (!vitals || heardMs === null || nowMs - heardMs > systemPastMs) return 'idle';
  if (isBehind(vitals, nowMs)) return 'behind';
  return nowMs - heardMs > regionSilentMs ? 'silent' : 'well';
}

function isBehind(vitals: ShardVitals, nowMs: number): boolean {
  const { recent, owed, watermarkMs } = vitals;
  return (
    age(owed.sinceMs, nowMs) > d1BehindMs ||
    (recent.waitMsMean ?? 0) > queueBehindMs ||
    (recent.commits > 0 && nowMs - watermarkMs > watermarkBehindMs)
  );
}

export function judgeSystem(look: SystemLook): { state: SystemState; findings: SystemFinding[] } {
  const findings = [
    ...queueFindings(look),
    ...regionFindings(look),
    ...storeFindings(look),
    ...otherFindings(look),
  ];
  const rank = ({ level }: SystemFinding): number => findingLevels.indexOf(level);
  findings.sort((a, b) => rank(a) - rank(b));
  const isIdle = look.regions.every(({ vitals }) => !vitals || vitals.recent.commits === 0);
  return { state: findings[0]?.level ?? (isIdle ? 'idle' : 'well'), findings };
}

function queueFindings({ regions }: SystemLook): SystemFinding[] {
  const known = regions.flatMap(({ vitals }) => vitals ?? []);
  const waits = known.map(({ recent }) => recent.waitMsMean ?? 0);
  const longest = Math.max(0, ...waits);
  const overdue = known.reduce((sum, one) => sum + one.overdue, 0);
  return [
    ...(longest > queueBehindMs
      ? [warning('queue', `Events wait ${spanText(longest)} in the queue before they count.`)]
      : []),
    ...(overdue > 0
      ? [warning('queue', `${many(overdue, 'event')} accepted and overdue: the queue may still bring them.`)]
      : []),
  ];
}

function regionFindings({ regions, nowMs }: SystemLook): SystemFinding[] {
  const inState = (wanted: RegionState) => regions.filter((one) => regionStateOf(one, nowMs) === wanted);
  const dead = inState('no_answer');
  const silent = inState('silent');
  const slow = regions.filter(
    ({ vitals }) => vitals && vitals.recent.commits > 0 && nowMs - vitals.watermarkMs > watermarkBehindMs,
  );
  return [
    ...(dead.length > 0
      ? [
          failing(
            'regions',
            `${namesText(dead)} ${dead.length === 1 ? 'does' : 'do'} not answer. Events wait in the queue.`,
          ),
        ]
      : []),
    ...silent.map(({ name, vitals }) =>
      warning(
        'regions',
        `${name} has sent nothing for ${spanText(age(vitals?.lastReceivedAtMs ?? null, nowMs))}.`,
      ),
    ),
    ...slow.map(({ name, vitals }) =>
      warning(
        'regions',
        `The watermark of ${name} is ${spanText(nowMs - (vitals?.watermarkMs ?? nowMs))} behind.`,
      ),
    ),
  ];
}

function storeFindings({ regions, nowMs }: SystemLook): SystemFinding[] {
  const d1 = regions.filter(({ vitals }) => age(vitals?.owed.sinceMs ?? null, nowMs) > d1BehindMs);
  const lake = regions.filter(({ vitals }) => age(vitals?.unsealedAtMs ?? null, nowMs) > lakeBehindMs);
  const oldest = (of: readonly RegionLook[], at: (vitals: ShardVitals) => number | null): string =>
    spanText(Math.max(...of.map(({ vitals }) => age(vitals && at(vitals), nowMs))));
  return [
    ...(d1.length > 0
      ? [
          failing(
            'd1',
            `D1 lacks minutes of ${namesText(d1)}, for ${oldest(d1, ({ owed }) => owed.sinceMs)} by now. The regions keep them.`,
          ),
        ]
      : []),
    ...(lake.length > 0
      ? [
          warning(
            'lake',
            `${namesText(lake)}: not sealed for ${oldest(lake, ({ unsealedAtMs }) => unsealedAtMs)}. The logs keep what the lake lacks.`,
          ),
        ]
      : []),
  ];
}

function otherFindings({ deadLetters, accounts, failedRuns, unread }: SystemLook): SystemFinding[] {
  const { received = null, rejected = null } = accounts ?? {};
  const share = received && rejected ? rejected / received : 0;
  const letters = deadLetters?.count ?? 0;
  return [
    ...(accounts && !accounts.addsUp ? [failing('accounts', accounts.explanation)] : []),
    ...(letters > 0
      ? [
          warning(
            'dead_letters',
            `${deadLetters?.isWhole ? '' : 'More than '}${many(letters, 'dead letter')}: not counted until sent again.`,
          ),
        ]
      : []),
    ...(share > rejectedShareMax
      ? [warning('doors', `${Math.floor(share * 100)} % of what came in the last hour was rejected.`)]
      : []),
    ...(failedRuns > 0 ? [warning('runs', `${many(failedRuns, 'run')} failed within a day.`)] : []),
    ...unread.map(({ part, text }) => ({ level: 'unknown', part, text }) as const),
  ];
}

const warning = (part: SystemPart, text: string): SystemFinding => ({ level: 'warning', part, text });
const failing = (part: SystemPart, text: string): SystemFinding => ({ level: 'failing', part, text });

const age = (atMs: number | null, nowMs: number): number => (atMs === null ? 0 : Math.max(0, nowMs - atMs));

const namesMax = 3;

function namesText(regions: readonly RegionLook[]): string {
  const names = regions.slice(0, namesMax).map(({ name }) => name);
  const more = regions.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

const many = (count: number, word: string): string =>
  `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${word}${count === 1 ? '' : 's'}`;

/** 45 s, 12 min, 3 h. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
