/**
 * A shard as SPEC.md describes it, written to be obviously right: lists, filters, no code of core/window. It is told
 * what was stored and what was lost, and says which events count, which are late and which are twins.
 */
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { eventTypes } from '../../core/protocol/event-type.ts';
import {
  allowedLatenessMs,
  holdBackMs,
  idleAfterMs,
  viewerTimeoutMs,
  windowMs,
} from '../../core/protocol/limits.ts';
import type { ChunkVerdict } from '../../core/window/verdict.ts';
import { type SimChunk, simRegion } from './history.ts';

/** What a shard knows besides the events it has counted. Lost in a crash unless a commit has kept it. */
interface Knowledge {
  readonly watermarkMs: number;
  readonly greatestMs: number | null;
  readonly risenAtMs: number;
  /** Windows before this minute take no more events though the watermark might still let them (WIN-8). */
  readonly endedBefore: number;
  /** The window that was open, or the first that was not dead, for each window whose lateness was ended early. */
  readonly cuts: readonly number[];
  readonly late: number;
  readonly duplicates: number;
  readonly lastReceivedAtMs: number | null;
}

export type NaiveVerdict =
  | 'committed'
  | 'seen'
  | 'undecodable'
  | 'wrong_shard'
  | 'numbers_overlap'
  | 'voided';

function newborn(nowMs: number): Knowledge {
  return {
    watermarkMs: nowMs - holdBackMs,
    greatestMs: null,
    risenAtMs: nowMs,
    endedBefore: 0,
    cuts: [],
    late: 0,
    duplicates: 0,
    lastReceivedAtMs: null,
  };
}

export class NaiveShard {
  readonly #identitiesMax: number;
  #known: Knowledge;
  #kept: Knowledge | null = null;
  /** Counted events in log order. */
  readonly counted: AcceptedEvent[] = [];
  /** Late ones, likewise. */
  readonly late: AcceptedEvent[] = [];
  /** Minutes from the oldest event of what was received up to the one before its receipt, if they lived then. */
  readonly received: number[] = [];
  readonly #committedNumbers = new Set<string>();
  readonly #voidNumbers = new Set<string>();

  constructor(nowMs: number, identitiesMax: number) {
    this.#known = newborn(nowMs);
    this.#identitiesMax = identitiesMax;
  }

  get known(): Knowledge {
    return this.#known;
  }

  /** A consumer's call whose effects were stored. */
  deliver(chunks: readonly SimChunk[], nowMs: number): NaiveVerdict[] {
    this.passTime(nowMs);
    const living = this.counted.filter((event) => this.isAlive(minuteOf(event)));
    const verdicts = chunks.map((chunk) => {
      const verdict = this.#verdictOn(chunk);
      if (verdict === 'committed') this.#commit(chunk, nowMs, living);
      return verdict;
    });
    this.passTime(nowMs);
    this.#capIdentities();
    if (verdicts.includes('committed')) this.keep();
    return verdicts;
  }

  /** WIN-3. */
  passTime(nowMs: number): void {
    const { greatestMs, watermarkMs } = this.#known;
    // A clock that was set back starts the ten seconds anew.
    const risenAtMs = Math.min(this.#known.risenAtMs, nowMs);
    const idle = greatestMs === null || nowMs - risenAtMs >= idleAfterMs;
    const target = (idle ? nowMs : Math.min(greatestMs, nowMs)) - holdBackMs;
    this.#known = { ...this.#known, risenAtMs, watermarkMs: Math.max(watermarkMs, target) };
  }

  /** What is known now is stored. */
  keep(): void {
    this.#kept = this.#known;
  }

  /** The object died and another woke: it knows what was kept, and which windows wait in the store as dead. */
  crash(
    nowMs: number,
    parkedMinutes: readonly number[],
    confirmedMinutes: readonly number[],
    judgedMinute: number | null,
  ): void {
    const known = this.#kept ?? newborn(nowMs);
    // Parked windows that the cap had not ended, time had.
    const died = parkedMinutes.filter((minute) => minute >= known.endedBefore);
    // So does an alert that was stored.
    const judged = judgedMinute !== null && judgedMinute >= known.endedBefore ? [judgedMinute] : [];
    const passed = [...confirmedMinutes, ...died, ...judged];
    this.#known = {
      ...known,
      endedBefore: Math.max(known.endedBefore, ...parkedMinutes.map((minute) => minute + 1)),
      // What D1 is known to hold was closed.
      watermarkMs: Math.max(known.watermarkMs, ...passed.map((minute) => (minute + 1) * windowMs)),
    };
  }

