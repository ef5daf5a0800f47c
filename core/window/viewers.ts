import type { ChunkColumns } from '../protocol/chunk.ts';
import { COMPLETE, PAUSE } from '../protocol/event-type.ts';
import { chunkEventsMax, sessionsMax, viewerTimeoutMs } from '../protocol/limits.ts';
import { type SessionNotes, SessionTable } from './session-table.ts';

const recountMs = 500;
const alwaysCountedMax = 2_000;

/** Of the events under way. */
const notes: SessionNotes = {
  keys: new Float64Array(chunkEventsMax),
  values: new Float64Array(chunkEventsMax),
  limits: new Float64Array(chunkEventsMax),
};

type SessionColumns = Pick<ChunkColumns, 'session' | 'timeMs' | 'type'>;

/**
 * Concurrent viewers: sessions with an event in the last 60 s whose last event (by event time; of equals the later in
 * log order) is neither pause nor complete. A live value, no part of a window (WIN-2).
 */
export class Viewers {
  /** Session key to event time x 2 + whether it is watching. */
  readonly #sessions = new SessionTable(sessionsMax);
  /** Sessions whose last event is no later had timed out at the last count. */
  #overMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #countedAtMs = Number.NEGATIVE_INFINITY;

  /** Follows the sessions of the events that `list` begins with, in the order of the log; session 0/0 is none. */
  note({ session, timeMs, type }: SessionColumns, list: Uint16Array, count: number): void {
    const { hi, lo } = session;
    let noted = 0;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      const [high, low] = [hi[i] as number, lo[i] as number];
      if (high === 0 && low === 0) continue;
      const watching = type[i] !== PAUSE && type[i] !== COMPLETE;
      const twiceMs = (timeMs[i] as number) * 2;
      // 53 of the 64 bits: a clash among a million sessions has a chance below 1 in 10,000 and moves the count by one.
      notes.keys[noted] = high * 2 ** 21 + (low >>> 11);
      notes.values[noted] = watching ? twiceMs + 1 : twiceMs;
      notes.limits[noted++] = twiceMs + 1;
    }
    this.#sessions.setUnlessAbove(notes, noted, this.#isOver);
  }

  /**
   * The count at server time `nowMs`; forgets sessions that have timed out. Among many sessions it is up to half a
   * second old: a commit must not pay for walking all of them.
   */
  countAt(nowMs: number): number {
    const ageMs = nowMs - this.#countedAtMs;
    if (this.#sessions.size > alwaysCountedMax && ageMs >= 0 && ageMs < recountMs) return this.#count;
    this.#count = this.#walk(nowMs);
    this.#countedAtMs = nowMs;
    return this.#count;
  }

  #walk(nowMs: number): number {
    let watching = 0;
    let over = 0;
    this.#overMs = nowMs - viewerTimeoutMs;
    this.#sessions.forEach((held) => {
      if (this.#isOver(held)) over++;
      else watching += held % 2;
    });
    if (over * 4 > this.#sessions.size) this.#sessions.drop(this.#isOver);
    return watching;
  }

  /** As of the last count. */
  readonly #isOver = (held: number): boolean => Math.floor(held / 2) <= this.#overMs;
}
