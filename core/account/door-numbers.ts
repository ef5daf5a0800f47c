import { IntervalSet } from '../window/interval-set.ts';
import type { ShardAddress } from '../window/verdict.ts';

/** Sets of door numbers: each door numbers its events for each shard (LOG-4). Bounds are from, to, from, to, ... */
export class DoorNumbers {
  readonly #sets = new Map<string, IntervalSet>();

  /** Adds numbers, and returns how many of them are new. */
  add(shard: ShardAddress, door: string, bounds: readonly number[]): number {
    const fresh = this.without(shard, door, bounds);
    const key = keyOf(shard, door);
    const set = this.#sets.get(key) ?? new IntervalSet();
    this.#sets.set(key, set);
    let added = 0;
    for (let i = 0; i < fresh.length; i += 2) {
      set.add(fresh[i] as number, fresh[i + 1] as number);
      added += (fresh[i + 1] as number) - (fresh[i] as number);
    }
    return added;
  }

  /** The numbers that are not in the set; ascending and disjoint, as those given. */
  without(shard: ShardAddress, door: string, bounds: readonly number[]): number[] {
    const held = this.#sets.get(keyOf(shard, door))?.bounds ?? [];
    const left: number[] = [];
    for (let i = 0; i < bounds.length; i += 2) {
      let from = bounds[i] as number;
      const to = bounds[i + 1] as number;
      for (let j = 0; j < held.length && from < to; j += 2) {
        const heldFrom = held[j] as number;
        const heldTo = held[j + 1] as number;
        if (heldTo <= from) continue;
        if (heldFrom >= to) break;
        if (heldFrom > from) left.push(from, heldFrom);
        from = Math.max(from, heldTo);
      }
      if (from < to) left.push(from, to);
    }
    return left;
  }
}

const keyOf = ({ regionNumber, shard }: ShardAddress, door: string): string =>
  `${regionNumber}/${shard}/${door}`;
