/** Slots, each with room for one text: 128 KB in all, which a core's second cache holds. */
const slots = 2048;
const lengthMax = 60;
const slotBytes = 64;

/**
 * Short texts that came before, found by their bytes: titles and devices come with every chunk, and a call into the decoder
 * takes longer than everything else that is done for them. A slot holds the last text that fell on it, so that what comes
 * seldom costs a look and nothing more.
 */
export class TextPool {
  readonly #bytes = new Uint8Array(slots * slotBytes);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #texts = new Array<string | undefined>(slots).fill(undefined);
  #slot = -1;

  /** The text that these bytes stand for, if it is held. */
  find(bytes: Uint8Array, view: DataView, at: number, length: number): string | undefined {
    this.#slot = -1;
    if (length > lengthMax || length === 0) return undefined;
    const slot = slotOf(bytes, view, at, length);
    const own = slot * slotBytes;
    const text = this.#texts[slot];
    if (text === undefined || text.length !== length || !this.#holds(own, bytes, view, at, length)) {
      // Written before it is known to be text: it counts from `keep` on.
      this.#texts[slot] = undefined;
      for (let i = 0; i < length; i++) this.#bytes[own + i] = bytes[at + i] as number;
      this.#slot = slot;
      return undefined;
    }
    return text;
  }

  /** The text of the bytes that were looked for last. Only such that are as long as their bytes: ASCII. */
  keep(text: string): void {
    if (this.#slot >= 0) this.#texts[this.#slot] = text;
  }

  #holds(own: number, bytes: Uint8Array, view: DataView, at: number, length: number): boolean {
    let i = 0;
    for (; i + 4 <= length; i += 4)
      if (this.#view.getInt32(own + i, true) !== view.getInt32(at + i, true)) return false;
    for (; i < length; i++) if (this.#bytes[own + i] !== bytes[at + i]) return false;
    return true;
  }
}

/** Ids differ most at their ends, so that is what chooses the slot. */
function slotOf(bytes: Uint8Array, view: DataView, at: number, length: number): number {
  const last = at + length - 1;
  const end = length >= 4 ? view.getInt32(last - 3, true) : (bytes[last] as number) << 8;
  const middle = length >= 12 ? view.getInt32(last - 11, true) : (bytes[at] as number);
  const mixed = Math.imul(end ^ Math.imul(middle, 0x85eb_ca6b) ^ length, 0x9e37_79b1);
  return (mixed ^ (mixed >>> 15)) >>> 21;
}
