// What a scenario may change, in two steps kept apart: what happens, and when and how it is told to the service. A
// scenario is pure: the same arguments give the same answer, so that a test can compute again what was sent.
import type { RejectCode } from '../../core/protocol/reject.ts';
import type { TitleChoice } from './catalogue.ts';
import type { ProducedEvent } from './event.ts';

/** From `fromMs` up to, not including, `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Scenario {
  readonly name: string;
  /** For people: what it does to whom, and when. */
  readonly story: string;
  /** What is taken instead of a title. */
  readonly chooseTitle?: TitleChoice;
  /** What happens instead of the event; null where nothing does. */
  readonly happen?: (event: ProducedEvent) => ProducedEvent | null;
  /** What is sent instead of the record, never due before it. */
  readonly send?: (record: OutgoingRecord) => readonly OutgoingRecord[];
  /** By how much `send` may put off a record. */
  readonly delayMsMax?: number;
}

/**
 * What becomes of a record that is sent when it is due: `accepted` counts, `twin` repeats one that counts, `late` comes
 * when its window takes no more events, `rejected` is refused at the door.
 */
export type Expectation = 'accepted' | 'twin' | 'late' | 'rejected';

/** A record on its way, with what is known of it and not sent. */
export interface OutgoingRecord {
  /** When it is sent, epoch ms. */
  readonly dueMs: number;
  /** The text on the wire, without a line break: JSON, or what is left of it. */
  readonly text: string;
  /** What it tells, by its own clock; of a rejected one, what it would have told. */
  readonly event: ProducedEvent;
  readonly expected: Expectation;
  /** Why the door refuses it; null for all others. */
  readonly code: RejectCode | null;
}

/** A record that tells of an event as it happens. */
export function recordOf(event: ProducedEvent): OutgoingRecord {
  const text = JSON.stringify(event);
  return { dueMs: event.timestamp, text, event, expected: 'accepted', code: null };
}

export const isWithin = ({ fromMs, toMs }: Span, atMs: number): boolean => atMs >= fromMs && atMs < toMs;

/** As in `from 06:42:00 to 06:47:00 UTC`; the day is left to the reader. */
export function spanText({ fromMs, toMs }: Span): string {
  const time = (ms: number) => new Date(ms).toISOString().slice(11, 19);
  return Number.isFinite(toMs) ? `from ${time(fromMs)} to ${time(toMs)} UTC` : `from ${time(fromMs)} UTC on`;
}
