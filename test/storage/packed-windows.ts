// Seeded events and the windows they make, by counting alone: nothing here is shared with the code under test but the
// sketches, so that a recount of the events is an oracle.
import { type Dimension, dimensions } from '../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../core/aggregate/quantile-sketch.ts';
import { type EventType, eventTypes, type Status } from '../../core/protocol/event-type.ts';
import { panesPerWindow } from '../../core/protocol/limits.ts';
import { packedWindowVersion } from '../../core/protocol/version.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';

export interface ModelEvent {
  readonly regionNumber: number;
  readonly shard: number;
  readonly minute: number;
  readonly pane: number;
  readonly type: EventType;
  readonly status: Status;
  readonly content: string;
  readonly content_type: string;
  readonly device: string;
  readonly country: string;
  readonly quality: string;
  readonly title: string | null;
  readonly user: number;
  readonly speedKbps: number | null;
  readonly watchedMs: number;
  readonly ratingMilli: number | null;
  readonly bytes: number;
}

/** 2026-11-21T00:00:00Z. */
export const midnight = 29_920_320;

/** mulberry32: small, seeded, good enough for choices. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const contents = [
  'mov_1',
  'mov_2',
  '__proto__',
  '42',
  'it\'s "quoted"',
  'ünï\u0000\ud83d\ude00',
  '__other__',
];

/** Random events over some regions, shards and minutes. */
export function modelEvents(seed: number, count: number, minutes = 3, regions = 3): ModelEvent[] {
  const random = seeded(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[upTo(values.length)] as T;
  return Array.from({ length: count }, () => {
    const type = pick(eventTypes);
    const download = type === 'download';
    const content = pick(contents);
    return {
      regionNumber: 1 + upTo(regions),
      shard: upTo(2),
      minute: midnight + upTo(minutes),
      pane: upTo(panesPerWindow),
      type,
      status: download ? pick(['success', 'success', 'failed', 'slow', 'none'] as const) : 'none',
      content,
      content_type: pick(['movie', 'music']),
      device: pick(['tv', 'phone', 'constructor']),
      country: pick(['DE', 'JP', 'US']),
      quality: pick(['4K', 'HD']),
      title: content === '42' ? null : `Title of ${content}`,
      user: upTo(50),
      speedKbps: download ? upTo(90_000) : null,
      watchedMs: type === 'progress' ? upTo(60_000) : 0,
      ratingMilli: type === 'rating' ? 1000 + upTo(9000) : null,
      bytes: download ? upTo(2 ** 40) : 0,
    };
  });
}

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
const known = (values: readonly (number | null)[]): number => values.filter((value) => value !== null).length;

/** The counters of events in the order of counterNames, each counted for itself. */
export function recount(events: readonly ModelEvent[]): number[] {
  const ofStatus = (status: Status): number => events.filter((event) => event.status === status).length;
  return [
    events.length,
    ...eventTypes.map((type) => events.filter((event) => event.type === type).length),
    ofStatus('success'),
    ofStatus('failed'),
    ofStatus('slow'),
    sum(events.map((event) => event.speedKbps)),
    known(events.map((event) => event.speedKbps)),
    sum(events.map((event) => event.watchedMs)),
    0,
    0,
    sum(events.map((event) => event.ratingMilli)),
    known(events.map((event) => event.ratingMilli)),
    0,
    sum(events.map((event) => event.bytes)),
  ];
}

/** Events by what `keyOf` says of them, in the order of first appearance. */
export function groupBy<K>(
  events: readonly ModelEvent[],
  keyOf: (event: ModelEvent) => K,
): Map<K, ModelEvent[]> {
  const groups = new Map<K, ModelEvent[]>();
  for (const event of events) groups.set(keyOf(event), [...(groups.get(keyOf(event)) ?? []), event]);
  return groups;
}

export function usersOf(events: readonly ModelEvent[]): DistinctSketch {
  const sketch = new DistinctSketch();
  for (const { user } of events) sketch.add(Math.imul(user + 1, 0x9e3779b1) >>> 0, user);
  return sketch;
}

export function speedsOf(events: readonly ModelEvent[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const { speedKbps } of events) if (speedKbps !== null) sketch.add(speedKbps);
  return sketch;
}

/** The window of events that share region, shard and minute. */
export function windowOf(events: readonly ModelEvent[], changes: Partial<PackedWindow> = {}): PackedWindow {
  const [{ regionNumber, shard, minute } = { regionNumber: 1, shard: 0, minute: midnight }] = events;
  const byPane = groupBy(events, (event) => event.pane);
  const entries = dimensions.map((name) => {
    const groups = [...groupBy(events, (event) => event[name])];
    return [name, groups.map(([key, group]) => [key, recount(group)])];
  });
  const titled = [...groupBy(events, (event) => event.content)].map(
    ([content, [event]]): [string, string | null, string | null] => [
      content,
      event?.title ?? null,
      event?.content_type ?? null,
    ],
  );
  return {
    v: packedWindowVersion,
    regionNumber,
    shard,
    minute,
    revision: { generation: 0, incarnation: 1_700_000_000_000, logRow: 1 },
    closed: true,
    counters: recount(events),
    panes: Array.from({ length: panesPerWindow }, (_, pane) => {
      const held = byPane.get(pane);
      return held ? recount(held) : null;
    }),
    dimensions: Object.fromEntries(entries) as Record<Dimension, [string, number[]][]>,
    titles: titled,
    users: usersOf(events).toBytes(),
    sessions: usersOf(events).toBytes(),
    speed: speedsOf(events).toBytes(),
    ...changes,
  };
}

export function windowsOf(
  events: readonly ModelEvent[],
  changes: Partial<PackedWindow> = {},
): PackedWindow[] {
  const groups = groupBy(events, ({ regionNumber, shard, minute }) => `${regionNumber}/${shard}/${minute}`);
  return [...groups.values()].map((group) => windowOf(group, changes));
}
