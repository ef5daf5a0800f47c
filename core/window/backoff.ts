/** The first pause; each further failure doubles it. */
const pauseMsMin = 1000;
const pauseMsMax = 60_000;

/** When what has failed may be tried again: after 1 s, 2 s, 4 s ... up to a minute. */
export class Backoff {
  #failures = 0;
  #untilMs = 0;

  get untilMs(): number {
    return this.#untilMs;
  }

  fail(nowMs: number): void {
    this.#untilMs = nowMs + Math.min(pauseMsMax, pauseMsMin * 2 ** this.#failures++);
  }

  succeed(): void {
    this.#failures = 0;
    this.#untilMs = 0;
  }

  /** Whether the pause lasts. A clock that was set back does not make it longer than the longest one. */
  isPausedAt(nowMs: number): boolean {
    return nowMs < this.#untilMs && this.#untilMs - nowMs <= pauseMsMax;
  }
}
