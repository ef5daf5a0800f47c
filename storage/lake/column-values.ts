/**
 * A column of a row group as its pages hold it: the values that are there, in the order of the file, by a dictionary where
 * that halves them. Typed arrays all the way: a JavaScript value for each was half of the time of sealing. What is
 * returned stands in the scratch, until the next column.
 */
import type { MinMaxType } from 'hyparquet/src/types.js';
import { assert } from '../../core/protocol/assert.ts';
import type { WideColumn } from '../../core/protocol/chunk.ts';
import { partPageSize } from '../../core/protocol/limits.ts';
import { type ColumnScratch, dictionaryWordsMax } from './column-scratch.ts';
import { packHybrid } from './pack-hybrid.ts';
import { wordDictionary } from './word-dictionary.ts';

export interface ColumnValues {
  /** How many there are; a null is none. Which rows have one stands in the scratch's levels. */
  readonly present: number;
  readonly dictionary: { readonly count: number; readonly bytes: Uint8Array } | null;
  readonly least: MinMaxType | undefined;
  readonly greatest: MinMaxType | undefined;
  /** What the k-th takes in a page, bits. */
  readonly bitsOf: (k: number) => number;
  /** Of all of them. */
  readonly bits: number;
  /** Of a page of these. */
  readonly bytesOf: (from: number, to: number) => Uint8Array;
}

type Bounds = Pick<ColumnValues, 'least' | 'greatest'>;

const utf8 = new TextEncoder();

/** Texts by codes from 1 on, to which `bias` is added; 0 is null. */
export function textValues(
  texts: readonly string[],
  source: ArrayLike<number>,
  bias: number,
  order: Uint32Array,
  scratch: ColumnScratch,
): ColumnValues {
  const { codes, levels } = scratch;
  const known = new Uint32Array(texts.length + 1);
  const used: Uint8Array[] = [];
  let [present, bytes] = [0, 0];
  for (let k = 0; k < order.length; k++) {
    const code = (source[order[k] as number] as number) + bias;
    levels[k] = code === 0 ? 0 : 1;
    if (code === 0) continue;
    if (known[code] === 0) known[code] = used.push(utf8.encode(texts[code - 1] as string));
    const own = (known[code] as number) - 1;
    bytes += 4 + (used[own] as Uint8Array).length;
    codes[present++] = own;
  }
  const dictionaryBytes = used.reduce((sum, text) => sum + 4 + text.length, 0);
  const bounds = textBounds(used);
  if (isWorthwhile(used.length, dictionaryBytes, present, bytes)) {
    const dictionary = { count: used.length, bytes: joined(used, dictionaryBytes) };
    return coded(dictionary, present, bounds, scratch);
  }
  const textOf = (k: number): Uint8Array => used[codes[k] as number] as Uint8Array;
  return {
    present,
    dictionary: null,
    ...bounds,
    bitsOf: (k) => (4 + textOf(k).length) * 8,
    bits: bytes * 8,
    bytesOf(from, to) {
      const page = Array.from({ length: to - from }, (_, i) => textOf(from + i));
      return joined(
        page,
        page.reduce((sum, text) => sum + 4 + text.length, 0),
      );
    },
  };
}

/** Integers of `width` words, never negative. Nullable ones are one more than they are; 0 is null. */
export function integerValues(
  source: ArrayLike<number>,
  width: 1 | 2,
  isNullable: boolean,
  order: Uint32Array,
  scratch: ColumnScratch,
): ColumnValues {
  const { words, levels } = scratch;
  const bias = isNullable ? 1 : 0;
  let [least, greatest] = [Number.POSITIVE_INFINITY, -1];
  let present = 0;
  for (let k = 0; k < order.length; k++) {
    const value = (source[order[k] as number] as number) - bias;
    levels[k] = value < 0 ? 0 : 1;
    if (value < 0) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (width === 1) words[present++] = value;
    else {
      words[2 * present] = value;
      words[2 * present++ + 1] = value / 2 ** 32;
    }
  }
  assert(greatest < (width === 1 ? 2 ** 31 : 2 ** 53), 'an integer of a part fits its column');
  const bounds = present > 0 ? { least, greatest } : { least: undefined, greatest: undefined };
  return worded(width, present, bounds, true, scratch);
}

