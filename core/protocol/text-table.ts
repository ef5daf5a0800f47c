/**
 * Distinct texts of a request, as UTF-8, numbered from 1 in the order in which they came; 0 stands for none. Looked up
 * by their bytes, so that a text that came before costs no string.
 */
const slotsInitial = 128;
const arenaBytesInitial = 2048;
/** A table half full of ordinary texts has runs of a few slots. Whoever builds texts to collide gets no longer ones. */
const probesMax = 64;
/** Hashes stay small integers. */
const hashMask = 0x3fff_ffff;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const hashStart = 0x11c_9dc5;

export function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x0100_0193);
}

export class TextTable {
  /** All texts, one behind the other. */
  arena: Uint8Array = new Uint8Array(arenaBytesInitial);
  readonly #ends: number[] = [0];
  readonly #hashes: number[] = [0];
  #slots = new Int32Array(slotsInitial);
  /** Texts for which the table had no room nearby, and all that came after the first of them. */
  readonly #crowded = new Map<string, number>();

  /** Ids given out. */
  get size(): number {
    return this.#ends.length - 1;
  }

  /** Where a text begins in the arena. */
  startOf(id: number): number {
    return this.#ends[id - 1]!;
  }

  endOf(id: number): number {
    return this.#ends[id]!;
  }

  text(id: number): string {
    return decoder.decode(this.arena.subarray(this.startOf(id), this.endOf(id)));
  }

  /** The id of a well-formed text. */
  ofText(text: string): number {
    const bytes = encoder.encode(text);
    return this.of(bytes, 0, bytes.length);
  }

  /** The id of the text whose bytes these are: valid UTF-8. */
  of(bytes: Uint8Array, from: number, to: number): number {
    let steps = hashStart;
    for (let at = from; at < to; at++) steps = hashStep(steps, bytes[at]!);
    return this.ofHashed(bytes, from, to, steps);
  }

  /** With what hashStep made of the bytes, from hashStart on. */
  ofHashed(bytes: Uint8Array, from: number, to: number, steps: number): number {
    const hash = (steps ^ (steps >>> 15)) & hashMask;
    const mask = this.#slots.length - 1;
    const length = to - from;
    for (let probe = 0; probe < probesMax; probe++) {
      const slot = (hash + probe) & mask;
      const id = this.#slots[slot]!;
      if (id === 0 && this.#crowded.size > 0) break;
      if (id === 0) return this.#add(bytes, from, to, hash, slot);
      if (this.#hashes[id] !== hash) continue;
      const start = this.#ends[id - 1]!;
      if (this.#ends[id]! - start === length && isSame(this.arena, start, bytes, from, length)) return id;
    }
    return this.#ofCrowded(bytes, from, to, hash);
  }

  #ofCrowded(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const text = decoder.decode(bytes.subarray(from, to));
    const id = this.#crowded.get(text) ?? this.#append(bytes, from, to, hash);
    this.#crowded.set(text, id);
    return id;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const id = this.#append(bytes, from, to, hash);
    this.#slots[slot] = id;
    if (id * 2 > this.#slots.length) this.#grow();
    return id;
  }

  #append(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const start = this.#ends[this.size]!;
    const end = start + to - from;
    if (end > this.arena.length) {
      const grown = new Uint8Array(Math.max(end, this.arena.length * 2));
      grown.set(this.arena.subarray(0, start));
      this.arena = grown;
    }
    const { arena } = this;
    for (let i = 0; i < to - from; i++) arena[start + i] = bytes[from + i]!;
    this.#ends.push(end);
    this.#hashes.push(hash);
    return this.size;
  }

  /** A text that finds no slot nearby in the larger table is looked up among the crowded from now on. */
  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    const old = this.#slots;
    for (let i = 0; i < old.length; i++) {
      const id = old[i]!;
      if (id === 0) continue;
      const hash = this.#hashes[id]!;
      let probe = 0;
      while (probe < probesMax && slots[(hash + probe) & mask] !== 0) probe++;
      if (probe < probesMax) slots[(hash + probe) & mask] = id;
      else this.#crowded.set(this.text(id), id);
    }
    this.#slots = slots;
  }
}

function isSame(left: Uint8Array, from: number, right: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (left[from + i] !== right[at + i]) return false;
  return true;
}
