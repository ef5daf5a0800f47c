import { type CounterName, counterIndex } from '../../core/aggregate/counters.ts';
import { type EventType, eventTypes } from '../../core/protocol/event-type.ts';

/** Names and formulas of docs/metrics.md, from counters. Rates are null where there is nothing to divide by. */
export function downloadFigures(counters: ArrayLike<number>) {
  const of = reader(counters);
  const successful = of('downloads_succeeded') + of('downloads_slow');
  return {
    total_downloads: of('downloads'),
    successful_downloads: successful,
    failed_downloads: of('downloads_failed'),
    slow_downloads: of('downloads_slow'),
    success_rate: ratio(successful, of('downloads')),
    error_rate: ratio(of('downloads_failed'), of('downloads')),
    avg_speed_mbps: ratio(of('speed_kbps_sum') / 1000, of('speed_count')),
  };
}

export function viewingFigures(counters: ArrayLike<number>) {
  const of = reader(counters);
  return {
    watched_seconds: of('watched_ms_sum') / 1000,
    completions: of('completes'),
    rating_count: of('rating_count'),
    avg_rating: ratio(of('rating_milli_sum') / 1000, of('rating_count')),
    buffering_count: of('buffering_count_sum'),
    bytes: of('bytes_sum'),
  };
}

const counterOfType = {
  view: 'views',
  pause: 'pauses',
  resume: 'resumes',
  progress: 'progresses',
  complete: 'completes',
  rating: 'ratings',
  download: 'downloads',
  error: 'errors',
} as const satisfies Record<EventType, CounterName>;

export function eventsByType(counters: ArrayLike<number>): Record<EventType, number> {
  const of = reader(counters);
  const counts = eventTypes.map((type) => [type, of(counterOfType[type])] as const);
  return Object.fromEntries(counts) as Record<EventType, number>;
}

export function reader(counters: ArrayLike<number>): (name: CounterName) => number {
  return (name) => counters[counterIndex[name]] ?? 0;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Quantiles are within 1 %: more digits than kbit/s would pretend. */
export function mbpsOf(kbps: number | null): number | null {
  return kbps === null ? null : Math.round(kbps) / 1000;
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();
