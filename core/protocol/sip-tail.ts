/**
 * SipHash-2-4 of lists of texts that begin alike: the beginning is absorbed once, and what follows is written as bytes,
 * straight from a body. Gives what SipHasher.hashParts gives for the whole list, at a fraction of its time.
 */
import { assert } from './assert.ts';
import { sipWasm } from './sip-wasm.ts';
import { createSipHasher, type SipKey } from './siphash.ts';

const lengthBytes = 4;
const blockBytes = 8;
const roundsAtEnd = 4;
const encoder = new TextEncoder();
/** "00" to "99", as two bytes each. */
const digitPairs = Uint16Array.from({ length: 100 }, (_, i) => 0x3030 + ((i / 10) | 0) * 256 + (i % 10));
const result = new Uint32Array(sipWasm ? sipWasm.memory : new ArrayBuffer(8), 0, 2);

/** What a tail in the memory of WebAssembly may take; the first slot holds the result. */
const slotBytes = 4096;
/** Of the state, before the bytes. */
const stateBytes = 32;
/** Whose bytes are in a slot. */
const owners: (SipTail | undefined)[] = [];

export class SipTail {
  /** Where the parts behind the beginning go, each behind its length. */
  readonly bytes: Uint8Array;
  /** Where the first of them goes. */
  readonly start: number;
  hi = 0;
  lo = 0;
  readonly #view: DataView;
  /** State once the whole blocks of the beginning are absorbed, which end at #absorbed. */
  readonly #state: Int32Array;
  readonly #absorbed: number;
  readonly #beginning: Uint8Array;
  /** In the memory of WebAssembly; 0 where JavaScript hashes. */
  readonly #slot: number;

