import {
  addCounters,
  type Counters,
  type Dimension,
  dimensions,
  emptyCounters,
} from '../aggregate/counters.ts';
import { DistinctSketch } from '../aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../aggregate/quantile-sketch.ts';
import { assert } from '../protocol/assert.ts';
import { FormatError } from '../protocol/bytes.ts';
import { dimensionKeysMax, OTHER_KEY } from '../protocol/limits.ts';
import type { PackedWindow } from './packed-window.ts';
import { compareRevisions, type Revision } from './revision.ts';

/** Several windows as one: an hour of a shard. Panes are not kept: they are for the recent past. */
export interface MergedWindows {
  /** The highest revision of the windows. */
  readonly revision: Revision;
  /** True when every window is closed. */
  readonly closed: boolean;
  /** How many windows were merged. */
  readonly windows: number;
  readonly counters: readonly number[];
  readonly dimensions: PackedWindow['dimensions'];
  readonly titles: PackedWindow['titles'];
  readonly users: Uint8Array;
  readonly sessions: Uint8Array;
  readonly speed: Uint8Array;
}

type Entry = readonly [string, readonly number[]];

/**
 * Merges windows of different minutes; the order in which they come does not matter. A dimension that would hold
 * more than dimensionKeysMax keys keeps those with the most events (the earlier seen of equals) and folds the rest
 * into OTHER_KEY, so that totals stay exact (WIN-6). Throws FormatError on a sketch that cannot be read.
 */
export function mergeWindows(windows: readonly PackedWindow[]): MergedWindows {
  assert(windows.length > 0, 'no windows to merge');
  const ordered = windows.toSorted((a, b) => a.minute - b.minute || compareRevisions(a.revision, b.revision));
  const counters = emptyCounters();
  for (const window of ordered) addCounters(counters, window.counters);
  const merged = Object.fromEntries(
    dimensions.map((name) => [name, mergeDimension(ordered.map((window) => window.dimensions[name]))]),
  ) as Record<Dimension, Entry[]>;
  return {
    revision: ordered.map((window) => window.revision).reduce(newerRevision),
    closed: ordered.every((window) => window.closed),
    windows: ordered.length,
    counters: [...counters],
    dimensions: merged,
    titles: mergeTitles(ordered, new Set(merged.content.map(([key]) => key))),
    users: mergeDistinct(ordered.map((window) => window.users)).toBytes(),
    sessions: mergeDistinct(ordered.map((window) => window.sessions)).toBytes(),
    speed: mergeQuantiles(ordered.map((window) => window.speed)).toBytes(),
  };
}

function newerRevision(a: Revision, b: Revision): Revision {
  return compareRevisions(a, b) >= 0 ? a : b;
}

function mergeDimension(parts: readonly (readonly Entry[])[]): Entry[] {
  const sums = new Map<string, Counters>();
  for (const [key, counters] of parts.flat()) {
    const sum = sums.get(key) ?? emptyCounters();
    addCounters(sum, counters);
    sums.set(key, sum);
  }
  const other = sums.get(OTHER_KEY) ?? emptyCounters();
  sums.delete(OTHER_KEY);
  for (const key of keysBeyond(sums)) {
    addCounters(other, sums.get(key) as Counters);
    sums.delete(key);
  }
  if (other[0] !== 0) sums.set(OTHER_KEY, other);
  return [...sums].map(([key, counters]) => [key, [...counters]]);
}

/** The keys with the fewest events, as many as there are too many of; sorting is stable. */
function keysBeyond(sums: ReadonlyMap<string, Counters>): string[] {
  if (sums.size <= dimensionKeysMax) return [];
  const byEvents = [...sums].sort(([, a], [, b]) => (b[0] as number) - (a[0] as number));
  return byEvents.slice(dimensionKeysMax).map(([key]) => key);
}

/** The last known title and type of each content that is held; one that is not told again does not vanish. */
function mergeTitles(windows: readonly PackedWindow[], held: ReadonlySet<string>): PackedWindow['titles'] {
  const known = new Map<string, readonly [string, string | null, string | null]>();
  for (const [content, title, type] of windows.flatMap((window) => window.titles)) {
    if (!held.has(content)) continue;
    const before = known.get(content);
    known.set(content, [content, title ?? before?.[1] ?? null, type ?? before?.[2] ?? null]);
  }
  return [...known.values()];
}

/** The union of serialised distinct sketches. Throws FormatError on bytes that are none. */
function mergeDistinct(parts: readonly Uint8Array[]): DistinctSketch {
  const union = new DistinctSketch();
  for (const bytes of parts) union.merge(readSketch(() => DistinctSketch.fromBytes(bytes)));
  return union;
}

/** The sum of serialised quantile sketches. Throws FormatError on bytes that are none. */
function mergeQuantiles(parts: readonly Uint8Array[]): QuantileSketch {
  const sum = new QuantileSketch();
  for (const bytes of parts) sum.merge(readSketch(() => QuantileSketch.fromBytes(bytes)));
  return sum;
}

function readSketch<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new FormatError(error.message) : error;
  }
}
