/**
 * How a shard is sealed (LAK-1): the steps in their order, as a machine that asks for one after the other. Who carries
 * them out (durable-objects/lake-sealer, or a simulation) may die between any two of them: the next run finds the
 * plan that stands, and does again only what is not done. Two runs at once come to the same.
 */
import { accountOf, type ShardAccount } from '../account/shard-account.ts';
import { sealBytesMax, sealEventsMax, sealPartsMax } from '../protocol/limits.ts';
import { partFormatVersion } from '../protocol/version.ts';
import type { SealStanding } from '../window/log-keeper.ts';
import { decodeLogRow, type LogRow, type StoredLogRow } from '../window/log-row.ts';
import type { LakeRows } from './lake-rows.ts';
import type { PartAddress } from './part-name.ts';
import { partName } from './part-name.ts';
import { comparePlanned, partsOfRow } from './row-parts.ts';
import { addressOfPart, isSamePlan, namesOfParts, type PlannedPart, type SealPlan } from './seal-plan.ts';
import { splitLog } from './split-log.ts';

/** A part, ready to be stored. */
export interface SealedPart {
  readonly bytes: Uint8Array;
  /** SHA-256 of the content in hex, not of the bytes: the same whenever the same events are encoded. */
  readonly digest: string;
  readonly events: number;
  /** Least and greatest event time, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly formatVersion: number;
}

/** What is stored under a part's name already. */
export interface StoredPart {
  readonly digest: string;
  readonly bytes: number;
}

/** The steps in their order; those of a part come once for each. Failpoints lie before and behind each. */
export const sealStepKinds = [
  'standing',
  'page',
  'keep_plan',
  'listed',
  'encode',
  'put',
  'list',
  'account',
  'sealed',
] as const;

/** Before or behind which step: what a test stops at. */
export type SealFailpoint = `${'before' | 'behind'} ${(typeof sealStepKinds)[number]}`;

export type SealStep =
  /** Of the shard: how far it is sealed; null for one that has never been. */
  | { readonly kind: 'standing' }
  /** Of the shard: rows of its log, both inclusive, as many as an answer holds. */
  | { readonly kind: 'page'; readonly fromRow: number; readonly throughRow: number }
  /** Of the shard: the plan stands from here on, or another does; null where the rows are sealed meanwhile. */
  | { readonly kind: 'keep_plan'; readonly plan: Omit<SealPlan, 'region' | 'shard'> }
  /** Of D1: which of these parts are listed. */
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'encode'; readonly address: PartAddress; readonly rows: LakeRows }
  /** Of R2: stored (null), or what was there before. */
  | { readonly kind: 'put'; readonly name: string; readonly part: SealedPart }
  /** Of D1. `bytes`: of the object that is stored. */
  | {
      readonly kind: 'list';
      readonly address: PartAddress;
      readonly part: SealedPart;
      readonly bytes: number;
    }
  /** Of D1: what became of the events of the plan's rows (ING-6b). */
  | { readonly kind: 'account'; readonly plan: SealPlan; readonly account: ShardAccount }
  /** Of the shard: the plan is carried out. */
  | { readonly kind: 'sealed'; readonly plan: SealPlan };

/** What each step is answered. */
export interface SealReplies {
  readonly standing: SealStanding | null;
  readonly page: readonly StoredLogRow[];
  readonly keep_plan: SealPlan | null;
  readonly listed: ReadonlySet<string>;
  readonly encode: SealedPart;
  readonly put: StoredPart | null;
  readonly list: null;
  readonly account: null;
  readonly sealed: null;
}

export type SealReply = SealReplies[keyof SealReplies];
export type SealSteps<T> = Generator<SealStep, T, SealReply>;

/** The lake and the log do not go together: a person must look. Nothing is overwritten or left out. */
export class SealFault extends Error {
  override readonly name = 'SealFault';
}

interface ReadRow {
  readonly row: number;
  readonly logRow: LogRow;
}

/**
 * Seals what the log holds when it begins, plan by plan. `more`: it has made sealPartsMax parts and leaves the rest to
 * the next run. With an hour it leaves a rest without events of that hour unsealed, so that asking again and again
 * makes no heap of small parts. Throws SealFault.
 */
export function* sealLog(hour: number | null): SealSteps<'sealed' | 'more'> {
  let untilRow: number | null = null;
  for (let made = 0; made < sealPartsMax; ) {
    const standing = yield* ask({ kind: 'standing' });
    if (!standing) return 'sealed';
    untilRow ??= standing.lastRow;
    let { plan } = standing;
    let rows: readonly ReadRow[] | null = null;
    if (!plan) {
      if (standing.throughRow >= untilRow) return 'sealed';
      const proposed = yield* propose(standing, sealPartsMax - made);
      if (!proposed || (hour !== null && isWithout(proposed.plan, hour, untilRow))) return 'sealed';
      plan = yield* ask({ kind: 'keep_plan', plan: proposed.plan });
      // Another may stand that ends with the same row: its rows are read anew.
      if (plan && isSamePlan(plan, proposed.plan)) rows = proposed.rows;
    }
    if (plan) yield* carryOut(plan, rows);
    made += Math.max(1, plan?.parts.length ?? 0);
  }
  return 'more';
}

