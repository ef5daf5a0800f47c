import { addCounters, emptyCounters } from '../../core/aggregate/counters.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { compareRevisions } from '../../core/window/revision.ts';
import type { PackedHour } from '../../storage/hour-store.ts';
import type { WindowTotals } from '../../storage/window-store.ts';
import { isWhole, type RangeState, type Sources } from './range-reader.ts';

/** A part of a range with its dimensions and sketches: a window, or an hour in place of its windows. */
export type DetailPart = Pick<
  PackedWindow,
  'regionNumber' | 'dimensions' | 'titles' | 'users' | 'sessions' | 'speed'
>;

/** As many as the platform lets out at the same time. */
const readsAtOnce = 6;

interface HourGroup {
  readonly regionNumber: number;
  readonly shard: number;
  readonly hour: number;
  readonly stored: WindowTotals[];
}

/**
 * Visits the whole of every window of a range: those that shards told as they are, those of D1 by their hour's row
 * where it says exactly what its minutes say, else one by one. Few hours are read at a time and
 * dropped once visited, so that memory does not grow with the range.
 */
export async function visitDetails(
  sources: Sources,
  state: RangeState<WindowTotals>,
  visit: (part: DetailPart) => void,
): Promise<void> {
  const groups = new Map<string, HourGroup>();
  for (const window of state.windows) {
    const { regionNumber, shard, minute } = window;
    const hour = Math.floor(minute / 60);
    const key = `${regionNumber}/${shard}/${hour}`;
    const group = groups.get(key) ?? { regionNumber, shard, hour, stored: [] };
    groups.set(key, group);
    if (isWhole(window)) {
      visit(window);
    } else {
      group.stored.push(window);
    }
  }
  const stored = [...groups.values()].filter((group) => group.stored.length > 0);
  for (let at = 0; at < stored.length; at += readsAtOnce) {
    const batch = stored.slice(at, at + readsAtOnce);
    await Promise.all(batch.map((group) => visitStored(sources, state, group, visit)));
  }
}

async function visitStored(
  sources: Sources,
  state: RangeState<WindowTotals>,
  group: HourGroup,
  visit: (part: DetailPart) => void,
): Promise<void> {
  const { regionNumber, shard, hour, stored } = group;
  const { fromMinute, toMinute } = state.range;
  const isWholeHour = hour * 60 >= fromMinute && hour * 60 + 60 <= toMinute;
  if (isWholeHour && stored.length > 1) {
    const [row] = await sources.hours([{ regionNumber, shard }], hour, hour + 1);
    if (row !== undefined && saysTheSame(row, stored)) {
      visit(row);
      return;
    }
  }
  const minutes = stored.map(({ minute }) => minute);
  const range = { fromMinute: Math.min(...minutes), toMinute: Math.max(...minutes) + 1 };
  const wanted = new Set(minutes);
  for (const window of await sources.windows([{ regionNumber, shard }], range)) {
    if (wanted.has(window.minute)) visit(window);
  }
}

/** An hour whose minutes have changed since it was rolled up differs from them in revision, number or counters. */
function saysTheSame(row: PackedHour, minutes: readonly WindowTotals[]): boolean {
  const sum = emptyCounters();
  for (const { counters } of minutes) addCounters(sum, counters);
  const newest = minutes
    .map(({ revision }) => revision)
    .reduce((a, b) => (compareRevisions(a, b) >= 0 ? a : b));
  return (
    row.windows === minutes.length &&
    compareRevisions(row.revision, newest) === 0 &&
    row.counters.every((value, index) => value === sum[index])
  );
}
