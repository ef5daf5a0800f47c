/**
 * The core counters, kept for each pane, each window, and each key of each dimension of a window. All are integer
 * sums, so that they merge and do not depend on order (ING-7, WIN-2). The order is part of every packed format:
 * append only. Definitions: docs/metrics.md.
 */
export const counterNames = [
  'events',
  'views',
  'pauses',
  'resumes',
  'progresses',
  'completes',
  'ratings',
  'downloads',
  'errors',
  'downloads_succeeded',
  'downloads_failed',
  'downloads_slow',
  'speed_kbps_sum',
  'speed_count',
  'watched_ms_sum',
  'completion_milli_sum',
  'completion_count',
  'rating_milli_sum',
  'rating_count',
  'buffering_count_sum',
  'bytes_sum',
] as const;

export type CounterName = (typeof counterNames)[number];
/** One number per name in counterNames. */
export type Counters = Float64Array;

export const counterCount = counterNames.length;

/** Position of each counter by name. */
export const counterIndex = Object.freeze(
  Object.fromEntries(counterNames.map((name, index) => [name, index])),
) as Readonly<Record<CounterName, number>>;

export function emptyCounters(): Counters {
  return new Float64Array(counterCount);
}

/** Adds `source` into `target`. */
export function addCounters(target: Counters, source: ArrayLike<number>): void {
  for (let i = 0; i < counterCount; i++) target[i] = (target[i] ?? 0) + (source[i] ?? 0);
}

/** Dimensions a window is broken down by (WIN-6). The order is part of the packed window: append only. */
export const dimensions = ['content', 'content_type', 'device', 'country', 'quality'] as const;
export type Dimension = (typeof dimensions)[number];
