import { describe, expect, it } from 'vitest';
import { QuantileSketch } from '../../../core/aggregate/quantile-sketch.ts';

/** splitmix32: a number from 0 up to but not including 1. */
function randomUnits(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
}

type Draw = (unit: () => number) => number;

const gaussian: Draw = (unit) => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());

/** Distributions of kbit/s and some that are unkind. */
const distributions: readonly (readonly [string, Draw])[] = [
  ['uniform', (unit) => unit() * 20_000],
  ['log-normal, as speeds are', (unit) => 5000 * Math.exp(0.9 * gaussian(unit))],
  ['exponential', (unit) => -3000 * Math.log(1 - unit())],
  ['heavy-tailed', (unit) => Math.min(1e9, 100 / (1 - unit()) ** 2)],
  ['the whole range, evenly in the logarithm', (unit) => 10 ** (9 * unit())],
  ['two groups far apart', (unit) => (unit() < 0.5 ? 300 : 900_000_000) + unit() * 100],
  ['mostly zero', (unit) => (unit() < 0.97 ? 0 : 1 + unit() * 5000)],
  ['very small', (unit) => unit() * 4],
  ['one value', () => 4321],
];

function drawn(draw: Draw, seed: number, count: number): number[] {
  const unit = randomUnits(seed);
  return Array.from({ length: count }, () => Math.floor(draw(unit)));
}

function sketchOf(values: Iterable<number>): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

function expectAccurate(sketch: QuantileSketch, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  for (const q of [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1]) {
    const exact = sorted[Math.floor(q * (sorted.length - 1))]!;
    const error = Math.abs(sketch.quantile(q)! - exact);
    expect(error, `p${q * 100} of ${sorted.length}, exactly ${exact}`).toBeLessThanOrEqual(
      exact * 0.01 * (1 + 1e-9),
    );
  }
}

