/** Holes in a door's numbers (LOG-4): given out, as later ones show, and neither seen nor declared void. */
import type { ChunkHeader } from '../protocol/chunk-header.ts';
import { IntervalSet } from './interval-set.ts';

export interface DoorHole {
  readonly door: string;
  /** Half-open. */
  readonly from: number;
  readonly to: number;
  /** Of the first chunk behind the hole, as is the time: a door gives its numbers out in the order of receipt. */
  readonly producer: string;
  readonly receivedAtMs: number;
}

/** What is known of the chunk behind a hole: [end of the hole, time of its receipt in ms, producer]. */
export type HoleEnd = readonly [to: number, receivedAtMs: number, producer: string];

/** What a shard says of its doors. */
export interface DoorsAnswer {
  /** Those of which it knows the numbers; others have been silent for longer than the queue keeps anything. */
  readonly doors: readonly string[];
  readonly holes: readonly DoorHole[];
}

/** Ends of the holes of one door. */
export class HoleEnds {
  #ends: HoleEnd[];

  constructor(stored: readonly HoleEnd[] = []) {
    this.#ends = [...stored];
  }

  /** A chunk came: holes that nobody has noted yet lie before it. `known`: all numbers that are accounted for. */
  note({ receivedAtMs, producer }: ChunkHeader, known: IntervalSet): void {
    for (const [, to] of gapsOf(known)) {
      if (!this.#ends.some(([end]) => end === to)) this.#ends.push([to, receivedAtMs, producer]);
    }
  }

  /** Those of holes that are still there. */
  stored(known: IntervalSet): readonly HoleEnd[] {
    const open = new Set(gapsOf(known).map(([, to]) => to));
    this.#ends = this.#ends.filter(([to]) => open.has(to));
    return this.#ends;
  }

  of(to: number): HoleEnd | undefined {
    return this.#ends.find(([end]) => end === to);
  }
}

/** Half-open, ascending: what lies between 0 and the last known number and is not known. */
export function gapsOf({ bounds }: IntervalSet): (readonly [number, number])[] {
  const gaps: (readonly [number, number])[] = [];
  let from = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    const to = bounds[i] as number;
    if (to > from) gaps.push([from, to]);
    from = bounds[i + 1] as number;
  }
  return gaps;
}

export function unionOf(...sets: readonly IntervalSet[]): IntervalSet {
  const [first, ...others] = sets.filter(({ bounds }) => bounds.length > 0);
  const union = new IntervalSet(first?.bounds);
  for (const { bounds } of others) {
    for (let i = 0; i < bounds.length; i += 2) union.add(bounds[i] as number, bounds[i + 1] as number);
  }
  return union;
}
