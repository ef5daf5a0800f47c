import { hourOf } from './time.ts';
import { WindowState } from './window-state.ts';

/** The living windows of a shard by minute. */
export class WindowTable {
  readonly #windows = new Map<number, WindowState>();
  #sorted: WindowState[] | null = null;

  get size(): number {
    return this.#windows.size;
  }

  get byMinute(): ReadonlyMap<number, WindowState> {
    return this.#windows;
  }

  /** Identities held by all living windows. */
  get identities(): number {
    let sum = 0;
    for (const window of this.#windows.values()) sum += window.identities.size;
    return sum;
  }

  get(minute: number): WindowState | undefined {
    return this.#windows.get(minute);
  }

  /** The window of a minute; made, by log row `row`, where there is none. */
  obtain(minute: number, row: number): WindowState {
    let window = this.#windows.get(minute);
    if (!window) {
      window = new WindowState(minute, row);
      this.#windows.set(minute, window);
      this.#sorted = null;
    }
    return window;
  }

  inTimeOrder(): readonly WindowState[] {
    this.#sorted ??= [...this.#windows.values()].sort((a, b) => a.minute - b.minute);
    return this.#sorted;
  }

  /** Epoch hours that the living windows lie in. */
  hours(): ReadonlySet<number> {
    return new Set([...this.#windows.keys()].map(hourOf));
  }

  /** Takes out the windows before a minute, in time order. */
  removeBefore(minute: number): WindowState[] {
    const removed = this.inTimeOrder().filter((window) => window.minute < minute);
    for (const window of removed) this.#windows.delete(window.minute);
    if (removed.length > 0) this.#sorted = null;
    return removed;
  }

  /** First log row that a living window needs; `otherwise` where none lives. */
  firstNeededRow(otherwise: number): number {
    let first = otherwise;
    for (const window of this.#windows.values()) first = Math.min(first, window.firstRow);
    return first;
  }
}
