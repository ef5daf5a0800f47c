// ok ⊆ counted ⊆ ok ∪ unknown, each exactly once, by region, minute and content: in the live frames, the windows of D1,
// the lake and the hours of the batch layer; and the accounts add up.
import {
  type Cells,
  contentCell,
  contentsOfHours,
  differences,
  minuteCell,
  minuteMs,
  minutesOfApi,
  tally,
} from './cells.ts';
import { type LakeEvent, lakeEvents } from './lake-set.ts';
import type { Oracle, OracleEvent } from './oracle.ts';
import { fireRegions } from './producers.ts';
import { hoursOf, type LiveNumbers } from './settle.ts';
import type { World } from './world.ts';

const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface Checked {
  /** Distinct events: made, answered 202, and found in the lake. */
  readonly events: number;
  readonly acknowledged: number;
  readonly counted: number;
  /** Of those without an answer that says so, how many count. */
  readonly unknownCounted: number;
  /** Of those that were only ever refused, how many count. */
  readonly refusedCounted: number;
  /** Counted by the batch layer alone: they came too late for the stream. */
  readonly late: number;
  readonly lost: number;
  readonly doubled: number;
  /** Everything that is not as it must be, in words. Empty where the lot holds. */
  readonly faults: readonly string[];
}

export interface LotKind {
  readonly hasStandIn: boolean;
  /** Regions beside those of the oracle have traffic. */
  readonly hasOthers: boolean;
}

/** The batch layer is done. */
export async function check(world: World, oracle: Oracle, live: LiveNumbers, lot: LotKind): Promise<Checked> {
  const rows = await lakeEvents(world.folder);
  const checked = checkEvents(oracle, rows, live);
  const faults = [
    ...checked.faults,
    ...(await batchFaults(world, oracle, rows)),
    ...(await accountFaults(world, oracle, rows, lot)),
  ];
  return { ...checked, faults };
}

/** Event by event, and the stream's numbers against them. */
export function checkEvents(
  oracle: Pick<Oracle, 'events' | 'ok' | 'unknown' | 'failed' | 'wrongAnswers'>,
  rows: readonly LakeEvent[],
  live: LiveNumbers,
): Checked {
  const found = new Set(rows.map(({ number }) => number));
  const lost = [...oracle.ok].filter((number) => !found.has(number));
  const doubled = rows.filter(({ counted }) => counted > 1).map(({ number }) => number);
  const byStream = rows.filter(({ counted }) => counted > 0);
  const isUnknown = (number: number) => !oracle.ok.has(number) && oracle.unknown.has(number);
  const isRefused = (number: number) =>
    !oracle.ok.has(number) && !oracle.unknown.has(number) && oracle.failed.has(number);
  return {
    events: oracle.events.length,
    acknowledged: oracle.ok.size,
    counted: found.size,
    unknownCounted: [...found].filter(isUnknown).length,
    refusedCounted: [...found].filter(isRefused).length,
    late: rows.filter(({ counted }) => counted === 0).length,
    lost: lost.length,
    doubled: doubled.length,
    faults: [
      ...live.faults,
      ...some('lost', lost),
      ...some('counted twice', doubled),
      ...identityFaults(oracle, rows, found),
      ...differences('stream', live.minutes, tally(byStream, minuteCell)),
      ...differences('contents of the stream', live.contents, tally(byStream, contentCell)),
      ...oracle.wrongAnswers.slice(0, 10),
    ],
  };
}

function some(what: string, numbers: readonly number[]): string[] {
  return numbers.length === 0
    ? []
    : [`${what}: ${numbers.length} events, such as ${numbers.slice(0, 5).join()}`];
}

function identityFaults(
  oracle: Pick<Oracle, 'events' | 'ok' | 'unknown' | 'failed'>,
  rows: readonly LakeEvent[],
  found: ReadonlySet<number>,
): string[] {
  const isSent = (number: number) =>
    oracle.ok.has(number) || oracle.unknown.has(number) || oracle.failed.has(number);
  const isAsSent = (row: OracleEvent) => {
    const sent = oracle.events[row.number];
    return sent && contentCell(sent) === contentCell(row) && sent.timeMs === row.timeMs;
  };
  const numbers = (of: readonly LakeEvent[]) => of.map(({ number }) => number);
  return [
    ...some(
      'never sent',
      [...found].filter((number) => !isSent(number)),
    ),
    ...some('not as it was sent', numbers(rows.filter((row) => !isAsSent(row)))),
    ...some('in two parts', numbers(rows.filter(({ twice }) => twice > 0))),
    ...(rows.length === found.size ? [] : [`${rows.length - found.size} events are in two cells`]),
  ];
}

