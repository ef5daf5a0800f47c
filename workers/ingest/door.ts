import { IntervalSet } from '../../core/window/interval-set.ts';
import { RejectTotals } from './reject-totals.ts';

/** Numbers of one shard, given to one request: half-open, with the voids that its first chunk has to declare. */
export interface Numbers {
  readonly regionNumber: number;
  readonly shard: number;
  readonly firstNumber: number;
  readonly count: number;
  readonly voids: readonly (readonly [number, number])[];
}

interface Counter {
  next: number;
  voids: IntervalSet;
}

/**
 * The door of one isolate (LOG-4): its name, its birth, and its running event numbers for each shard. Lives and dies
 * with the isolate; numbers given out by a send that failed are void, and the next chunk of the shard says so. What
 * the last message of a dying isolate would have said is never said: a stated limit.
 */
export class Door {
  readonly id: string;
  readonly birthMs: number;
  readonly rejects: RejectTotals;
  readonly #counters = new Map<string, Counter>();
  #requests = 0;

  /** `id`: 16 hex digits, random per isolate. */
  constructor(id: string, birthMs: number) {
    this.id = id;
    this.birthMs = birthMs;
    this.rejects = new RejectTotals(id);
  }

  /** A name for a request, for logs and for support. */
  nextReceipt(): string {
    return `${this.id}-${this.#requests++}`;
  }

  /** The next `count` numbers of a shard; takes the shard's voids along, which voidNumbers puts back. */
  takeNumbers(regionNumber: number, shard: number, count: number): Numbers {
    const counter = this.#counter(regionNumber, shard);
    const firstNumber = counter.next;
    counter.next += count;
    const { bounds } = counter.voids;
    const voids: [number, number][] = [];
    for (let i = 0; i < bounds.length; i += 2) voids.push([bounds[i]!, bounds[i + 1]!]);
    counter.voids = new IntervalSet();
    return { regionNumber, shard, firstNumber, count, voids };
  }

  /**
   * The sending of these numbers failed, wholly or in part. All are void: one that got through after all cancels its
   * own void at the shard. What they had to declare may not have arrived and is declared again.
   */
  voidNumbers({ regionNumber, shard, firstNumber, count, voids }: Numbers): void {
    const held = this.#counter(regionNumber, shard).voids;
    for (const [from, to] of voids) held.add(from, to);
    held.add(firstNumber, firstNumber + count);
  }

  #counter(regionNumber: number, shard: number): Counter {
    const key = `${regionNumber}/${shard}`;
    const known = this.#counters.get(key);
    if (known) return known;
    const counter: Counter = { next: 0, voids: new IntervalSet() };
    this.#counters.set(key, counter);
    return counter;
  }
}