describe('quantile', () => {
  it.each(distributions)('[WIN-2] errs by 1 %% at most: %s', (_, draw) => {
    for (const count of [1, 2, 3, 10, 101, 1000, 50_000]) {
      const values = drawn(draw, count, count);
      const sketch = sketchOf(values);
      expect(sketch.count).toBe(count);
      expectAccurate(sketch, values);
    }
  });

  it('[WIN-2] errs by 1 % at most for any single value', () => {
    for (let value = 0; value <= 1e9; value = value < 3000 ? value + 1 : Math.ceil(value * 1.0007)) {
      const error = Math.abs(sketchOf([value]).quantile(0.5)! - value);
      expect(error, `of ${value}`).toBeLessThanOrEqual(value * 0.01 * (1 + 1e-9));
    }
  });

  it('is null when empty, and exactly 0 among zeros', () => {
    expect(new QuantileSketch().quantile(0.5)).toBeNull();
    const sketch = sketchOf([0, 0, 0, 100]);
    expect([sketch.quantile(0), sketch.quantile(0.5), sketch.quantile(0.99)]).toEqual([0, 0, 0]);
    expect(sketch.quantile(1)).toBeCloseTo(100, -1);
  });

  it('counts what is above 1e9 as 1e9', () => {
    const top = sketchOf([1e9]);
    for (const value of [1e9 + 1, 2e9, Number.MAX_SAFE_INTEGER, 1e300]) {
      expect(sketchOf([value]).toBytes()).toEqual(top.toBytes());
    }
    expect(Math.abs(top.quantile(1)! / 1e9 - 1)).toBeLessThanOrEqual(0.01 + 1e-9);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('add refuses %s and stays as it was', (value) => {
    const sketch = sketchOf([7]);
    expect(() => sketch.add(value)).toThrow(RangeError);
    expect(sketch.toBytes()).toEqual(sketchOf([7]).toBytes());
    expect(sketch.count).toBe(1);
  });

  it.each([-0.001, 1.001, Number.NaN])('quantile refuses %s', (q) => {
    expect(() => sketchOf([7]).quantile(q)).toThrow(RangeError);
  });
});

describe('merge', () => {
  it.each(distributions)('[WIN-2] gives the same bytes in any order and grouping: %s', (_, draw) => {
    const values = drawn(draw, 77, 9000);
    const whole = sketchOf(values);
    const parts = Array.from({ length: 9 }, (_, part) =>
      sketchOf(values.slice(part * 1000, part * 1000 + 1000)),
    );
    const forward = new QuantileSketch();
    for (const part of parts) forward.merge(part);
    const backward = new QuantileSketch();
    for (const part of parts.toReversed()) backward.merge(part);
    const grouped = parts[4]!.clone();
    const rest = parts[8]!.clone();
    for (const part of [1, 6, 3]) rest.merge(parts[part]!);
    for (const part of [0, 7]) grouped.merge(parts[part]!);
    grouped.merge(rest);
    for (const part of [5, 2]) grouped.merge(parts[part]!);
    for (const merged of [forward, backward, grouped]) {
      expect(merged.toBytes()).toEqual(whole.toBytes());
      expect(merged.count).toBe(9000);
    }
    expectAccurate(grouped, values);
  });

  it('with itself doubles it, with an empty one changes nothing', () => {
    const sketch = sketchOf([0, 1, 500, 1e9]);
    sketch.merge(new QuantileSketch());
    expect(sketch.toBytes()).toEqual(sketchOf([0, 1, 500, 1e9]).toBytes());
    sketch.merge(sketch);
    expect(sketch.toBytes()).toEqual(sketchOf([0, 1, 500, 1e9, 0, 1, 500, 1e9]).toBytes());
    const empty = new QuantileSketch();
    empty.merge(sketch);
    expect(empty.toBytes()).toEqual(sketch.toBytes());
  });

  it('refuses to count past 2^53 - 1, and stays as it was', () => {
    const half = QuantileSketch.fromBytes(Uint8Array.of(1, ...varint(2 ** 52)));
    const bytes = half.toBytes();
    expect(() => half.merge(half)).toThrow(RangeError);
    expect(half.toBytes()).toEqual(bytes);
    half.merge(QuantileSketch.fromBytes(Uint8Array.of(1, ...varint(2 ** 52 - 1))));
    expect(half.count).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('clone', () => {
  it('shares nothing with its original', () => {
    const sketch = sketchOf([0, 100, 101]);
    const copy = sketch.clone();
    copy.add(100);
    copy.add(0);
    expect(sketch.toBytes()).toEqual(sketchOf([0, 100, 101]).toBytes());
    expect(copy.toBytes()).toEqual(sketchOf([0, 0, 100, 100, 101]).toBytes());
  });
});

/** LEB128 by way of BigInt. */
function varint(value: number): number[] {
  const groups: number[] = [];
  for (let rest = BigInt(value); rest > 0n || groups.length === 0; rest >>= 7n)
    groups.push(Number(rest & 127n));
  return groups.map((group, at) => (at < groups.length - 1 ? group | 0x80 : group));
}

describe('bytes', () => {
  it.each(distributions)(
    '[WIN-2] do not depend on the order of adds, and come back the same: %s',
    (_, draw) => {
      const values = drawn(draw, 5, 5000);
      const bytes = sketchOf(values).toBytes();
      expect(sketchOf(values.toReversed()).toBytes()).toEqual(bytes);
      const back = QuantileSketch.fromBytes(bytes);
      expect(back.toBytes()).toEqual(bytes);
      expect(back.count).toBe(5000);
      expectAccurate(back, values);
      back.add(12);
      expect(back.toBytes()).toEqual(sketchOf([12, ...values]).toBytes());
    },
  );

  it('are the version, the zeros, and a gap and a count for each bucket', () => {
    expect([...new QuantileSketch().toBytes()]).toEqual([1, 0]);
    const sketch = sketchOf([...Array<number>(300).fill(0), 1, 1, 2]);
    // 1 lies in bucket 0; 2 in bucket 35 = ceil(ln 2 / ln(1.01 / 0.99)), after 34 empty ones.
    expect([...sketch.toBytes()]).toEqual([1, ...varint(300), 0, 2, 34, 1]);
    expect(sketchOf(drawn((unit) => unit() * 1e9, 6, 100_000)).toBytes().length).toBeLessThan(2200);
  });

  it('hold counts up to 2^53 - 1', () => {
    for (const count of [127, 128, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      const bytes = Uint8Array.of(1, 0, 5, ...varint(count));
      const sketch = QuantileSketch.fromBytes(bytes);
      expect(sketch.count).toBe(count);
      expect(sketch.toBytes()).toEqual(bytes);
    }
  });

  it.each([
    ['nothing', [], /empty/],
    ['another version', [9, 0], /version 9 is not 1/],
    ['no zeros', [1], /cut off/],
    ['a bucket without a count', [1, 0, 5], /cut off/],
    ['a number cut off', [1, 0, 5, 0x80], /cut off/],
    ['an empty bucket', [1, 0, 5, 0], /bucket 5 is written though empty/],
    ['a bucket above that of 1e9', [1, 0, ...varint(1038), 1], /bucket 1038 is above 1037/],
    ['buckets that add up to one above', [1, 0, ...varint(1037), 1, 0, 1], /bucket 1038 is above 1037/],
    ['a number longer than it need be', [1, 0x80, 0x00], /shortest/],
    ['a number above 2^53 - 1', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f], /2\^53 - 1/],
    ['a number without end', [1, ...Array<number>(4000).fill(0x80)], /cut off|2\^53 - 1/],
    ['a total above 2^53 - 1', [1, ...varint(2 ** 53 - 1), 0, 1], /more than 2\^53 - 1/],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => QuantileSketch.fromBytes(Uint8Array.from(bytes))).toThrow(RangeError);
    expect(() => QuantileSketch.fromBytes(Uint8Array.from(bytes))).toThrow(message);
  });

  it('that are accepted, whatever they are, are canonical', () => {
    const unit = randomUnits(8);
    let accepted = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(unit() * 12) }, () => unit() ** 2 * 256);
      bytes[0] = 1;
      try {
        expect(QuantileSketch.fromBytes(bytes).toBytes()).toEqual(bytes);
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
    expect(accepted).toBeGreaterThan(1000);
  });
});
