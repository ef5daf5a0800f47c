/** Where /api/system has its figures from. A part that does not answer is null, and named: the others are told. */
import { findingOf } from '../../core/account/finding.ts';
import { statementOf, totalOf } from '../../core/account/statement.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { hubObjectName, type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import {
  accountsHeldMs,
  deadLettersHeldMs,
  lakeHeldMs,
  rejectsHeldMs,
  runsHeldMs,
  shardsHeldMs,
  systemPastMs,
  systemWaitMsMax,
} from '../../core/protocol/system-limits.ts';
import type { RegionLook, SystemPart } from '../../core/system/judge.ts';
import type { ShardVitals } from '../../core/system/shard-vitals.ts';
import { gatherAccounts, type ShardLog } from '../../storage/account-reader.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { type RejectTotals, readRejectTotals } from '../../storage/reject-store.ts';
import { countDeadLetters, type DeadLetterCount } from '../../storage/system/dead-letter-kinds.ts';
import { type LakePace, readLakePace } from '../../storage/system/lake-pace.ts';
import { readRejectSamples, type ToldSample } from '../../storage/system/reject-samples.ts';
import { readWork, type Work } from '../../storage/system/work-under-way.ts';
import type { Env } from '../env.ts';
import { Held } from './held.ts';
import { logForRequest, timed } from './request-scope.ts';

/** Whose eyes: a caller who is limited to regions is told of these alone, and of no rejects, which are of none. */
export interface SystemScope {
  readonly regions: readonly RegionEntry[];
  readonly isOfAll: boolean;
}

export interface Rejects {
  readonly totals: readonly RejectTotals[];
  readonly samples: readonly ToldSample[];
}

export interface AccountsFound {
  readonly addsUp: boolean;
  readonly explanation: string;
  readonly received: number | null;
  readonly rejected: number | null;
  readonly atMs: number;
}

export interface Audience {
  readonly viewers: number;
  readonly readers: number;
}

/** Null: not told, for `unread` says so, or for it is not for this caller. */
export interface SystemSources {
  readonly regions: readonly RegionLook[];
  readonly audience: Audience | null;
  readonly rejects: Rejects | null;
  readonly lake: LakePace | null;
  readonly deadLetters: (DeadLetterCount & { readonly atMs: number }) | null;
  readonly accounts: AccountsFound | null;
  readonly work: Work | null;
  readonly unread: readonly { readonly part: SystemPart; readonly text: string }[];
}

const held = {
  shards: new Held<readonly RegionLook[]>(shardsHeldMs),
  rejects: new Held<Rejects>(rejectsHeldMs),
  lake: new Held<LakePace>(lakeHeldMs),
  deadLetters: new Held<DeadLetterCount & { readonly atMs: number }>(deadLettersHeldMs),
  accounts: new Held<AccountsFound>(accountsHeldMs),
  work: new Held<Work>(runsHeldMs),
};

/** What was read is read anew; for tests, which share an isolate. */
export function forgetSystem(): void {
  for (const one of Object.values(held)) one.forget();
}