  /**
   * `tailBytesMax`: of all that follows, lengths included. `slot`, from 1: all tails of a slot share its memory, and the
   * one that claimed it last is the one that can be used.
   */
  constructor(key: SipKey, beginning: readonly string[], tailBytesMax: number, slot: number) {
    const encoded = beginning.map((text) => encoder.encode(text));
    const size = encoded.reduce((sum, { length }) => sum + lengthBytes + length, 0);
    const room = size + tailBytesMax + blockBytes;
    this.#slot = sipWasm && stateBytes + room <= slotBytes ? slot : 0;
    const memory = this.#slot > 0 && sipWasm ? sipWasm.memory : new ArrayBuffer(room);
    const offset = this.#slot > 0 ? slot * slotBytes + stateBytes : 0;
    this.bytes = new Uint8Array(memory, offset, room);
    this.#view = new DataView(memory, offset, room);
    let at = 0;
    for (const text of encoded) {
      this.bytes.set(text, at + lengthBytes);
      at = this.part(at, at + lengthBytes + text.length);
    }
    this.start = at;
    this.#beginning = this.bytes.slice(0, at);
    this.#absorbed = at - (at % blockBytes);
    this.#state = createSipHasher(key).stateAfter(this.bytes, this.#absorbed);
    owners[this.#slot] = undefined;
    this.claim();
  }

  /** Makes this the tail of its slot: what the one before it left there is gone. */
  claim(): void {
    if (this.#slot === 0 || !sipWasm || owners[this.#slot] === this) return;
    const view = new DataView(sipWasm.memory, this.#slot * slotBytes, stateBytes);
    for (let word = 0; word < 4; word++) {
      view.setInt32(word * 8, this.#state[word * 2 + 1]!, true);
      view.setInt32(word * 8 + 4, this.#state[word * 2]!, true);
    }
    this.bytes.set(this.#beginning);
    owners[this.#slot] = this;
  }

  /** Writes the length of a part whose bytes stand behind 4 others from `at` on, up to `end`; returns `end`. */
  part(at: number, end: number): number {
    this.#view.setUint32(at, end - at - lengthBytes, true);
    return end;
  }

  /** Copies the bytes of the first part, but for those before `copied`, to where they go; returns their end. */
  copy(bytes: Uint8Array, from: number, to: number, copied = from): number {
    const target = this.bytes;
    let end = this.start + lengthBytes + copied - from;
    for (let at = copied; at < to; at++) target[end++] = bytes[at]!;
    return end;
  }

  /**
   * Copies words of four bytes from `from` on, up to about `bytesMax`, as long as all four are ASCII that a text may hold
   * as it is; returns where it stopped.
   */
  copyWords(view: DataView, from: number, bytesMax: number): number {
    const target = this.#view;
    const end = Math.min(view.byteLength - 4, from + bytesMax);
    let to = this.start + lengthBytes;
    let at = from;
    for (; at <= end; at += 4, to += 4) {
      const word = view.getInt32(at, true);
      const quote = word ^ 0x22222222;
      const backslash = word ^ 0x5c5c5c5c;
      const hasQuote = (quote - 0x01010101) & ~quote;
      const hasEscape = (backslash - 0x01010101) & ~backslash;
      if (((hasQuote | hasEscape | ((word - 0x20202020) & ~word) | word) & 0x80808080) !== 0) break;
      target.setInt32(to, word, true);
    }
    return at;
  }

  /** Writes the digits of a time from 2000 on, 12 or 13, as the part at `at`; returns its end. */
  time(at: number, timeMs: number): number {
    const view = this.#view;
    const end = at + lengthBytes + (timeMs < 1e12 ? 12 : 13);
    // As 32-bit integers, whose remainders are cheap.
    const high = (timeMs / 1e8) | 0;
    const low = (timeMs - high * 1e8) | 0;
    view.setUint16(end - 2, digitPairs[low % 100]!);
    view.setUint16(end - 4, digitPairs[((low / 100) | 0) % 100]!);
    view.setUint16(end - 6, digitPairs[((low / 10_000) | 0) % 100]!);
    view.setUint16(end - 8, digitPairs[(low / 1_000_000) | 0]!);
    view.setUint16(end - 10, digitPairs[high % 100]!);
    view.setUint16(end - 12, digitPairs[((high / 100) | 0) % 100]!);
    if (timeMs >= 1e12) this.bytes[end - 13] = 0x30 + ((high / 10_000) | 0);
    return this.part(at, end);
  }

  /** Hashes what stands before `end`; the result is in `hi` and `lo`. */
  hash(end: number): void {
    const view = this.#view;
    // The last block: what is left, then zeros, and the length modulo 256 in the highest byte.
    const last = end & -blockBytes;
    view.setInt32(end, 0);
    view.setInt32(end + 4, 0);
    view.setUint8(last + 7, end);
    if (this.#slot > 0 && sipWasm) {
      assert(owners[this.#slot] === this, 'a tail was used behind a newer one of its slot');
      const state = this.#slot * slotBytes;
      sipWasm.hash(state, state + stateBytes + this.#absorbed, state + stateBytes + last);
      this.hi = result[1]!;
      this.lo = result[0]!;
      return;
    }
    this.#hashHere(last);
  }

  /** The same in JavaScript, up to the last block. */
  #hashHere(last: number): void {
    const view = this.#view;
    const state = this.#state;
    let aH = state[0]!;
    let aL = state[1]!;
    let bH = state[2]!;
    let bL = state[3]!;
    let cH = state[4]!;
    let cL = state[5]!;
    let dH = state[6]!;
    let dL = state[7]!;
    let rounds = 2;
    for (let at = this.#absorbed; rounds > 0; at += blockBytes) {
      const isEnd = at > last;
      const mH = isEnd ? 0 : view.getInt32(at + 4, true);
      const mL = isEnd ? 0 : view.getInt32(at, true);
      if (isEnd) {
        cL ^= 0xff;
        rounds = roundsAtEnd;
      }
      dH ^= mH;
      dL ^= mL;
      for (let round = 0; round < rounds; round++) {
        // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
        let sum = (aL + bL) | 0;
        aH = (aH + bH + (((aL & bL) | ((aL | bL) & ~sum)) >>> 31)) | 0;
        let turned = ((bH << 13) | (bL >>> 19)) ^ aH;
        bL = ((bL << 13) | (bH >>> 19)) ^ sum;
        bH = turned;
        aL = aH;
        aH = sum;
        // v2 += v3; v3 <<<= 16; v3 ^= v2
        sum = (cL + dL) | 0;
        cH = (cH + dH + (((cL & dL) | ((cL | dL) & ~sum)) >>> 31)) | 0;
        cL = sum;
        turned = ((dH << 16) | (dL >>> 16)) ^ cH;
        dL = ((dL << 16) | (dH >>> 16)) ^ cL;
        dH = turned;
        // v0 += v3; v3 <<<= 21; v3 ^= v0
        sum = (aL + dL) | 0;
        aH = (aH + dH + (((aL & dL) | ((aL | dL) & ~sum)) >>> 31)) | 0;
        aL = sum;
        turned = ((dH << 21) | (dL >>> 11)) ^ aH;
        dL = ((dL << 21) | (dH >>> 11)) ^ aL;
        dH = turned;
        // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
        sum = (cL + bL) | 0;
        cH = (cH + bH + (((cL & bL) | ((cL | bL) & ~sum)) >>> 31)) | 0;
        turned = ((bH << 17) | (bL >>> 15)) ^ cH;
        bL = ((bL << 17) | (bH >>> 15)) ^ sum;
        bH = turned;
        cL = cH;
        cH = sum;
      }
      aH ^= mH;
      aL ^= mL;
      if (isEnd) rounds = 0;
    }
    this.hi = (aH ^ bH ^ cH ^ dH) >>> 0;
    this.lo = (aL ^ bL ^ cL ^ dL) >>> 0;
  }
}