/** The rows that come next, as many as one plan takes, and at least one. */
function* propose(
  standing: SealStanding,
  partsMax: number,
): SealSteps<{ plan: Omit<SealPlan, 'region' | 'shard'>; rows: ReadRow[] } | null> {
  const rows: ReadRow[] = [];
  const firstRow = standing.throughRow + 1;
  const parts = new Map<string, PlannedPart>();
  let events = 0;
  let bytes = 0;
  for (let more = true; more; ) {
    const fromRow = (rows.at(-1)?.row ?? firstRow - 1) + 1;
    const page = yield* ask({ kind: 'page', fromRow, throughRow: standing.lastRow });
    more = page.length > 0 && standing.partsDone === 0;
    for (const { row, body } of page) {
      const logRow = decodeLogRow(body);
      const ofRow = partsOfRow(logRow);
      events += ofRow.events;
      bytes += body.length;
      const added = [...ofRow.parts.keys()].filter((key) => !parts.has(key)).length;
      const isFull = events > sealEventsMax || bytes > sealBytesMax || parts.size + added > partsMax;
      if (rows.length > 0 && (isFull || standing.partsDone > 0)) {
        more = false;
        break;
      }
      rows.push({ row, logRow });
      for (const [key, part] of ofRow.parts) parts.set(key, part);
    }
  }
  const last = rows.at(-1);
  if (!last) return null;
  const all = [...parts.values()].sort(comparePlanned);
  const chosen = all.slice(standing.partsDone, standing.partsDone + partsMax);
  const { counted, late, duplicates } = last.logRow.head.after.totals;
  const plan = {
    incarnation: standing.incarnation,
    firstRow,
    lastRow: last.row,
    parts: chosen,
    partsBefore: standing.partsDone,
    partsAfter: all.length - standing.partsDone - chosen.length,
    loggedThrough: counted + late + duplicates,
    formatVersion: partFormatVersion,
  };
  return { plan, rows };
}

function isWithout(plan: Pick<SealPlan, 'parts' | 'lastRow'>, hour: number, untilRow: number): boolean {
  return plan.lastRow >= untilRow && plan.parts.every((part) => part.hour !== hour);
}

function* carryOut(plan: SealPlan, read: readonly ReadRow[] | null): SealSteps<void> {
  const { formatVersion, firstRow, lastRow } = plan;
  if (formatVersion !== partFormatVersion)
    throw new SealFault(`rows ${firstRow} to ${lastRow} are planned for parts of version ${formatVersion}`);
  const names = namesOfParts(plan);
  const listed: ReadonlySet<string> =
    names.length > 0 ? yield* ask({ kind: 'listed', names }) : new Set<string>();
  const rows = read ?? (yield* rowsOf(plan));
  if (!rows) return;
  if (listed.size < names.length) {
    const split = splitBy(plan, rows);
    for (const part of plan.parts) {
      const address = addressOfPart(plan, part);
      const ofPart = split.get(`${part.hour} ${part.kind}`);
      split.delete(`${part.hour} ${part.kind}`);
      if (ofPart && !listed.has(partName(address))) yield* storePart(address, ofPart);
    }
  }
  const account = accountOf(rows.map(({ logRow }) => logRow));
  yield* ask({ kind: 'account', plan, account });
  yield* ask({ kind: 'sealed', plan });
}

function* storePart(address: PartAddress, rows: LakeRows): SealSteps<void> {
  const part = yield* ask({ kind: 'encode', address, rows });
  const name = partName(address);
  const before = yield* ask({ kind: 'put', name, part });
  if (before && before.digest !== part.digest)
    throw new SealFault(`${name} holds other events: its digest is ${before.digest}, not ${part.digest}`);
  yield* ask({ kind: 'list', address, part, bytes: before?.bytes ?? part.bytes.length });
}

/** The rows of a plan that stood before; null where another run has carried it out meanwhile: some may be trimmed. */
function* rowsOf(plan: SealPlan): SealSteps<ReadRow[] | null> {
  const { firstRow, lastRow } = plan;
  const rows: ReadRow[] = [];
  for (let fromRow = firstRow; fromRow <= lastRow; ) {
    const page = yield* ask({ kind: 'page', fromRow, throughRow: lastRow });
    for (const { row, body } of page) rows.push({ row, logRow: decodeLogRow(body) });
    fromRow = (page.at(-1)?.row ?? lastRow) + 1;
  }
  const standing = (yield* ask({ kind: 'standing' }))?.plan;
  return standing && isSamePlan(standing, plan) ? rows : null;
}

/** The events of the plan's rows by part. They must be those that the plan means. */
function splitBy(plan: SealPlan, read: readonly ReadRow[]): Map<string, LakeRows> {
  const split = splitLog(read).sort(comparePlanned);
  const { partsBefore, parts, partsAfter } = plan;
  const meant = split.slice(partsBefore, partsBefore + parts.length);
  const isMeant = meant.every((part, i) => comparePlanned(part, parts[i] as PlannedPart) === 0);
  if (!isMeant || split.length !== partsBefore + parts.length + partsAfter)
    throw new SealFault(`rows ${plan.firstRow} to ${plan.lastRow} of the log hold other parts than planned`);
  return new Map(meant.map(({ hour, kind, rows }) => [`${hour} ${kind}`, rows]));
}

/** One step: each kind has an answer of its own. */
function* ask<S extends SealStep>(step: S): SealSteps<SealReplies[S['kind']]> {
  return (yield step) as SealReplies[S['kind']];
}
