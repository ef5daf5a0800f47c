import { chunkEventsMax } from '../protocol/limits.ts';

/**
 * Sessions and when each was last seen, in one flat array: open addressing, linear probing, 16 bytes a slot, where a
 * JavaScript Map takes ten times as much for numbers of this size. Nothing is taken out of it one by one: those that
 * have timed out go when it grows, or when somebody says so.
 */
const slotsMin = 64;
const growth = 1.5;
const loadMax = 3 / 4;
/** An empty slot; a session that happens to have it shares its place with the next. */
const empty = 0;

/** Where in the table the search for each of the sessions under way begins. */
const under = new Uint32Array(chunkEventsMax + 1);

/** Of each session its key, what it is to have, and above which it keeps what it has. */
export interface SessionNotes {
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly limits: Float64Array;
}

export class SessionTable {
  /** Key and value by turns. */
  #slots = new Float64Array(2 * slotsMin);
  #size = 0;
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** With those that have timed out and were not dropped yet. */
  get size(): number {
    return this.#size;
  }

  /** Undefined for one that is not there. Keys are uniformly random whole numbers below 2^53. */
  get(key: number): number | undefined {
    const at = this.#find(key || 1);
    return this.#slots[at] === empty ? undefined : this.#slots[at + 1];
  }

  /** False where it is full: what is new is not taken in. `isOver` tells by its value what may be dropped. */
  set(key: number, value: number, isOver: (value: number) => boolean): boolean {
    const named = key || 1;
    let at = this.#find(named);
    if (this.#slots[at] === empty) {
      if (!this.#makeRoom(isOver)) return false;
      at = this.#find(named);
      this.#slots[at] = named;
      this.#size++;
    }
    this.#slots[at + 1] = value;
    return true;
  }

  /**
   * As set() for `count` sessions, at most chunkEventsMax, one after the other; but what is held stays where it is above the
   * limit. As with identities, all their places are looked at before the first is used.
   */
  setUnlessAbove(
    { keys, values, limits }: SessionNotes,
    count: number,
    isOver: (value: number) => boolean,
  ): void {
    const held = this.#slots;
    const end = held.length;
    let seen = 0;
    for (let k = 0; k < count; k++) {
      const at = 2 * Math.trunc(((keys[k] as number) / 2 ** 53) * (end / 2));
      under[k] = at;
      seen += held[at + 1] as number;
    }
    // What was looked at must be of use, or a compiler leaves the looking out.
    under[count] = seen;
    for (let k = 0; k < count; k++) {
      const key = (keys[k] as number) || 1;
      let at = under[k] as number;
      if (held !== this.#slots) at = this.#find(key);
      else while (held[at] !== empty && held[at] !== key) at = at + 2 === end ? 0 : at + 2;
      const slots = this.#slots;
      if (slots[at] === empty) this.set(key, values[k] as number, isOver);
      else if ((slots[at + 1] as number) <= (limits[k] as number)) slots[at + 1] = values[k] as number;
    }
  }

  forEach(visit: (value: number) => void): void {
    for (let at = 0; at < this.#slots.length; at += 2)
      if (this.#slots[at] !== empty) visit(this.#slots[at + 1] as number);
  }

  /** Into a table that fits what is left. */
  drop(isOver: (value: number) => boolean): void {
    let left = 0;
    this.forEach((value) => {
      if (!isOver(value)) left++;
    });
    let slots = slotsMin;
    while (left + 1 > slots * loadMax) slots = Math.floor(slots * growth);
    const old = this.#slots;
    this.#slots = new Float64Array(2 * slots);
    this.#size = left;
    for (let at = 0; at < old.length; at += 2) {
      const [key, value] = [old[at] as number, old[at + 1] as number];
      if (key === empty || isOver(value)) continue;
      const to = this.#find(key);
      this.#slots[to] = key;
      this.#slots[to + 1] = value;
    }
  }

  #makeRoom(isOver: (value: number) => boolean): boolean {
    if (this.#size >= this.#sizeMax) return false;
    if (this.#size + 1 > (this.#slots.length / 2) * loadMax) this.drop(isOver);
    return true;
  }

  /** Its place, or the empty one where it would be put. */
  #find(key: number): number {
    const held = this.#slots;
    const slots = held.length / 2;
    let slot = Math.trunc((key / 2 ** 53) * slots);
    while (held[2 * slot] !== empty && held[2 * slot] !== key) slot = slot + 1 === slots ? 0 : slot + 1;
    return 2 * slot;
  }
}
