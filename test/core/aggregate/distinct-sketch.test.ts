import { describe, expect, it } from 'vitest';
import { DistinctSketch } from '../../../core/aggregate/distinct-sketch.ts';

type Hash = readonly [hi: number, lo: number];

/** xoshiro128** by Blackman and Vigna: independent of the sketch, with 128 bits of state. */
function randomWords(seed: number): () => number {
  const state = Uint32Array.of(seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162);
  const next = () => {
    const scrambled = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotate(state[3]!, 11);
    return scrambled;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));

function hashesOf(seed: number, count: number): Hash[] {
  const next = randomWords(seed);
  return Array.from({ length: count }, () => [next(), next()] as const);
}

function sketchOf(hashes: Iterable<Hash>): DistinctSketch {
  const sketch = new DistinctSketch();
  for (const [hi, lo] of hashes) sketch.add(hi, lo);
  return sketch;
}

/** The hash that raises `register` to `rank`. */
function hashFor(register: number, rank: number): Hash {
  const bits = (BigInt(register) << 52n) | (rank > 52 ? 0n : 1n << BigInt(52 - rank));
  return [Number(bits >> 32n), Number(bits & 0xffffffffn)];
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = randomWords(seed);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Square root of the mean squared relative error, and the mean relative error, at each checkpoint. */
function errorsAt(checkpoints: readonly number[], trials: number, seed: number) {
  const sums = checkpoints.map((count) => ({ count, squares: 0, errors: 0 }));
  for (let trial = 0; trial < trials; trial++) {
    const next = randomWords(seed + trial);
    const sketch = new DistinctSketch();
    let added = 0;
    for (const sum of sums) {
      for (; added < sum.count; added++) sketch.add(next(), next());
      const error = sketch.estimate() / sum.count - 1;
      sum.squares += error * error;
      sum.errors += error;
    }
  }
  return sums.map((sum) => ({
    count: sum.count,
    rms: Math.sqrt(sum.squares / trials),
    mean: sum.errors / trials,
  }));
}

/** Sizes on both sides of the turn from sparse to dense, in memory (512 registers) and in bytes (about 4000 items). */
const sizes = [0, 1, 2, 50, 511, 512, 513, 560, 2000, 3900, 4200, 20_000];

describe('estimate', () => {
  it('[WIN-2] errs by 1.7 % at most (RMS) and is unbiased, from 1 to 50,000 items', {
    timeout: 60_000,
  }, () => {
    const counts = [
      1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 7000, 10_000, 12_000, 20_000, 50_000,
    ];
    for (const { count, rms, mean } of errorsAt(counts, 1500, 1)) {
      expect(rms, `RMS at ${count}`).toBeLessThanOrEqual(0.017);
      expect(Math.abs(mean), `bias at ${count}`).toBeLessThanOrEqual(0.0015);
    }
  });

  it('[WIN-2] errs by 1.7 % at most (RMS) up to a million items', { timeout: 60_000 }, () => {
    for (const { count, rms, mean } of errorsAt([100_000, 300_000, 1_000_000], 250, 10_000)) {
      expect(rms, `RMS at ${count}`).toBeLessThanOrEqual(0.017);
      expect(Math.abs(mean), `bias at ${count}`).toBeLessThanOrEqual(0.004);
    }
  });

  it('[WIN-2] errs by 2 % at most (RMS) even where 4 of 10 registers are full, at 10^19 items', {
    timeout: 60_000,
  }, () => {
    const [count, trials] = [1e19, 1500];
    const next = randomWords(2);
    let squares = 0;
    for (let trial = 0; trial < trials; trial++) {
      const sketch = new DistinctSketch();
      for (let register = 0; register < 4096; register++) {
        // The greatest of count / 4096 ranks is at most k with a probability of exp(-count / 4096 / 2^k).
        const rank = Math.ceil(Math.log2(count / 4096 / -Math.log((next() + 0.5) / 2 ** 32)));
        sketch.add(...hashFor(register, Math.min(rank, 53)));
      }
      squares += (sketch.estimate() / count - 1) ** 2;
    }
    expect(Math.sqrt(squares / trials)).toBeLessThanOrEqual(0.02);
  });

  it('is 0 for none, and the same however often an item comes', () => {
    expect(new DistinctSketch().estimate()).toBe(0);
    const hashes = hashesOf(3, 300);
    expect(sketchOf([...hashes, ...hashes]).toBytes()).toEqual(sketchOf(hashes).toBytes());
  });

  it('stays finite when every register is full', () => {
    const full = sketchOf(Array.from({ length: 4096 }, (_, register) => hashFor(register, 53)));
    expect(full.estimate()).toBe(2 ** 64);
    expect(DistinctSketch.fromBytes(full.toBytes()).toBytes()).toEqual(full.toBytes());
  });

  it('takes halves with the top bit set as signed or unsigned alike', () => {
    const signed = sketchOf(hashesOf(4, 2000).map(([hi, lo]) => [hi | 0, lo | 0] as const));
    expect(signed.toBytes()).toEqual(sketchOf(hashesOf(4, 2000)).toBytes());
  });
});

describe('registers', () => {
  it('takes the register from the top 12 bits and the rank from the leading zeros of the other 52', () => {
    for (let rank = 1; rank <= 53; rank++) {
      const inline = rank < 4;
      const head = (0xabc << 2) | (inline ? rank - 1 : 3);
      const expected = [1, 0, 0x80 | (head >>> 7), head & 0x7f, ...(inline ? [] : [rank - 4])];
      expect([...sketchOf([hashFor(0xabc, rank)]).toBytes()], `rank ${rank}`).toEqual(expected);
    }
  });

  it('keeps the highest rank of a register, sparse or dense', () => {
    const filler = hashesOf(5, 20_000).filter(([hi]) => hi >>> 20 !== 7);
    for (const others of [[], filler]) {
      const top = sketchOf([...others, hashFor(7, 30)]).toBytes();
      expect(sketchOf([...others, hashFor(7, 2), hashFor(7, 30), hashFor(7, 29)]).toBytes()).toEqual(top);
    }
  });
});

describe('merge', () => {
  it('[WIN-2] is the union, byte for byte, in any order and grouping', () => {
    for (const left of sizes) {
      for (const right of sizes) {
        const all = hashesOf(left * 31 + right, left + right);
        // A tenth of the left part comes again in the right one.
        const [a, b] = [all.slice(0, left), all.slice(Math.floor(left * 0.9))];
        const union = sketchOf(all).toBytes();
        const ab = sketchOf(a);
        ab.merge(sketchOf(b));
        const ba = sketchOf(b);
        ba.merge(sketchOf(a));
        expect(ab.toBytes(), `${left} and ${right}`).toEqual(union);
        expect(ba.toBytes(), `${right} and ${left}`).toEqual(union);
      }
    }
  });

  it('changes nothing when repeated, with itself, or with an empty one, and leaves the other be', () => {
    for (const size of sizes) {
      const sketch = sketchOf(hashesOf(6, size));
      const bytes = sketch.toBytes();
      const other = sketch.clone();
      sketch.merge(other);
      sketch.merge(sketch);
      sketch.merge(new DistinctSketch());
      expect(sketch.toBytes()).toEqual(bytes);
      sketch.merge(sketchOf(hashesOf(7, 20_000)));
      expect(other.toBytes()).toEqual(bytes);
    }
  });
});

describe('clone', () => {
  it('shares nothing with its original', () => {
    for (const size of sizes) {
      const sketch = sketchOf(hashesOf(8, size));
      const bytes = sketch.toBytes();
      const copy = sketch.clone();
      for (const [hi, lo] of hashesOf(9, 50_000)) copy.add(hi, lo);
      expect(sketch.toBytes()).toEqual(bytes);
      expect(copy.toBytes()).toEqual(sketchOf([...hashesOf(8, size), ...hashesOf(9, 50_000)]).toBytes());
    }
  });
});

describe('bytes', () => {
  it('[WIN-2] do not depend on the order of adds', () => {
    for (const size of sizes) {
      const hashes = hashesOf(10, size);
      expect(sketchOf(shuffled(hashes, 11)).toBytes()).toEqual(sketchOf(hashes).toBytes());
    }
  });

  it('come back as the same sketch, which goes on counting', () => {
    for (const size of sizes) {
      const sketch = sketchOf(hashesOf(12, size));
      const back = DistinctSketch.fromBytes(sketch.toBytes());
      expect(back.toBytes()).toEqual(sketch.toBytes());
      expect(back.estimate()).toBe(sketch.estimate());
      for (const [hi, lo] of hashesOf(13, 1000)) {
        sketch.add(hi, lo);
        back.add(hi, lo);
      }
      expect(back.toBytes()).toEqual(sketch.toBytes());
    }
  });

  it('are read through a view with an offset', () => {
    const bytes = sketchOf(hashesOf(14, 20_000)).toBytes();
    const room = new Uint8Array(bytes.length + 20).fill(0xff);
    room.set(bytes, 10);
    expect(DistinctSketch.fromBytes(room.subarray(10, 10 + bytes.length)).toBytes()).toEqual(bytes);
  });

  it('are few while there are few items, and never more than 3074', () => {
    const lengths = sizes.map((size) => sketchOf(hashesOf(15, size)).toBytes().length);
    expect(lengths[0]).toBe(2);
    expect(lengths[sizes.indexOf(50)]).toBeLessThan(110);
    expect(lengths[sizes.indexOf(512)]).toBeLessThan(600);
    expect(Math.max(...lengths)).toBe(3074);
  });

  it.each([
    ['nothing', [], /too few/],
    ['half a header', [1], /too few/],
    ['another version', [2, 0], /version 2 is not 1/],
    ['an unknown form', [1, 2], /form 2/],
    ['a gap cut off', [1, 0, 0x81], /cut off/],
    ['a rank cut off', [1, 0, 0x03], /cut off/],
    ['a rank above 53', [1, 0, 0x03, 50], /rank 54/],
    ['a register above 4095', [1, 0, 0xff, 0x7c, 0x00], /register 4096/],
    ['a gap longer than it need be', [1, 0, 0x80, 0x00], /not canonical/],
    ['a gap of three bytes', [1, 0, 0x81, 0x80, 0x00], /not canonical/],
    ['dense and short', [1, 1, ...new Uint8Array(3071)], /3071 bytes/],
    ['dense and long', [1, 1, ...new Uint8Array(3073)], /3073 bytes/],
    ['dense with a rank of 54', [1, 1, 54 << 2, ...new Uint8Array(3071)], /rank 54/],
    ['dense though sparse is shorter', [1, 1, ...new Uint8Array(3072)], /other form/],
    ['sparse though dense is shorter', [1, 0, ...new Uint8Array(4096)], /other form/],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => DistinctSketch.fromBytes(Uint8Array.from(bytes))).toThrow(RangeError);
    expect(() => DistinctSketch.fromBytes(Uint8Array.from(bytes))).toThrow(message);
  });

  it('that are accepted, whatever they are, are canonical', () => {
    const next = randomWords(16);
    let accepted = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      const bytes = Uint8Array.from({ length: next() % 12 }, () => next() & (next() % 2 ? 0xff : 0x3f));
      bytes.set([1, 0].slice(0, bytes.length));
      try {
        const again = DistinctSketch.fromBytes(bytes).toBytes();
        expect(again).toEqual(bytes);
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
    expect(accepted).toBeGreaterThan(1000);
  });
});
