/** One window as docs/metrics.md defines it, counted from the list of its events. Shares no code with core/window. */
import { counterNames, dimensions } from '../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../core/aggregate/quantile-sketch.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { eventTypes, statuses } from '../../core/protocol/event-type.ts';
import { dimensionKeysMax, OTHER_KEY, paneMs, panesPerWindow } from '../../core/protocol/limits.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';

export type RecountedWindow = Pick<
  PackedWindow,
  'counters' | 'panes' | 'dimensions' | 'titles' | 'users' | 'sessions' | 'speed'
>;

type Name = (typeof counterNames)[number];

const zeros = Object.fromEntries(counterNames.map((name) => [name, 0])) as Record<Name, number>;

const typeCounters: Readonly<Record<string, Name>> = {
  view: 'views',
  pause: 'pauses',
  resume: 'resumes',
  progress: 'progresses',
  complete: 'completes',
  rating: 'ratings',
  download: 'downloads',
  error: 'errors',
};

const outcomeCounters: Readonly<Record<string, Name>> = {
  success: 'downloads_succeeded',
  failed: 'downloads_failed',
  slow: 'downloads_slow',
};

const dimensionFields = {
  content: 'contentId',
  content_type: 'contentType',
  device: 'deviceType',
  country: 'country',
  quality: 'quality',
} as const;

export function recountWindow(events: readonly AcceptedEvent[]): RecountedWindow {
  const users = distinct(events.map((event) => [event.userHi, event.userLo]));
  const sessions = distinct(events.map((event) => [event.sessionHi, event.sessionLo]));
  const content = dimension(events, 'contentId');
  return {
    counters: counters(events),
    panes: Array.from({ length: panesPerWindow }, (_, index) => pane(events, index)),
    dimensions: Object.fromEntries(
      dimensions.map((name) => [name, dimension(events, dimensionFields[name])]),
    ) as unknown as PackedWindow['dimensions'],
    titles: titles(events, new Set(content.map(([key]) => key))),
    users: users.toBytes(),
    sessions: sessions.toBytes(),
    speed: speeds(events).toBytes(),
  };
}

function counters(events: readonly AcceptedEvent[]): number[] {
  const sums = { ...zeros };
  const add = (name: Name, value: number | null, count?: Name): void => {
    sums[name] += value ?? 0;
    if (count && value !== null) sums[count]++;
  };
  for (const event of events) {
    const type = eventTypes[event.type] as string;
    sums.events++;
    sums[typeCounters[type] as Name]++;
    add('watched_ms_sum', event.durationMs);
    add('completion_milli_sum', event.completionMilli, 'completion_count');
    add('rating_milli_sum', event.ratingMilli, 'rating_count');
    add('buffering_count_sum', event.bufferingCount);
    add('bytes_sum', event.bytes);
    if (type !== 'download') continue;
    add('speed_kbps_sum', event.speedKbps, 'speed_count');
    const outcome = outcomeCounters[statuses[event.status] as string];
    if (outcome) sums[outcome]++;
  }
  return counterNames.map((name) => sums[name]);
}

function pane(events: readonly AcceptedEvent[], index: number): number[] | null {
  const own = events.filter(
    (event) => Math.floor((event.timeMs % (paneMs * panesPerWindow)) / paneMs) === index,
  );
  return own.length > 0 ? counters(own) : null;
}

/** WIN-6: the first keys in log order by name, the rest together. */
function dimension(
  events: readonly AcceptedEvent[],
  field: (typeof dimensionFields)[keyof typeof dimensionFields],
): (readonly [string, readonly number[]])[] {
  const groups = new Map<string, AcceptedEvent[]>();
  for (const event of events) {
    const value = event[field];
    if (value === null) continue;
    const named = [...groups.keys()].filter((key) => key !== OTHER_KEY).length;
    const key = groups.has(value) || named < dimensionKeysMax ? value : OTHER_KEY;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups].map(([key, group]) => [key, counters(group)] as const);
}

function titles(events: readonly AcceptedEvent[], named: ReadonlySet<string>): PackedWindow['titles'] {
  const known = new Map<string, readonly [string, string | null, string | null]>();
  for (const { contentId, title, contentType } of events) {
    if (contentId === null || !named.has(contentId) || (title === null && contentType === null)) continue;
    const before = known.get(contentId);
    known.set(contentId, [contentId, title ?? before?.[1] ?? null, contentType ?? before?.[2] ?? null]);
  }
  return [...known.values()];
}

function distinct(hashes: readonly (readonly [number, number])[]): DistinctSketch {
  const sketch = new DistinctSketch();
  for (const [hi, lo] of hashes) if (hi !== 0 || lo !== 0) sketch.add(hi, lo);
  const exact = new Set(hashes.filter(([hi, lo]) => hi !== 0 || lo !== 0).map(([hi, lo]) => `${hi}/${lo}`))
    .size;
  // Below a hundred, two items that share a register are rare and three pairs of them do not happen.
  const error = Math.abs(sketch.estimate() - exact);
  if (error > 0.06 * exact + (exact > 1 ? 4 : 0.01)) throw new Error(`estimate off by ${error} of ${exact}`);
  return sketch;
}

function speeds(events: readonly AcceptedEvent[]): QuantileSketch {
  const exact = events
    .filter((event) => eventTypes[event.type] === 'download')
    .flatMap((event) => (event.speedKbps === null ? [] : [event.speedKbps]))
    .sort((a, b) => a - b);
  const sketch = new QuantileSketch();
  for (const speed of exact) sketch.add(speed);
  for (const q of exact.length > 0 ? [0.5, 0.95] : []) {
    const true_ = exact[Math.floor(q * (exact.length - 1))] as number;
    const error = Math.abs((sketch.quantile(q) as number) - true_);
    if (error > 0.0101 * true_) throw new Error(`quantile ${q} off by ${error} of ${true_}`);
  }
  return sketch;
}
