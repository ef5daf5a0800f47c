import { TextPool } from './text-pool.ts';

/** Where the columns of a chunk are put as it is decoded. */
export interface ColumnSource {
  /** Short texts that came before; null where it is not worth looking. */
  readonly pool: TextPool | null;
  floats(count: number): Float64Array;
  words(count: number): Uint32Array;
  shorts(count: number): Uint16Array;
  octets(count: number): Uint8Array;
}

/** New arrays for each chunk, exactly as long as it. */
export const ownColumns: ColumnSource = {
  pool: null,
  floats: (count) => new Float64Array(count),
  words: (count) => new Uint32Array(count),
  shorts: (count) => new Uint16Array(count),
  octets: (count) => new Uint8Array(count),
};

/**
 * The same arrays for every chunk: what was decoded stands until the next one begins, and an array may be longer than its
 * chunk. New ones cost a chunk of 500 events some thirty allocations outside of the heap, more than the decoding itself.
 */
export class ColumnSpace implements ColumnSource {
  readonly pool = new TextPool();
  readonly #floats = new Kept((length) => new Float64Array(length));
  readonly #words = new Kept((length) => new Uint32Array(length));
  readonly #shorts = new Kept((length) => new Uint16Array(length));
  readonly #octets = new Kept((length) => new Uint8Array(length));

  begin(): this {
    for (const kept of [this.#floats, this.#words, this.#shorts, this.#octets]) kept.next = 0;
    return this;
  }

  floats(count: number): Float64Array {
    return this.#floats.take(count);
  }

  words(count: number): Uint32Array {
    return this.#words.take(count);
  }

  shorts(count: number): Uint16Array {
    return this.#shorts.take(count);
  }

  octets(count: number): Uint8Array {
    return this.#octets.take(count);
  }
}

/** Arrays of one kind, in the order in which they are asked for. */
class Kept<T extends { readonly length: number }> {
  readonly #arrays: T[] = [];
  readonly #make: (length: number) => T;
  next = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
  }

  take(count: number): T {
    const at = this.next++;
    const held = this.#arrays[at];
    if (held && held.length >= count) return held;
    const made = this.#make(Math.ceil(count / 512) * 512);
    this.#arrays[at] = made;
    return made;
  }
}
