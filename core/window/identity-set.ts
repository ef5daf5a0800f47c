import { chunkEventsMax } from '../protocol/limits.ts';

const slotsMin = 64;
/** Growth by half, and a load of at most two thirds: 12 to 18 bytes an identity, by which the cap of a shard counts. */
const growth = 1.5;
const loadMax = 2 / 3;

interface Halves {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
}

/** Where in the table the search for each of the events under way begins. */
const under = new Uint32Array(chunkEventsMax + 1);

/**
 * A set of 64-bit identities given as two unsigned 32-bit halves: open addressing, linear probing. 8 bytes a slot
 * instead of a JavaScript Set's 40 and more. Identities are uniformly random (a PRF), so the low half serves as the
 * hash.
 */
export class IdentitySet {
  #halves = new Uint32Array(2 * slotsMin);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an identity; false when it was there already. */
  add(hi: number, lo: number): boolean {
    // 0/0 marks an empty slot; the one identity in 2^64 that is 0/0 stands in for 0/1.
    const low = hi === 0 && lo === 0 ? 1 : lo;
    if (!this.#insert(hi, low)) return false;
    this.#size++;
    if (this.#size * 2 > this.#halves.length * loadMax) this.#grow();
    return true;
  }

  /**
   * Adds the identities of the events that `list` begins with, at most chunkEventsMax. Those that were new move to its front,
   * in their order; says how many. A table of megabytes is in no cache: the slots of all of them are looked at first, so that
   * the processor waits for many at once instead of for one after the other.
   */
  addNew({ hi, lo }: Halves, list: Uint16Array, count: number): number {
    while ((this.#size + count) * 2 > this.#halves.length * loadMax) this.#grow();
    const halves = this.#halves;
    const end = halves.length;
    const slots = end / 2;
    let seen = 0;
    for (let k = 0; k < count; k++) {
      const at = 2 * slotOf(lo[list[k] as number] as number, slots);
      under[k] = at;
      seen |= halves[at] as number;
    }
    // What was looked at must be of use, or a compiler leaves the looking out.
    under[count] = seen;
    let added = 0;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      const high = hi[i] as number;
      const low = high === 0 && lo[i] === 0 ? 1 : (lo[i] as number);
      for (let at = under[k] as number; ; at = at + 2 === end ? 0 : at + 2) {
        const heldHi = halves[at] as number;
        const heldLo = halves[at + 1] as number;
        if (heldHi === high && heldLo === low) break;
        if (heldHi !== 0 || heldLo !== 0) continue;
        halves[at] = high;
        halves[at + 1] = low;
        list[added++] = i;
        break;
      }
    }
    this.#size += added;
    return added;
  }

  has(hi: number, lo: number): boolean {
    const low = hi === 0 && lo === 0 ? 1 : lo;
    const halves = this.#halves;
    const slots = halves.length / 2;
    for (let slot = slotOf(low, slots); ; slot = slot + 1 === slots ? 0 : slot + 1) {
      const heldHi = halves[2 * slot];
      const heldLo = halves[2 * slot + 1];
      if (heldHi === 0 && heldLo === 0) return false;
      if (heldHi === hi && heldLo === low) return true;
    }
  }

  /** In no order. */
  forEach(visit: (hi: number, lo: number) => void): void {
    const halves = this.#halves;
    for (let i = 0; i < halves.length; i += 2) {
      const [hi, lo] = [halves[i] as number, halves[i + 1] as number];
      if (hi !== 0 || lo !== 0) visit(hi, lo);
    }
  }

  #insert(hi: number, lo: number): boolean {
    const halves = this.#halves;
    const slots = halves.length / 2;
    for (let slot = slotOf(lo, slots); ; slot = slot + 1 === slots ? 0 : slot + 1) {
      const heldHi = halves[2 * slot];
      const heldLo = halves[2 * slot + 1];
      if (heldHi === 0 && heldLo === 0) {
        halves[2 * slot] = hi;
        halves[2 * slot + 1] = lo;
        return true;
      }
      if (heldHi === hi && heldLo === lo) return false;
    }
  }

  #grow(): void {
    const old = this.#halves;
    this.#halves = new Uint32Array(2 * Math.floor((old.length / 2) * growth));
    for (let i = 0; i < old.length; i += 2) {
      const hi = old[i] as number;
      const lo = old[i + 1] as number;
      if (hi !== 0 || lo !== 0) this.#insert(hi, lo);
    }
  }
}

/** Where the search for it begins: its share of 2^32, so that any number of slots will do. */
const slotOf = (lo: number, slots: number): number => Math.trunc((lo / 4_294_967_296) * slots);
