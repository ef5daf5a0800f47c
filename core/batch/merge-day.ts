import { packedWindowVersion } from '../protocol/version.ts';
import { type MergedWindows, mergeWindows } from '../window/merge-windows.ts';
import type { PackedWindow } from '../window/packed-window.ts';

/** A merged hour: of one shard of a region. */
export interface DayPart extends MergedWindows {
  readonly regionNumber: number;
  readonly shard: number;
  readonly hour: number;
}

/**
 * The hours of a region's day as one, of all its shards (BAT-3). As of hours, the 512 keys of each dimension with the
 * most events are named and totals are exact (WIN-6). `windows` are minutes.
 */
export function mergeDay(hours: readonly DayPart[]): MergedWindows {
  const merged = mergeWindows(hours.map(asWindow));
  return { ...merged, windows: hours.reduce((sum, { windows }) => sum + windows, 0) };
}

/** What merges minutes merges hours, told by the number of the hour. */
function asWindow({ hour, ...rest }: DayPart): PackedWindow {
  return { ...rest, v: packedWindowVersion, minute: hour, panes: [] };
}