/** 64 bits as a signed integer; both halves 0 are null, where there are nulls. */
export function wideValues(
  { hi, lo }: WideColumn,
  isNullable: boolean,
  mayRepeat: boolean,
  order: Uint32Array,
  scratch: ColumnScratch,
): ColumnValues {
  const { words, levels } = scratch;
  let [least, greatest, present] = [0, 0, 0];
  for (let k = 0; k < order.length; k++) {
    const high = hi[order[k] as number] as number;
    const low = lo[order[k] as number] as number;
    const isNull = isNullable && high === 0 && low === 0;
    levels[k] = isNull ? 0 : 1;
    if (isNull) continue;
    words[2 * present] = low;
    words[2 * present + 1] = high;
    if (isBelow(words, present, least)) least = present;
    if (isBelow(words, greatest, present)) greatest = present;
    present++;
  }
  const values = new BigInt64Array(words.buffer);
  const bounds =
    present > 0
      ? { least: values[least], greatest: values[greatest] }
      : { least: undefined, greatest: undefined };
  return worded(2, present, bounds, mayRepeat, scratch);
}

/** Whether the a-th value is below the b-th. */
function isBelow(words: Uint32Array, a: number, b: number): boolean {
  const [highOfA, highOfB] = [(words[2 * a + 1] as number) | 0, (words[2 * b + 1] as number) | 0];
  return highOfA < highOfB || (highOfA === highOfB && (words[2 * a] as number) < (words[2 * b] as number));
}

function worded(
  width: 1 | 2,
  present: number,
  bounds: Bounds,
  mayRepeat: boolean,
  scratch: ColumnScratch,
): ColumnValues {
  const { words, codes, slots } = scratch;
  const size = 4 * width;
  // More than half as many as there are values never halve them.
  const max = Math.min(dictionaryWordsMax / width, present >>> 1);
  const distinct = mayRepeat ? wordDictionary(words, present, width, max, codes, slots) : null;
  if (distinct && isWorthwhile(distinct.count, distinct.count * size, present, present * size)) {
    const { buffer, byteOffset, byteLength } = distinct.words;
    const dictionary = { count: distinct.count, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
    return coded(dictionary, present, bounds, scratch);
  }
  return {
    present,
    dictionary: null,
    ...bounds,
    bitsOf: () => size * 8,
    bits: present * size * 8,
    bytesOf: (from, to) => new Uint8Array(words.buffer, from * size, (to - from) * size),
  };
}

function coded(
  dictionary: NonNullable<ColumnValues['dictionary']>,
  present: number,
  bounds: Bounds,
  { codes, page }: ColumnScratch,
): ColumnValues {
  const width = bitsFor(dictionary.count);
  return {
    present,
    dictionary,
    ...bounds,
    bitsOf: () => width,
    bits: present * width,
    bytesOf(from, to) {
      page[0] = width;
      return page.subarray(0, packHybrid(codes, from, to, width, page, 1));
    },
  };
}

/** Bits that tell so many codes apart. */
const bitsFor = (count: number): number => 32 - Math.clz32(count - 1);

/** Whether a dictionary fits a page and halves, with its codes, what the values take as they are. */
function isWorthwhile(count: number, dictionaryBytes: number, present: number, plainBytes: number): boolean {
  if (count === 0 || dictionaryBytes > partPageSize) return false;
  return 2 * (dictionaryBytes + Math.ceil((present * bitsFor(count)) / 8)) <= plainBytes;
}

/** Texts, each behind its length. */
function joined(texts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

/** In the order of bytes, as Parquet has it; the writer of the footer cuts them short. */
function textBounds(texts: readonly Uint8Array[]): Bounds {
  let [least, greatest] = [texts[0], texts[0]];
  for (const text of texts) {
    if (least && compareBytes(text, least) < 0) least = text;
    if (greatest && compareBytes(text, greatest) > 0) greatest = text;
  }
  return { least, greatest };
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}
