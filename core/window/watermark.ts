import { assert } from '../protocol/assert.ts';
import { holdBackMs, idleAfterMs } from '../protocol/limits.ts';

/** What a watermark is a function of; times in ms. */
export interface WatermarkState {
  readonly valueMs: number;
  /** Greatest event time seen; null before the first event. */
  readonly greatestMs: number | null;
  /** Server time at which greatestMs last rose by an event that was not late. */
  readonly risenAtMs: number;
}

/**
 * WIN-3: min(greatest event time seen, server time) - hold-back. When the greatest event time has not risen for
 * idleAfterMs, or nothing was ever seen, it follows server time. It never regresses.
 */
export class Watermark {
  #valueMs: number;
  #greatestMs: number | null;
  #risenAtMs: number;

  constructor(state: WatermarkState) {
    this.#valueMs = state.valueMs;
    this.#greatestMs = state.greatestMs;
    this.#risenAtMs = state.risenAtMs;
  }

  get valueMs(): number {
    return this.#valueMs;
  }

  get greatestMs(): number | null {
    return this.#greatestMs;
  }

  get state(): WatermarkState {
    return { valueMs: this.#valueMs, greatestMs: this.#greatestMs, risenAtMs: this.#risenAtMs };
  }

  /**
   * An event of this time was seen at server time `nowMs`. Does not move the watermark; advance does. A late one is no
   * sign of life: a back-fill in order of time would hold windows open for as long as it takes.
   */
  observe(eventMs: number, nowMs: number, late: boolean): void {
    if (this.#greatestMs !== null && eventMs <= this.#greatestMs) return;
    this.#greatestMs = eventMs;
    if (!late) this.#risenAtMs = nowMs;
  }

  /** Moves the watermark to where it stands at server time `nowMs`; returns it. */
  advance(nowMs: number): number {
    const before = this.#valueMs;
    // A clock that was set back starts the wait anew, or silence would hold windows open until it has caught up.
    this.#risenAtMs = Math.min(this.#risenAtMs, nowMs);
    const candidate =
      (this.#isIdleAt(nowMs) ? nowMs : Math.min(this.#greatestMs ?? nowMs, nowMs)) - holdBackMs;
    this.#valueMs = Math.max(before, candidate);
    assert(this.#valueMs >= before, 'a watermark never regresses');
    return this.#valueMs;
  }

  /** The server time at which the watermark will have passed `endMs` if no event comes any more. */
  passesAtMs(endMs: number): number {
    return Math.max(endMs + holdBackMs, this.#isBehind(endMs) ? this.#risenAtMs + idleAfterMs : 0);
  }

  #isIdleAt(nowMs: number): boolean {
    return this.#greatestMs === null || nowMs - this.#risenAtMs >= idleAfterMs;
  }

  #isBehind(endMs: number): boolean {
    return this.#greatestMs !== null && this.#greatestMs - holdBackMs < endMs;
  }
}