export async function readSystem(env: Env, scope: SystemScope, nowMs: number): Promise<SystemSources> {
  const unread: { part: SystemPart; text: string }[] = [];
  const numbers = scope.regions.map(({ number }) => number);
  const key = numbers.join();
  const dayAgoMs = nowMs - 24 * systemPastMs;
  const orNull = async <T>(part: SystemPart, text: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await inTime(read());
    } catch (error) {
      if (error instanceof NotMigratedError) throw error;
      logForRequest('warn', 'system_part_unread', { part, ...errorFields(error) });
      unread.push({ part, text });
      return null;
    }
  };
  const shards = held.shards.get(key, nowMs, () => timed('shards', askAll(env, scope.regions)));
  const [regions, audience, rejects, lake, deadLetters, accounts, work] = await Promise.all([
    shards,
    shards.then((told) =>
      orNull('hubs', 'The hub does not answer: who watches is not known.', () => readAudience(env, told)),
    ),
    scope.isOfAll
      ? orNull('doors', 'Rejects could not be read.', () =>
          held.rejects.get(key, nowMs, () => timed('d1', readRejects(env.DB, nowMs))),
        )
      : null,
    orNull('lake', 'What was sealed of late could not be read.', () =>
      held.lake.get(key, nowMs, () => timed('d1', readLakePace(env.DB, numbers, nowMs - systemPastMs))),
    ),
    orNull('dead_letters', 'Dead letters could not be counted.', () =>
      held.deadLetters.get(key, nowMs, () => readLetters(env, scope, nowMs)),
    ),
    orNull('accounts', 'The accounts could not be read.', () =>
      held.accounts.get(key, nowMs, () => readAccounts(env, scope, nowMs)),
    ),
    orNull('runs', 'Runs could not be read.', () =>
      held.work.get(key, nowMs, () => timed('d1', readWork(env.DB, numbers, dayAgoMs))),
    ),
  ]);
  return { regions, audience, rejects, lake, deadLetters, accounts, work, unread };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${systemWaitMsMax} ms`)), systemWaitMsMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

/** The call as it is over RPC; the platform's mapped type of it is too deep to use. */
interface VitalsDoor extends ShardLog {
  vitals(): Promise<ShardVitals | null>;
}

function doorOf({ REGION_WINDOW }: Env, regionNumber: number, shard: number): VitalsDoor {
  const id = REGION_WINDOW.idFromName(shardObjectName(regionNumber, shard));
  return REGION_WINDOW.get(id) as unknown as VitalsDoor;
}

/** Each shard of a region is a line of its own. */
async function askAll(env: Env, regions: readonly RegionEntry[]): Promise<readonly RegionLook[]> {
  const shards = regions.flatMap(({ number, name, shardPlan = [] }) =>
    shardsOf([{ number, shardPlan }]).map(({ shard }) => ({ number, shard, name })),
  );
  return await Promise.all(
    shards.map(async ({ number, shard, name }) => {
      try {
        return { name, vitals: await inTime(doorOf(env, number, shard).vitals()), failed: false };
      } catch (error) {
        logForRequest('warn', 'region_unanswered', { regionNumber: number, shard, ...errorFields(error) });
        return { name, vitals: null, failed: true };
      }
    }),
  );
}

/** A hub that no region knows of is not woken to say that nobody is there. */
async function readAudience({ LIVE_HUB }: Env, regions: readonly RegionLook[]): Promise<Audience> {
  if (!regions.some(({ vitals }) => vitals?.isWatched)) return { viewers: 0, readers: 0 };
  return await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).audience();
}

async function readRejects(db: D1Database, nowMs: number): Promise<Rejects> {
  const fromMinute = Math.floor((nowMs - systemPastMs) / windowMs);
  const toMinute = Math.floor(nowMs / windowMs) + 1;
  const [totals, samples] = await Promise.all([
    readRejectTotals(db, fromMinute, toMinute),
    readRejectSamples(db, fromMinute),
  ]);
  return { totals, samples };
}

async function readLetters({ LAKE }: Env, { regions, isOfAll }: SystemScope, nowMs: number) {
  const seen = new Set(regions.map(({ number }) => number));
  const maySee = (number: number | null): boolean => (number === null ? isOfAll : seen.has(number));
  return { ...(await countDeadLetters(LAKE, maySee)), atMs: nowMs };
}

/** Of the last hour, as /api/reconcile has it, but without the hours of batch: of these none is over yet. */
async function readAccounts(
  env: Env,
  { regions, isOfAll }: SystemScope,
  nowMs: number,
): Promise<AccountsFound> {
  const toMinute = Math.floor(nowMs / windowMs) + 1;
  const fromMinute = toMinute - systemPastMs / windowMs;
  const ports = {
    db: env.DB,
    bucket: env.LAKE,
    shard: ({ regionNumber, shard }: { regionNumber: number; shard: number }) =>
      doorOf(env, regionNumber, shard),
  };
  const sources = await gatherAccounts(ports, { regions, isOfAll, fromMinute, toMinute }, nowMs);
  const total = totalOf(statementOf(sources, fromMinute, toMinute));
  const { addsUp, explanation } = findingOf(total, []);
  const ofDoor = isOfAll
    ? { received: total.received, rejected: total.rejected }
    : { received: null, rejected: null };
  return { addsUp, explanation, ...ofDoor, atMs: nowMs };
}
