/** Traffic of hours that are long over, as a producer sends it that was cut off for a day; the oracle keeps its own list. */
import { makeBad, makeEvent, pick, type SentEvent, type SentRecord, seededRandom } from './traffic.ts';

export const hourMs = 3_600_000;

/** Past the lateness of an hour, with what the batch layer adds to it. */
const settledMs = 12 * 60_000;

/** Epoch hours that may be computed: the last ones, and the two at the last border of a day of UTC. */
export function pastHours(nowMs: number): number[] {
  const last = Math.floor((nowMs - settledMs) / hourMs) - 1;
  const border = Math.floor(last / 24) * 24;
  return [...new Set([border - 1, border, last - 1, last])].sort((a, b) => a - b);
}

export interface PastTraffic {
  /** Begins the ids of the events. */
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  /** Epoch hours. */
  readonly hours: readonly number[];
  readonly regions: readonly string[];
}

/** Of `count` records 20 % are twins of earlier ones, 2 % bad; of the times a tenth lie at the edges of their hour. */
export function* pastRecords({ name, seed, count, hours, regions }: PastTraffic): Generator<SentRecord> {
  const random = seededRandom(seed);
  const sent: SentEvent[] = [];
  for (let i = 0; i < count; i++) {
    const dice = random();
    if (dice < 0.2 && sent.length > 0) {
      const twin = pick(random, sent);
      yield { record: twin, good: twin };
      continue;
    }
    const inHour = random() < 0.1 ? pick(random, [0, hourMs - 1]) : Math.floor(random() * hourMs);
    const made = makeEvent(random, `${name}-${i}`, pick(random, hours) * hourMs + inHour, regions);
    const event = { ...made, content_type: pick(random, ['movie', 'series', 'live']) };
    if (dice >= 0.98) {
      yield { record: makeBad(random, event), good: null };
      continue;
    }
    sent.push(event);
    yield { record: event, good: event };
  }
}

/** Each event once. */
export function distinctEvents(events: readonly SentEvent[]): SentEvent[] {
  return [...new Map(events.map((event) => [`${event.event_id} ${event.timestamp}`, event])).values()];
}
