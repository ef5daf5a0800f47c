/**
 * Traffic for the end-to-end test, and what a naive count of it says. Deliberately apart from the producer tool and
 * from the product's own code: the oracle must not share its mistakes.
 */

export interface SentEvent {
  readonly event_id: string;
  readonly timestamp: string;
  readonly event_type: string;
  readonly region: string;
  readonly content_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly device_type: string;
  readonly status?: string;
  readonly speed_mbps?: number;
  readonly duration?: number;
  readonly rating?: number;
  readonly content_type?: string;
}

/** One record of a body and whether it must be accepted. */
export interface SentRecord {
  readonly record: unknown;
  readonly good: SentEvent | null;
}

/** mulberry32: small, seeded, good enough for traffic. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const types = [
  'view',
  'view',
  'view',
  'progress',
  'progress',
  'pause',
  'resume',
  'complete',
  'rating',
  'error',
];
const outcomes = [
  'success',
  'success',
  'success',
  'success',
  'success',
  'success',
  'success',
  'success',
  'failed',
  'slow',
];

export function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

export function makeEvent(
  random: () => number,
  id: string,
  timeMs: number,
  regions: readonly string[],
): SentEvent {
  const download = random() < 0.4;
  const base = {
    event_id: id,
    timestamp: new Date(timeMs).toISOString(),
    region: pick(random, regions),
    content_id: `title-${Math.floor(random() ** 2 * 60)}`,
    session_id: `session-${Math.floor(random() * 900)}`,
    user_id: `user-${Math.floor(random() * 500)}`,
    device_type: pick(random, ['tv', 'phone', 'tablet', 'desktop']),
  };
  if (download) {
    const speed_mbps = Math.round(random() * 90_000) / 1000;
    return { ...base, event_type: 'download', status: pick(random, outcomes), speed_mbps };
  }
  const event_type = pick(random, types);
  if (event_type === 'rating') return { ...base, event_type, rating: 1 + Math.floor(random() * 10) };
  return { ...base, event_type, duration: Math.floor(random() * 30) };
}

export function makeBad(random: () => number, event: SentEvent): unknown {
  const spoil: readonly (() => unknown)[] = [
    () => ({ ...event, timestamp: '2099-01-01T00:00:00Z' }),
    () => ({ ...event, timestamp: 'yesterday' }),
    () => ({ ...event, region: 'MOON-Tranquility' }),
    () => ({ ...event, event_id: 'x'.repeat(65) }),
    () => ({ ...event, rating: 11 }),
    () => ({ ...event, event_type: 'teleport' }),
    () => 42,
    () => null,
  ];
  return pick(random, spoil)();
}

/**
 * Records of one producer: of `count`, 20 % twins of its earlier records, 5 % late by 2 to 8 minutes (within H), 2 %
 * bad. Times are taken when the generator is asked, so that "now" is now.
 */
export function* producerRecords(
  name: string,
  seed: number,
  count: number,
  regions: readonly string[],
): Generator<SentRecord> {
  const random = seededRandom(seed);
  const sent: SentEvent[] = [];
  for (let i = 0; i < count; i++) {
    const dice = random();
    if (dice < 0.2 && sent.length > 0) {
      const twin = pick(random, sent);
      yield { record: twin, good: twin };
      continue;
    }
    const lateMs = dice < 0.25 ? 120_000 + random() * 360_000 : 0;
    const event = makeEvent(random, `${name}-${i}`, Math.floor(Date.now() - lateMs), regions);
    if (dice >= 0.98) {
      yield { record: makeBad(random, event), good: null };
      continue;
    }
    sent.push(event);
    yield { record: event, good: event };
  }
}

export interface Count {
  readonly total: number;
  readonly perRegion: Readonly<Record<string, number>>;
  readonly perContent: Readonly<Record<string, number>>;
  readonly perType: Readonly<Record<string, number>>;
  /** By the minute's ISO text. */
  readonly perMinute: Readonly<Record<string, number>>;
  readonly downloads: Readonly<Record<string, number>>;
}

function tally(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Counts distinct events the slow way. */
export function naiveCount(events: readonly SentEvent[]): Count {
  const distinct = [
    ...new Map(events.map((event) => [`${event.event_id}|${event.timestamp}`, event])).values(),
  ];
  const downloads = distinct.filter((event) => event.event_type === 'download');
  return {
    total: distinct.length,
    perRegion: tally(distinct.map((event) => event.region)),
    perContent: tally(distinct.map((event) => event.content_id)),
    perType: tally(distinct.map((event) => event.event_type)),
    perMinute: tally(distinct.map((event) => `${event.timestamp.slice(0, 16)}:00.000Z`)),
    downloads: tally(downloads.map((event) => event.status ?? 'none')),
  };
}
