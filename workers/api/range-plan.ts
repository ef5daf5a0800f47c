import type { ShardAddress } from '../../core/window/verdict.ts';
import type { RangePlan } from '../../storage/range-store.ts';
import type { MinuteRange } from './parameters.ts';

/** What is read of D1 for a range. `byHours`: an hour may stand for its minutes. */
export function planRange(shards: readonly ShardAddress[], range: MinuteRange, byHours: boolean): RangePlan {
  const { fromMinute: from, toMinute: to } = range;
  const fromHour = Math.ceil(from / 60);
  const toHour = Math.floor(to / 60);
  if (from >= to) return { minutes: [], hours: [] };
  if (!byHours || fromHour >= toHour)
    return { minutes: shards.map((shard) => ({ ...shard, from, to })), hours: [] };
  const ends = [
    { from, to: fromHour * 60 },
    { from: toHour * 60, to },
  ].filter((span) => span.from < span.to);
  return {
    minutes: shards.flatMap((shard) => ends.map((span) => ({ ...shard, ...span }))),
    hours: shards.map((shard) => ({ ...shard, from: fromHour, to: toHour })),
  };
}
