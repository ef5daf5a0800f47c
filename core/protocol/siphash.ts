/** A 128-bit key as two 64-bit little-endian words, each in signed 32-bit halves; made by `sipKey`. */
export interface SipKey {
  readonly k0Hi: number;
  readonly k0Lo: number;
  readonly k1Hi: number;
  readonly k1Lo: number;
}

const keyBytes = 16;
const roundsPerBlock = 2;
const roundsAtEnd = 4;
const scratchBytesInitial = 1024;
/** A scratch buffer that one huge message has grown past this is not kept. */
const scratchBytesKept = 64 * 1024;
const lengthBytes = 4;
/** A UTF-16 code unit takes at most three bytes in UTF-8: a pair of surrogates takes four. */
const utf8BytesPerUnitMax = 3;

/** Reads a key of exactly 16 bytes; throws RangeError on any other length. */
export function sipKey(bytes16: Uint8Array): SipKey {
  if (bytes16.length !== keyBytes) throw new RangeError(`a SipHash key has 16 bytes, not ${bytes16.length}`);
  return {
    k0Hi: wordAt(bytes16, 4),
    k0Lo: wordAt(bytes16, 0),
    k1Hi: wordAt(bytes16, 12),
    k1Lo: wordAt(bytes16, 8),
  };
}

/** A hasher to be made once per key and kept: it owns its buffers, so that hashing allocates nothing. */
export function createSipHasher(key: SipKey): SipHasher {
  return new SipHasher(key);
}

/**
 * SipHash-2-4 with a 64-bit result (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), on
 * 32-bit halves because BigInt is some fifty times slower. A call leaves its result in `hi` and `lo`, both
 * unsigned 32-bit, until the next call.
 */
class SipHasher {
  /** The four words of the key setup, each as high half then low half. */
  readonly #initial: Int32Array;
  readonly #state = new Int32Array(8);
  readonly #result = new Uint32Array(2);
  #scratch: Uint8Array = new Uint8Array(scratchBytesInitial);

