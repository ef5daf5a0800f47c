import { errorFields } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { WindowParts } from '../../core/window/window-parts.ts';
import type { Layers } from '../../storage/layer-store.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import type { MinuteSums, RangePart, RangePlan, RangeWant } from '../../storage/range-store.ts';
import type { MinuteRange } from './parameters.ts';
import { RangeMerge } from './range-merge.ts';
import { planRange } from './range-plan.ts';
import { logForRequest } from './request-scope.ts';

/** Where answers come from: the region shards, for what they hold now, and D1. Bound to the platform in sources.ts. */
export interface Sources {
  readonly live: (address: ShardAddress, fromMinute: number, wanted: WindowParts) => Promise<RegionAnswer>;
  readonly stored: (plan: RangePlan, want: RangeWant) => AsyncIterable<readonly RangePart[]>;
  /** Which layers D1 has something of the range of. */
  readonly layers: (shards: readonly ShardAddress[], range: MinuteRange) => Promise<Layers>;
  readonly minuteSums: (shards: readonly ShardAddress[], range: MinuteRange) => Promise<MinuteSums>;
}

/** What is asked about a range of some regions. */
export interface RangeQuestion {
  readonly regions: readonly RegionEntry[];
  readonly range: MinuteRange;
  readonly want: RangeWant;
  /** Every minute by itself; else an hour may stand for its minutes. */
  readonly byMinute: boolean;
  /** Shards also tell the panes of their windows from here on, up to now. */
  readonly panesFromMinute?: number;
  /** Shards also tell their titles. */
  readonly tellTitles?: boolean;
  /** What the shards have told already; they are not asked again then. */
  readonly told?: Told;
  /** Of which the range is the end: what comes before it was answered otherwise. */
  readonly endOf?: MinuteRange;
}

/** How a range was answered. */
export interface RangeState {
  readonly range: MinuteRange;
  readonly regions: readonly RegionEntry[];
  /** Numbers of the regions with windows in the range. */
  readonly active: ReadonlySet<number>;
  /** Which layer counted it (API-1b). */
  readonly source: RangeSource;
  /** Of the shards that answered. Their windows may lie outside of the range, up to now. */
  readonly answers: readonly RegionAnswer[];
  /** What did not answer, in words. */
  readonly warnings: readonly string[];
}

export const rangeSources = ['stream', 'batch', 'stream+batch'] as const;
export type RangeSource = (typeof rangeSources)[number];

/** What the shards say. */
export type Told = Pick<RangeState, 'answers' | 'warnings'>;

/** Neither D1 nor any shard answers. */
export class NothingAnswersError extends Error {
  override readonly name = 'NothingAnswersError';
}

export const totalsOnly: RangeWant = {
  dimensions: [],
  key: null,
  titles: false,
  sketches: false,
  panes: false,
};

/** A shard that takes longer is taken for one that does not answer: a late picture is no live picture. */
const answerMsMax = 3_000;

/**
 * Asks every shard of the regions and D1, and visits the newest state of each window of the range once (WIN-7), in any
 * order; an hour in place of its windows, unless a shard holds one of them. What has been visited is dropped, so that
 * memory does not grow with the range. A shard that does not answer costs what D1 does not have yet, D1 that does not
 * answer what the shards no longer hold; either gives a warning. Throws NothingAnswersError where all fail.
 */
export async function readRange(
  sources: Sources,
  question: RangeQuestion,
  visit: (part: RangePart) => void,
): Promise<RangeState> {
  const { regions, range, want } = question;
  const plan = planRange(shardsOf(regions), range, !question.byMinute && !want.panes);
  // Begun before the shards are waited for.
  const lots = begin(sources.stored(plan, want));
  const layers = layersOrNone(sources, shardsOf(regions), question.endOf ?? range);
  const { answers, warnings } = question.told ?? (await askShards(sources, regions, ...shardsTell(question)));
  const merge = new RangeMerge(answers, range, want, visit);
  const stored = await takeStored(sources, merge, lots, want);
  if (stored !== null && answers.length === 0)
    throw new NothingAnswersError('neither D1 nor any region answers');
  merge.visitHeld();
  const { stream, batch } = await layers;
  return {
    range,
    regions,
    active: merge.active,
    source: batch ? (stream || merge.isHeldVisited ? 'stream+batch' : 'batch') : 'stream',
    answers,
    warnings: stored === null ? warnings : [...warnings, stored],
  };
}

/** Where D1 does not answer, what is told is of the shards: the stream's. */
async function layersOrNone(
  ...[sources, ...asked]: [Sources, ...Parameters<Sources['layers']>]
): Promise<Layers> {
  try {
    return await sources.layers(...asked);
  } catch (error) {
    logForRequest('warn', 'layers_unread', errorFields(error));
    return { stream: true, batch: false };
  }
}

/** From which minute on shards tell their windows, and what of them. */
function shardsTell({ range, want, panesFromMinute, tellTitles }: RangeQuestion): [number, WindowParts] {
  const wanted = { ...want, titles: want.titles || tellTitles === true };
  if (panesFromMinute === undefined) return [range.fromMinute, { ...wanted, toMinute: range.toMinute }];
  return [
    Math.min(range.fromMinute, panesFromMinute),
    { ...wanted, panes: true, toMinute: Number.POSITIVE_INFINITY },
  ];
}

/** What every shard of the regions tells, and a warning for each that does not. */
export async function askShards(
  sources: Pick<Sources, 'live'>,
  regions: readonly RegionEntry[],
  fromMinute: number,
  wanted: WindowParts,
): Promise<Told> {
  const shards = shardsOf(regions);
  const answers = await Promise.all(
    shards.map((address) => liveOrNull(sources, address, fromMinute, wanted)),
  );
  const names = new Map(regions.map(({ number, name }) => [number, name]));
  const silent = shards.filter((_, index) => answers[index] === null);
  return {
    answers: answers.filter((answer) => answer !== null),
    warnings: silent.map(
      ({ regionNumber }) => `${names.get(regionNumber)} does not answer: what is not stored yet is missing`,
    ),
  };
}

/** Takes in all that D1 has. Null, or a warning where it failed. */
async function takeStored(
  sources: Sources,
  merge: RangeMerge,
  lots: AsyncIterable<readonly RangePart[]>,
  want: RangeWant,
): Promise<string | null> {
  try {
    for await (const lot of lots) for (const part of lot) merge.takeStored(part);
    const minutes = merge.hoursBehind();
    if (minutes.length > 0) {
      const again = sources.stored({ minutes, hours: [] }, want);
      for await (const lot of again) for (const part of lot) merge.takeStored(part);
    }
    return null;
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', 'storage_unanswered', errorFields(error));
    return 'The database does not answer: what the regions no longer hold is missing';
  }
}

/** Asks for the first lot at once. A failure waits for the one who reads. */
function begin<T>(lots: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = lots[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => undefined);
  return {
    async *[Symbol.asyncIterator]() {
      for (let lot = await first; !lot.done; lot = await iterator.next()) yield lot.value;
    },
  };
}

async function liveOrNull(
  sources: Pick<Sources, 'live'>,
  address: ShardAddress,
  fromMinute: number,
  wanted: WindowParts,
): Promise<RegionAnswer | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMsMax} ms`)), answerMsMax);
  });
  try {
    return await Promise.race([sources.live(address, fromMinute, wanted), late]);
  } catch (error) {
    logForRequest('warn', 'region_unanswered', { ...address, ...errorFields(error) });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
