import type { LakeRows } from '../lake/lake-rows.ts';
import { IdentitySet } from '../window/identity-set.ts';
import type { PartEvents } from './part-events.ts';

/** A share of all identities, so that the suspects of any hour fit memory: those whose number is `index` modulo `of`. */
export interface IdentitySlice {
  readonly index: number;
  readonly of: number;
}

/** What a suspect is, by its rank in its part. */
export const OTHER_SLICE = 0;
export const COUNTS = 1;
export const TWIN = 2;

/**
 * Tells the twins among suspects (DUP-1b). Only identities of suspects are held: first all suspects are told, then
 * the others are streamed past, then the suspects are judged part by part in the order in which they count.
 */
export class TwinFinder {
  readonly #slice: IdentitySlice;
  readonly #suspects = new IdentitySet();
  readonly #taken = new IdentitySet();

  constructor(slice: IdentitySlice = { index: 0, of: 1 }) {
    this.#slice = slice;
  }

  /** Identities of suspects that it holds. */
  get size(): number {
    return this.#suspects.size;
  }

  addSuspects({ count, columns: { identity } }: LakeRows): void {
    for (let i = 0; i < count; i++) {
      const hi = identity.hi[i] as number;
      if (this.#isMine(hi)) this.#suspects.add(hi, identity.lo[i] as number);
    }
  }

  /** Events that count whatever the suspects are. */
  addCounted({ count, columns: { identity } }: LakeRows): void {
    for (let i = 0; i < count; i++) {
      const [hi, lo] = [identity.hi[i] as number, identity.lo[i] as number];
      if (this.#isMine(hi) && this.#suspects.has(hi, lo)) this.#taken.add(hi, lo);
    }
  }

  /** Suspects that were met among the others so far, as pairs of halves: for takeMet() of another finder. */
  met(): Uint32Array {
    const pairs = new Uint32Array(2 * this.#taken.size);
    let at = 0;
    this.#taken.forEach((hi, lo) => {
      pairs[at++] = hi;
      pairs[at++] = lo;
    });
    return pairs;
  }

  takeMet(pairs: Uint32Array): void {
    for (let at = 0; at < pairs.length; at += 2)
      this.#taken.add(pairs[at] as number, pairs[at + 1] as number);
  }

  /** One mark an event, in log order. */
  judge(part: PartEvents): Uint8Array {
    const marks = new Uint8Array(part.count);
    part.inLogOrder((group, i, rank) => {
      const { hi, lo } = (part.groups[group] as LakeRows).columns.identity;
      if (!this.#isMine(hi[i] as number)) return;
      marks[rank] = this.#taken.add(hi[i] as number, lo[i] as number) ? COUNTS : TWIN;
    });
    return marks;
  }

  #isMine(hi: number): boolean {
    return hi % this.#slice.of === this.#slice.index;
  }
}