/** Every hour is computed: each event counts once, whatever the stream made of it. */
async function batchFaults(world: World, oracle: Oracle, rows: readonly LakeEvent[]): Promise<string[]> {
  const minutes = new Map<string, number>();
  for (const hour of hoursOf(oracle)) {
    const from = (hour * hourMs) / minuteMs;
    for (const [cell, events] of await minutesOfApi(world, from, from + 60)) minutes.set(cell, events);
  }
  const hourCell = (event: OracleEvent) =>
    `${event.region} ${Math.floor(event.timeMs / hourMs)} ${event.content}`;
  return [
    ...differences('batch', minutes, tally(rows, minuteCell)),
    ...differences('contents of batch', await contentsOfHours(world, hoursOf(oracle)), tally(rows, hourCell)),
  ];
}

interface Reconciled {
  readonly adds_up: boolean;
  readonly explanation: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly hours: readonly {
    readonly region: string;
    readonly hour: string;
    readonly state: string;
    readonly batch: number | null;
    readonly explanation: string;
  }[];
}

/** A day at most is told at once. */
async function accountsSince(world: World, fromMs: number): Promise<Reconciled[]> {
  const statements: Reconciled[] = [];
  for (let from = fromMs; from < world.now(); from += dayMs) {
    const to = Math.min(from + dayMs, world.now());
    const query = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    statements.push(await world.read<Reconciled>(`/api/reconcile?${query}`));
  }
  return statements;
}

/** ING-6 and ING-6b to ING-6d, by /api/reconcile over the whole run. */
async function accountFaults(
  world: World,
  oracle: Oracle,
  rows: readonly LakeEvent[],
  { hasStandIn, hasOthers }: LotKind,
): Promise<string[]> {
  const statements = await accountsSince(world, Math.min(...hoursOf(oracle)) * hourMs);
  const hours = statements.flatMap((statement) => statement.hours);
  const sum = (of: 'counted' | 'late') => rows.reduce((total, row) => total + row[of], 0);
  const totalOf = (name: string) => statements.reduce((sum_, { totals }) => sum_ + (totals[name] ?? 0), 0);
  const [accepted, counted] = [totalOf('accepted'), totalOf('counted')];
  const [late, missing] = [totalOf('late'), totalOf('missing')];
  const ours = hours.filter(({ region }) => fireRegions.includes(region));
  const batch = ours.map(
    ({ region, hour, batch: events }) => [`${region} ${Date.parse(hour) / hourMs}`, events ?? 0] as const,
  );
  const wanted = tally(rows, ({ region, timeMs }) => `${region} ${Math.floor(timeMs / hourMs)}`);
  const faults = [
    ...statements.flatMap(({ adds_up, explanation }) => (adds_up ? [] : [`accounts: ${explanation}`])),
    ...(hasOthers || counted === sum('counted')
      ? []
      : [`accounts: ${counted} counted, the lake holds ${sum('counted')}`]),
    ...(hasOthers || late === sum('late') ? [] : [`accounts: ${late} late, the lake holds ${sum('late')}`]),
    ...(missing === 0 ? [] : [`accounts: ${missing} missing`]),
    // What the emulated queue forgets of a door that dies with it nobody can know of (LOG-4).
    ...(!hasStandIn || accepted >= oracle.answered.accepted
      ? []
      : [`accounts: ${accepted} accepted, the answers said ${oracle.answered.accepted}`]),
    ...differences('accounts of hours', new Map(batch) as Cells, wanted),
  ];
  // What others have sent, or what was put into the lake past the stream, is not this oracle's.
  const wrong = ours.filter(({ state }) => state !== 'equal' && state !== 'explained');
  return [...faults, ...wrong.map((hour) => `hour: ${JSON.stringify(hour)}`)];
}
