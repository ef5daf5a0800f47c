import { allowedLatenessMs, windowMs } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import type { MinuteSums } from '../../storage/range-store.ts';
import { askShards, type Sources, type Told, totalsOnly } from './range-reader.ts';
import { logForRequest } from './request-scope.ts';
import type { StatsQuery } from './stats-query.ts';

export interface SettledMinutes {
  /** What the shards told, from the start of the range on. */
  readonly told: Told;
  /** The minutes before `untilMinute` as D1 sums them; null where it cannot, or where a shard holds one of them. */
  readonly settled: MinuteSums | null;
  readonly untilMinute: number;
}

/** Shards seldom hold windows that are older: twice their lateness and some more. */
const settledAfterMs = 2 * allowedLatenessMs + 10 * windowMs;
/** Shorter ranges are read as they are. */
const worthMinutes = 60;

/**
 * Asks the shards, and meanwhile lets D1 sum the old minutes of a range: a day of windows is seventeen thousand rows of
 * twelve regions, and fourteen hundred sums.
 */
export async function readSettledMinutes(
  sources: Sources,
  { regions, range }: StatsQuery,
  nowMs: number,
): Promise<SettledMinutes> {
  const { fromMinute } = range;
  const untilMinute = Math.min(range.toMinute, Math.floor((nowMs - settledAfterMs) / windowMs));
  const isWorth = untilMinute - fromMinute > worthMinutes;
  const [told, sums] = await Promise.all([
    askShards(sources, regions, fromMinute, { ...totalsOnly, toMinute: range.toMinute }),
    isWorth ? sumsOrNull(sources, shardsOf(regions), { fromMinute, toMinute: untilMinute }) : null,
  ]);
  const isHeld = told.answers.some(({ windows }) =>
    windows.some(({ minute }) => minute >= fromMinute && minute < untilMinute),
  );
  return { told, settled: isHeld ? null : sums, untilMinute };
}

/** Null where D1 does not answer: who reads the minutes one by one then tells so. */
async function sumsOrNull(...[sources, ...asked]: [Sources, ...Parameters<Sources['minuteSums']>]) {
  try {
    return await sources.minuteSums(...asked);
  } catch (error) {
    logForRequest('warn', 'sums_unread', errorFields(error));
    return null;
  }
}
