import { scopesHeldMax } from '../../core/protocol/system-limits.ts';

/**
 * What an isolate has read, for all who ask within a time (ms). Only results are kept, not promises: a request must not
 * wait for the I/O of another. A clock that was set back holds nothing.
 */
export class Held<T> {
  readonly #forMs: number;
  readonly #held = new Map<string, { readonly atMs: number; readonly value: T }>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** `scope`: whose it is. What was read longest ago goes where there are too many. */
  async get(scope: string, nowMs: number, read: () => Promise<T>): Promise<T> {
    const held = this.#held.get(scope);
    if (held && nowMs >= held.atMs && nowMs - held.atMs < this.#forMs) return held.value;
    const value = await read();
    this.#held.delete(scope);
    this.#held.set(scope, { atMs: nowMs, value });
    const [oldest] = this.#held.keys();
    if (oldest !== undefined && this.#held.size > scopesHeldMax) this.#held.delete(oldest);
    return value;
  }

  forget(): void {
    this.#held.clear();
  }
}
