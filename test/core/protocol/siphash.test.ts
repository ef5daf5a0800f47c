import { describe, expect, it } from 'vitest';
import { createSipHasher, type SipHasher, sipKey } from '../../../core/protocol/siphash.ts';

const mask = 2n ** 64n - 1n;

const littleEndian = (bytes: Uint8Array) =>
  bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);

/** SipHash-2-4 as the paper writes it, on BigInt. */
function reference(key: Uint8Array, message: Uint8Array): bigint {
  const [k0, k1] = [littleEndian(key.subarray(0, 8)), littleEndian(key.subarray(8))];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const turn = (word: bigint, by: bigint) => ((word << by) | (word >> (64n - by))) & mask;
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & mask;
      v2 = (v2 + v3) & mask;
      v1 = turn(v1, 13n) ^ v0;
      v3 = turn(v3, 16n) ^ v2;
      v0 = turn(v0, 32n);
      v2 = (v2 + v1) & mask;
      v0 = (v0 + v3) & mask;
      v1 = turn(v1, 17n) ^ v2;
      v3 = turn(v3, 21n) ^ v0;
      v2 = turn(v2, 32n);
    }
  };
  const padded = new Uint8Array(Math.floor(message.length / 8) * 8 + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (let at = 0; at < padded.length; at += 8) {
    const word = littleEndian(padded.subarray(at, at + 8));
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

const counted = (length: number) => Uint8Array.from({ length }, (_, at) => at);
const officialKey = counted(16);

/** splitmix32, as bytes. */
function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = seed;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 24;
  };
  return (length) => Uint8Array.from({ length }, next);
}

const resultOf = (hasher: SipHasher) => (BigInt(hasher.hi) << 32n) | BigInt(hasher.lo);

/** What hashParts is said to hash, made with the platform's own encoder. */
function prefixed(parts: readonly string[]): Uint8Array {
  const encoded = parts.map((part) => new TextEncoder().encode(part));
  return Uint8Array.from(
    encoded.flatMap((bytes) => [...new Uint8Array(Uint32Array.of(bytes.length).buffer), ...bytes]),
  );
}

describe('hash', () => {
  it.each([
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [2, 0x0d6c8009d9a94f5an],
    [15, 0xa129ca6149be45e5n],
  ])('[IDN-1] gives the official vector of %i bytes', (length, expected) => {
    const hasher = createSipHasher(sipKey(officialKey));
    hasher.hash(counted(length), 0, length);
    expect(resultOf(hasher)).toBe(expected);
    expect(reference(officialKey, counted(length))).toBe(expected);
  });

  it('[IDN-1] gives what the reference does for the official inputs of 0 to 63 bytes', () => {
    const hasher = createSipHasher(sipKey(officialKey));
    for (let length = 0; length < 64; length++) {
      hasher.hash(counted(length), 0, length);
      expect(resultOf(hasher), `${length} bytes`).toBe(reference(officialKey, counted(length)));
    }
  });

  it('[IDN-1] gives what the reference does for random keys, inputs and ranges', () => {
    const random = randomBytes(42);
    for (let trial = 0; trial < 3000; trial++) {
      const key = random(16);
      const bytes = random(trial % 300);
      const start = bytes.length === 0 ? 0 : random(1)[0]! % (bytes.length + 1);
      const end = start + (random(1)[0]! % (bytes.length - start + 1));
      const hasher = createSipHasher(sipKey(key));
      hasher.hash(bytes, start, end);
      expect(resultOf(hasher)).toBe(reference(key, bytes.subarray(start, end)));
      expect(hasher.hi >>> 0).toBe(hasher.hi);
      expect(hasher.lo >>> 0).toBe(hasher.lo);
    }
  });

  it('does not depend on what was hashed before, and two hashers do not disturb each other', () => {
    const [one, two] = [
      createSipHasher(sipKey(officialKey)),
      createSipHasher(sipKey(counted(17).subarray(1))),
    ];
    one.hash(counted(40), 0, 40);
    two.hash(counted(9), 0, 9);
    expect(resultOf(one)).toBe(reference(officialKey, counted(40)));
    one.hash(counted(3), 0, 3);
    expect(resultOf(one)).toBe(reference(officialKey, counted(3)));
    expect(resultOf(two)).toBe(reference(counted(17).subarray(1), counted(9)));
  });

  it.each([
    [-1, 2],
    [0, 9],
    [5, 4],
    [0.5, 3],
    [0, Number.NaN],
  ])('refuses a range that is not there: %d to %d of 8', (start, end) => {
    expect(() => createSipHasher(sipKey(officialKey)).hash(counted(8), start, end)).toThrow(RangeError);
  });

  it.each([0, 15, 17])('refuses a key of %i bytes', (length) => {
    expect(() => sipKey(counted(length))).toThrow(RangeError);
  });
});

describe('hashParts', () => {
  const hasher = createSipHasher(sipKey(officialKey));
  const hashOf = (parts: readonly string[]) => {
    hasher.hashParts(parts);
    return resultOf(hasher);
  };

  it.each([
    ['no part', []],
    ['an empty part', ['']],
    ['ASCII', ['viewer-1', '', 'session-22']],
    ['two, three and four bytes', ['é', 'ß€', 'a😀b', '\u{10ffff}\u0000\u007f\u0080\u07ff\u0800\uffff']],
    ['ASCII after more than ASCII', ['żółw turtle', 'turtle']],
    ['lone surrogates', ['\ud800', '\udc00', 'a\ud83d', '\ude00\ud83d', '\ud83d\ud83d\ude00x', '\udfffz']],
    ['a part longer than the buffer', ['a', 'x'.repeat(5000), '€'.repeat(3000), 'z']],
  ])('[IDN-1] hashes each part in UTF-8 after its length: %s', (_, parts) => {
    expect(hashOf(parts)).toBe(reference(officialKey, prefixed(parts)));
  });

  it('[IDN-1] goes on as before after a huge part', () => {
    const huge = ['a', 'y'.repeat(100_000), 'b'];
    expect(hashOf(huge)).toBe(reference(officialKey, prefixed(huge)));
    expect(hashOf(['b', 'ö'])).toBe(reference(officialKey, prefixed(['b', 'ö'])));
    expect(hashOf(huge)).toBe(reference(officialKey, prefixed(huge)));
  });

  it('[IDN-1] writes code points of every range as the platform does', () => {
    for (let from = 0; from < 0x110000; from += 0x100) {
      const points = Array.from({ length: 4 }, (_, i) => from + i * 0x55);
      const parts = [String.fromCodePoint(...points), ...points.map((point) => String.fromCodePoint(point))];
      const bytes = prefixed(parts);
      hasher.hash(bytes, 0, bytes.length);
      const expected = resultOf(hasher);
      expect(hashOf(parts), `U+${from.toString(16)}`).toBe(expected);
    }
  });

  it('[IDN-1] tells lists apart whose parts join to the same text', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['', 'abc'], ['abc', ''], ['a', 'b', 'c']];
    expect(new Set(lists.map(hashOf)).size).toBe(lists.length);
  });
});