  /** Whether all numbers of a chunk are in the log. */
  hasSeen(chunk: SimChunk): boolean {
    return numbersOf(chunk).every((number) => this.#committedNumbers.has(number));
  }

  /** The first minute that takes events. */
  get oldestMinute(): number {
    const { watermarkMs, endedBefore } = this.#known;
    return Math.max(endedBefore, Math.floor((watermarkMs - allowedLatenessMs) / windowMs));
  }

  /** Windows up to this one are closed. */
  get closedMinute(): number {
    return Math.max(Math.floor(this.#known.watermarkMs / windowMs), this.#known.endedBefore) - 1;
  }

  isAlive(minute: number): boolean {
    const endMs = (minute + 1) * windowMs;
    return minute >= this.#known.endedBefore && this.#known.watermarkMs < endMs + allowedLatenessMs;
  }

  isClosed(minute: number): boolean {
    return !this.isAlive(minute) || this.#known.watermarkMs >= (minute + 1) * windowMs;
  }

  /** Sessions with an event in the last 60 s whose last event is neither pause nor complete. */
  viewers(nowMs: number): number {
    const last = new Map<string, AcceptedEvent>();
    for (const event of this.counted) {
      const session = `${event.sessionHi}/${event.sessionLo}`;
      const before = last.get(session);
      if (!before || event.timeMs >= before.timeMs) last.set(session, event);
    }
    last.delete('0/0');
    return [...last.values()].filter(
      (event) =>
        event.timeMs > nowMs - viewerTimeoutMs &&
        !['pause', 'complete'].includes(eventTypes[event.type] as string),
    ).length;
  }

  /** LOG-4. */
  #verdictOn(chunk: SimChunk): NaiveVerdict {
    if (chunk.header.regionNumber !== simRegion.regionNumber) return 'wrong_shard';
    const numbers = numbersOf(chunk);
    const committed = numbers.filter((number) => this.#committedNumbers.has(number));
    if (committed.length === numbers.length) return 'seen';
    if (committed.length > 0) return 'numbers_overlap';
    if (numbers.some((number) => this.#voidNumbers.has(number))) return 'voided';
    return chunk.damaged ? 'undecodable' : 'committed';
  }

  #commit(chunk: SimChunk, nowMs: number, living: AcceptedEvent[]): void {
    for (const number of numbersOf(chunk)) this.#committedNumbers.add(number);
    for (const [from, to] of chunk.header.voids) {
      for (let n = from; n < to; n++) this.#voidNumbers.add(`${chunk.header.door}/${n}`);
    }
    for (const event of chunk.events) this.#judge(event, nowMs, living);
    const before = Math.floor(chunk.header.receivedAtMs / windowMs) - 1;
    const minutes = chunk.events.map(minuteOf).filter((minute) => this.isAlive(minute));
    for (let minute = Math.min(before, ...minutes); minute <= before; minute++) {
      if (this.isAlive(minute)) this.received.push(minute);
    }
    const lastReceivedAtMs = Math.max(this.#known.lastReceivedAtMs ?? 0, chunk.header.receivedAtMs);
    this.#known = { ...this.#known, lastReceivedAtMs };
  }

  #judge(event: AcceptedEvent, nowMs: number, living: AcceptedEvent[]): void {
    const known = this.#known;
    const late = !this.isAlive(minuteOf(event));
    if (known.greatestMs === null || event.timeMs > known.greatestMs) {
      // A back-fill of what is late anyway does not hold windows open.
      this.#known = { ...known, greatestMs: event.timeMs, risenAtMs: late ? known.risenAtMs : nowMs };
    }
    if (late) {
      this.late.push(event);
      this.#known = { ...this.#known, late: known.late + 1 };
    } else if (living.some((other) => isTwin(event, other))) {
      this.#known = { ...this.#known, duplicates: known.duplicates + 1 };
    } else {
      this.counted.push(event);
      living.push(event);
    }
  }

  /** WIN-8. */
  #capIdentities(): void {
    for (;;) {
      const minutes = this.counted.map(minuteOf).filter((minute) => this.isAlive(minute));
      const oldest = Math.min(...minutes);
      if (minutes.length <= this.#identitiesMax || minutes.every((minute) => minute === oldest)) return;
      const { watermarkMs, cuts } = this.#known;
      const cutAt = Math.max(Math.floor(watermarkMs / windowMs), this.oldestMinute);
      this.#known = { ...this.#known, endedBefore: oldest + 1, cuts: [...cuts, cutAt] };
    }
  }
}

export function minuteOf(event: AcceptedEvent): number {
  return Math.floor(event.timeMs / windowMs);
}

function isTwin(a: AcceptedEvent, b: AcceptedEvent): boolean {
  return a.identityHi === b.identityHi && a.identityLo === b.identityLo;
}

function numbersOf({ header }: SimChunk): string[] {
  return Array.from({ length: header.count }, (_, i) => `${header.door}/${header.firstNumber + i}`);
}

export function verdictWord(verdict: ChunkVerdict): string {
  return verdict.verdict === 'refused' ? verdict.code : verdict.verdict;
}
