/** Thrown for bytes that are not what they claim to be: input, not a bug. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const utf8Encoder = new TextEncoder();

/** Below this a loop is faster than a call into the encoder. Less than 128, so that the length is one byte. */
const asciiWrittenMax = 40;

/** A growing little-endian buffer. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  #room(size: number): void {
    if (this.length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + size));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** An integer of at most 48 bits. */
  u48(value: number): void {
    this.#room(6);
    this.#view.setUint32(this.length, value % 2 ** 32, true);
    this.#view.setUint16(this.length + 4, Math.floor(value / 2 ** 32), true);
    this.length += 6;
  }

  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Unsigned LEB128 of an integer up to 2^53 - 1. */
  varint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Length-prefixed bytes. */
  block(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Length-prefixed bytes of a larger array, most often a few. */
  part(bytes: Uint8Array, from: number, to: number): void {
    this.varint(to - from);
    this.#room(to - from);
    const target = this.#bytes;
    let at = this.length;
    for (let i = from; i < to; i++) target[at++] = bytes[i] as number;
    this.length = at;
  }

  /** Length-prefixed UTF-8. */
  text(value: string): void {
    if (value.length > asciiWrittenMax || !this.#ascii(value)) this.block(utf8Encoder.encode(value));
  }

  /** Writes a short text if it is ASCII; says whether it was. */
  #ascii(value: string): boolean {
    this.#room(value.length + 1);
    const bytes = this.#bytes;
    let at = this.length;
    bytes[at++] = value.length;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[at++] = unit;
    }
    this.length = at;
    return true;
  }

  /** Of each value what it is above `base`, as an unsigned integer of `width` bytes (1 to 4, or 6). */
  integers(values: ArrayLike<number>, width: number, base = 0): void {
    this.#room(values.length * width);
    const bytes = this.#bytes;
    let at = this.length;
    for (let i = 0; i < values.length; i++) {
      const value = (values[i] as number) - base;
      const low = value | 0;
      bytes[at++] = low;
      if (width > 1) bytes[at++] = low >>> 8;
      if (width > 2) bytes[at++] = low >>> 16;
      if (width > 3) bytes[at++] = low >>> 24;
      if (width < 5) continue;
      const high = Math.floor(value / 2 ** 32);
      bytes[at++] = high;
      bytes[at++] = high >>> 8;
    }
    this.length = at;
  }

  /** What was written, in the writer's own memory: nothing may be written after that. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Of each place behind the starts the unsigned 32-bit integer that `cells` holds there. */
  words(cells: Float64Array, starts: Int32Array, place: number): void {
    this.#room(starts.length * 4);
    const view = this.#view;
    let at = this.length;
    for (let i = 0; i < starts.length; i++, at += 4) {
      view.setInt32(at, cells[(starts[i] as number) + place] as number, true);
    }
    this.length = at;
  }

  /** Forgets what was written. */
  restart(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}
