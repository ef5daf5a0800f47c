/** Thrown for bytes that are not what they claim to be: input, not a bug. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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

  /** Length-prefixed UTF-8. */
  text(value: string): void {
    this.block(utf8Encoder.encode(value));
  }

  /** `count` unsigned integers of `width` bytes (1 to 4, or 6) each. */
  integers(values: ArrayLike<number>, width: number): void {
    this.#room(values.length * width);
    const bytes = this.#bytes;
    let at = this.length;
    for (let i = 0; i < values.length; i++) {
      let rest = values[i] as number;
      for (let b = 0; b < width; b++) {
        bytes[at++] = rest & 0xff;
        rest = width > 4 ? Math.floor(rest / 256) : rest >>> 8;
      }
    }
    this.length = at;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** Reads what ByteWriter wrote; every read past the end throws FormatError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  #take(size: number): number {
    const at = this.at;
    if (size < 0 || at + size > this.#bytes.length) throw new FormatError(`cut short at byte ${at}`);
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u48(): number {
    const at = this.#take(6);
    return this.#view.getUint32(at, true) + this.#view.getUint16(at + 4, true) * 2 ** 32;
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new FormatError(`not a varint at byte ${this.at}`);
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  block(): Uint8Array {
    return this.raw(this.varint());
  }

  text(): string {
    const bytes = this.block();
    try {
      return utf8Decoder.decode(bytes);
    } catch {
      throw new FormatError(`not UTF-8 at byte ${this.at - bytes.length}`);
    }
  }

  /** Reads `target.length` unsigned integers of `width` bytes each into `target`, adding `base`. */
  integers(target: Float64Array | Uint32Array | Uint16Array | Uint8Array, width: number, base = 0): void {
    const bytes = this.#bytes;
    let at = this.#take(target.length * width);
    for (let i = 0; i < target.length; i++) {
      let value = 0;
      let scale = 1;
      for (let b = 0; b < width; b++) {
        value += (bytes[at++] as number) * scale;
        scale *= 256;
      }
      target[i] = value + base;
    }
  }
}
