import { assert } from '../protocol/assert.ts';

/** Every quantile is within this fraction of the true value. */
const relativeAccuracy = 0.01;
/** Bucket i holds the values in (gamma ** (i - 1), gamma ** i]. */
const gamma = (1 + relativeAccuracy) / (1 - relativeAccuracy);
const logGamma = Math.log(gamma);
/** Values above are counted as this one, which bounds a sketch to 1038 buckets. */
const valueMax = 1e9;
const bucketMax = bucketOf(valueMax);
/** The window of buckets grows by whole chunks, so that it is seldom moved. */
const chunkBuckets = 64;

const version = 1;

/**
 * Quantiles of non-negative integers (here kbit/s) with a relative error of at most 1 %, in at most 9 KiB.
 *
 * DDSketch (Masson, Rim, Lee: VLDB 2019), without collapsing because the range is bounded; zero has a counter
 * of its own. Merging adds the counts: it is commutative and associative but not idempotent.
 */
export class QuantileSketch {
  /** Counts of the buckets from `first` on; doubles, because they are exact up to 2^53. */
  #counts: Float64Array = new Float64Array(0);
  #first = 0;
  #zeros = 0;
  #total = 0;

  /** How many values were added. */
  get count(): number {
    return this.#total;
  }

  /** Adds one value; above 1e9 it counts as 1e9. Throws RangeError unless it is a non-negative integer. */
  add(value: number): void {
    if (!Number.isInteger(value) || value < 0) throw new RangeError(`${value} is not a non-negative integer`);
    this.#total++;
    if (value === 0) {
      this.#zeros++;
      return;
    }
    const bucket = value < valueMax ? bucketOf(value) : bucketMax;
    let at = bucket - this.#first;
    if (at < 0 || at >= this.#counts.length) {
      this.#cover(bucket, bucket);
      at = bucket - this.#first;
    }
    this.#counts[at] = this.#counts[at]! + 1;
  }

  /** Adds all values of `other`, which stays as it is. Throws RangeError if the count would pass 2^53 - 1. */
  merge(other: QuantileSketch): void {
    const total = this.#total + other.#total;
    if (total > Number.MAX_SAFE_INTEGER) throw new RangeError(`a sketch cannot count ${total} values`);
    const added = other.#counts;
    if (added.length > 0) this.#cover(other.#first, other.#first + added.length - 1);
    const shift = other.#first - this.#first;
    for (let at = 0; at < added.length; at++) {
      this.#counts[at + shift] = this.#counts[at + shift]! + added[at]!;
    }
    this.#zeros += other.#zeros;
    this.#total = total;
  }

  /**
   * The value of rank floor(q * (count - 1)) in ascending order, within 1 %; null when empty. It is the
   * middle of a bucket, so seldom an integer: rounding it is up to the caller. Throws RangeError unless q is
   * within 0 and 1.
   */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not within 0 and 1`);
    if (this.#total === 0) return null;
    const rank = Math.floor(q * (this.#total - 1));
    let below = this.#zeros;
    if (below > rank) return 0;
    for (let at = 0; at < this.#counts.length; at++) {
      below += this.#counts[at]!;
      if (below > rank) return valueIn(this.#first + at);
    }
    assert(false, 'the buckets of a quantile sketch hold fewer values than its count');
  }

  clone(): QuantileSketch {
    const copy = new QuantileSketch();
    copy.#counts = this.#counts.slice();
    copy.#first = this.#first;
    copy.#zeros = this.#zeros;
    copy.#total = this.#total;
    return copy;
  }

  /**
   * The canonical bytes: equal counts give equal bytes, whatever the order of adds and merges. The version
   * byte, the number of zeros, then for each occupied bucket, ascending, how many empty ones precede it and
   * its count; all numbers are varints (LEB128).
   */
  toBytes(): Uint8Array {
    const bytes: number[] = [version];
    writeVarint(bytes, this.#zeros);
    let due = 0;
    for (let at = 0; at < this.#counts.length; at++) {
      const count = this.#counts[at]!;
      if (count === 0) continue;
      const bucket = this.#first + at;
      writeVarint(bytes, bucket - due);
      writeVarint(bytes, count);
      due = bucket + 1;
    }
    return Uint8Array.from(bytes);
  }

  /**
   * Reads what `toBytes` wrote. Throws RangeError on anything else, including bytes that are not canonical.
   */
  static fromBytes(bytes: Uint8Array): QuantileSketch {
    if (bytes.length === 0) malformed('it is empty');
    if (bytes[0] !== version) malformed(`version ${bytes[0]} is not ${version}`);
    const reader = { bytes, at: 1 };
    const sketch = new QuantileSketch();
    sketch.#zeros = readVarint(reader);
    sketch.#total = sketch.#zeros;
    for (let due = 0; reader.at < bytes.length; ) {
      const bucket = due + readVarint(reader);
      if (bucket > bucketMax) malformed(`bucket ${bucket} is above ${bucketMax}`);
      const count = readVarint(reader);
      if (count === 0) malformed(`bucket ${bucket} is written though empty`);
      sketch.#total += count;
      if (sketch.#total > Number.MAX_SAFE_INTEGER) malformed('it counts more than 2^53 - 1 values');
      sketch.#cover(bucket, bucket);
      sketch.#counts[bucket - sketch.#first] = count;
      due = bucket + 1;
    }
    return sketch;
  }

  /** Widens the window so that it holds the buckets from `low` to `high`, both included. */
  #cover(low: number, high: number): void {
    const length = this.#counts.length;
    if (length > 0 && low >= this.#first && high < this.#first + length) return;
    const from = length === 0 ? low : Math.min(low, this.#first);
    const to = length === 0 ? high : Math.max(high, this.#first + length - 1);
    const first = from - (from % chunkBuckets);
    const grown = new Float64Array(to + chunkBuckets - (to % chunkBuckets) - first);
    grown.set(this.#counts, length === 0 ? 0 : this.#first - first);
    this.#counts = grown;
    this.#first = first;
  }
}

/** The bucket of a value of at least 1; 0 for 1. */
function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) / logGamma);
}

/** The value whose relative distance to both ends of the bucket is the same: 2 gamma^i / (gamma + 1). */
function valueIn(bucket: number): number {
  return (2 * Math.exp(bucket * logGamma)) / (gamma + 1);
}

/** Divides instead of shifting, because a count can have 53 bits. */
function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push(0x80 | (rest % 0x80));
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = reader.bytes[reader.at++] ?? malformed('the last number is cut off');
    value += (byte & 0x7f) * scale;
    if (value > Number.MAX_SAFE_INTEGER) malformed('a number is above 2^53 - 1');
    if (byte >= 0x80) continue;
    if (byte === 0 && scale > 1) malformed('a number is not in its shortest form');
    return value;
  }
}

function malformed(why: string): never {
  throw new RangeError(`malformed quantile sketch: ${why}`);
}
