/** Half-open intervals of non-negative integers, kept sorted, disjoint and joined. */
export class IntervalSet {
  /** from0, to0, from1, to1, ... ascending. */
  #bounds: number[];

  constructor(bounds: readonly number[] = []) {
    this.#bounds = [...bounds];
  }

  /** The intervals as a flat list, for storing. */
  get bounds(): readonly number[] {
    return this.#bounds;
  }

  /** Adds [from, to), joining with what it meets. */
  add(from: number, to: number): void {
    if (from >= to) return;
    const bounds = this.#bounds;
    // In order is the rule: append, or extend the last interval.
    const last = bounds.length - 1;
    if (last < 0 || from > (bounds[last] as number)) {
      bounds.push(from, to);
      return;
    }
    if (from >= (bounds[last - 1] as number)) {
      bounds[last] = Math.max(bounds[last] as number, to);
      return;
    }
    let start = from;
    let end = to;
    const kept: number[] = [];
    let placed = false;
    for (let i = 0; i < bounds.length; i += 2) {
      const heldFrom = bounds[i] as number;
      const heldTo = bounds[i + 1] as number;
      if (heldTo < start) kept.push(heldFrom, heldTo);
      else if (heldFrom > end) {
        if (!placed) kept.push(start, end);
        placed = true;
        kept.push(heldFrom, heldTo);
      } else {
        start = Math.min(start, heldFrom);
        end = Math.max(end, heldTo);
      }
    }
    if (!placed) kept.push(start, end);
    this.#bounds = kept;
  }

  /** Whether every number of [from, to) is held. */
  containsAll(from: number, to: number): boolean {
    const bounds = this.#bounds;
    for (let i = 0; i < bounds.length; i += 2) {
      if ((bounds[i] as number) <= from && to <= (bounds[i + 1] as number)) return true;
    }
    return false;
  }

  /** Whether any number of [from, to) is held. */
  intersects(from: number, to: number): boolean {
    if (from >= to) return false;
    const bounds = this.#bounds;
    for (let i = 0; i < bounds.length; i += 2) {
      if ((bounds[i] as number) < to && from < (bounds[i + 1] as number)) return true;
    }
    return false;
  }
}