  constructor(key: SipKey) {
    const { k0Hi, k0Lo, k1Hi, k1Lo } = key;
    // "somepseudorandomlygeneratedbytes", in 32-bit halves.
    this.#initial = Int32Array.of(
      k0Hi ^ 0x736f6d65,
      k0Lo ^ 0x70736575,
      k1Hi ^ 0x646f7261,
      k1Lo ^ 0x6e646f6d,
      k0Hi ^ 0x6c796765,
      k0Lo ^ 0x6e657261,
      k1Hi ^ 0x74656462,
      k1Lo ^ 0x79746573,
    );
  }

  /** The upper half of the last result. */
  get hi(): number {
    return this.#result[0]!;
  }

  /** The lower half of the last result. */
  get lo(): number {
    return this.#result[1]!;
  }

  /**
   * Hashes the bytes from `start` up to but not including `end`; throws RangeError when they are not all
   * there.
   */
  hash(bytes: Uint8Array, start: number, end: number): void {
    if (start >>> 0 !== start || end >>> 0 !== end || start > end || end > bytes.length) {
      throw new RangeError(`no bytes ${start} to ${end} in ${bytes.length} bytes`);
    }
    const state = this.#state;
    for (let i = 0; i < 8; i++) state[i] = this.#initial[i]!;
    const tail = start + ((end - start) & ~7);
    for (let at = start; at < tail; at += 8) absorb(state, wordAt(bytes, at + 4), wordAt(bytes, at));
    this.#finish(bytes, tail, end, end - start);
  }

  /** The state once the whole blocks before `end` are absorbed: where hashes of all that begins so go on from. */
  stateAfter(bytes: Uint8Array, end: number): Int32Array {
    const state = Int32Array.from(this.#initial);
    for (let at = 0; at + 8 <= end; at += 8) absorb(state, wordAt(bytes, at + 4), wordAt(bytes, at));
    return state;
  }

  /**
   * Hashes a list of strings: each one in UTF-8 after its byte length as 32 bits little-endian, so that no
   * two different lists give the same bytes. A lone surrogate is hashed as U+FFFD, as TextEncoder writes it.
   */
  hashParts(parts: readonly string[]): void {
    let at = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      this.#reserve(at + lengthBytes + part.length * utf8BytesPerUnitMax, at);
      const end = writeUtf8(this.#scratch, at + lengthBytes, part);
      writeLength(this.#scratch, at, end - at - lengthBytes);
      at = end;
    }
    this.hash(this.#scratch, 0, at);
    if (this.#scratch.length > scratchBytesKept) this.#scratch = new Uint8Array(scratchBytesInitial);
  }

  /** The last block: what is left of the message, then the length modulo 256 in the highest byte. */
  #finish(bytes: Uint8Array, tail: number, end: number, length: number): void {
    const state = this.#state;
    let lo = 0;
    let hi = length << 24;
    for (let at = tail; at < end; at++) {
      const shift = (at - tail) * 8;
      if (shift < 32) lo |= bytes[at]! << shift;
      else hi |= bytes[at]! << (shift - 32);
    }
    absorb(state, hi, lo);
    state[5] = state[5]! ^ 0xff;
    mix(state, roundsAtEnd);
    this.#result[0] = foldWords(state, 0);
    this.#result[1] = foldWords(state, 1);
  }

  #reserve(size: number, used: number): void {
    if (size <= this.#scratch.length) return;
    const grown = new Uint8Array(Math.max(size, this.#scratch.length * 2));
    grown.set(this.#scratch.subarray(0, used));
    this.#scratch = grown;
  }
}

export type { SipHasher };

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function absorb(state: Int32Array, hi: number, lo: number): void {
  state[6] = state[6]! ^ hi;
  state[7] = state[7]! ^ lo;
  mix(state, roundsPerBlock);
  state[0] = state[0]! ^ hi;
  state[1] = state[1]! ^ lo;
}

function foldWords(state: Int32Array, half: 0 | 1): number {
  return state[half]! ^ state[half + 2]! ^ state[half + 4]! ^ state[half + 6]!;
}

/**
 * The rounds of SipHash (section 2 of the paper), on locals because they stay in registers. The letters a to
 * d are v0 to v3, H and L their halves.
 */
function mix(state: Int32Array, rounds: number): void {
  let [aH, aL, bH, bL] = [state[0]!, state[1]!, state[2]!, state[3]!];
  let [cH, cL, dH, dL] = [state[4]!, state[5]!, state[6]!, state[7]!];
  for (let round = 0; round < rounds; round++) {
    let turned: number;
    let sum: number;
    // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
    sum = (aL + bL) | 0;
    aH = (aH + bH + carry(aL, bL, sum)) | 0;
    aL = sum;
    turned = ((bH << 13) | (bL >>> 19)) ^ aH;
    bL = ((bL << 13) | (bH >>> 19)) ^ aL;
    bH = turned;
    turned = aH;
    aH = aL;
    aL = turned;
    // v2 += v3; v3 <<<= 16; v3 ^= v2
    sum = (cL + dL) | 0;
    cH = (cH + dH + carry(cL, dL, sum)) | 0;
    cL = sum;
    turned = ((dH << 16) | (dL >>> 16)) ^ cH;
    dL = ((dL << 16) | (dH >>> 16)) ^ cL;
    dH = turned;
    // v0 += v3; v3 <<<= 21; v3 ^= v0
    sum = (aL + dL) | 0;
    aH = (aH + dH + carry(aL, dL, sum)) | 0;
    aL = sum;
    turned = ((dH << 21) | (dL >>> 11)) ^ aH;
    dL = ((dL << 21) | (dH >>> 11)) ^ aL;
    dH = turned;
    // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
    sum = (cL + bL) | 0;
    cH = (cH + bH + carry(cL, bL, sum)) | 0;
    cL = sum;
    turned = ((bH << 17) | (bL >>> 15)) ^ cH;
    bL = ((bL << 17) | (bH >>> 15)) ^ cL;
    bH = turned;
    turned = cH;
    cH = cL;
    cL = turned;
  }
  state[0] = aH;
  state[1] = aL;
  state[2] = bH;
  state[3] = bL;
  state[4] = cH;
  state[5] = cL;
  state[6] = dH;
  state[7] = dL;
}

/**
 * What the sum of two lower halves carries: 1 when both top bits were set, or one was and the sum's is not. A
 * comparison would be shorter, but it becomes a branch on random bits, which takes twice as long.
 */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
}

/** Writes `text` in UTF-8 from `start` on and returns where it ends; the buffer has to be long enough. */
function writeUtf8(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return writeUtf8Beyond(bytes, start + i, text, i);
    bytes[start + i] = unit;
  }
  return start + text.length;
}

/** The general case, from code unit `from` on. */
function writeUtf8Beyond(bytes: Uint8Array, start: number, text: string, from: number): number {
  let at = start;
  for (let i = from; i < text.length; i++) {
    const point = text.codePointAt(i) as number;
    if (point < 0x80) {
      bytes[at++] = point;
    } else if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >>> 6);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      // A surrogate that is not part of a pair comes out of codePointAt as itself.
      const scalar = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
      bytes[at++] = 0xe0 | (scalar >>> 12);
      bytes[at++] = 0x80 | ((scalar >>> 6) & 0x3f);
      bytes[at++] = 0x80 | (scalar & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (point >>> 18);
      bytes[at++] = 0x80 | ((point >>> 12) & 0x3f);
      bytes[at++] = 0x80 | ((point >>> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
      i++;
    }
  }
  return at;
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length >>> 16;
  bytes[at + 3] = length >>> 24;
}
