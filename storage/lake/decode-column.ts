/** From a column's pages to the typed arrays of LakeRows, without an object or a BigInt an event. */
import type { TextColumn, WideColumn } from '../../core/protocol/chunk.ts';
import type { ColumnPages, DataPage } from './part-pages.ts';
import { unpackHybrid } from './part-pages.ts';

type Physical = 'INT32' | 'INT64';

/** Where each row of the file goes: its place in log order. Null: as it comes. */
export type Places = Uint32Array | null;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Calls `each` for every page with the places that its values go to. A page's values follow one another without the
 * rows that have none.
 */
function forPages(
  { pages }: ColumnPages,
  rows: number,
  places: Places,
  each: (page: DataPage, slots: Uint32Array) => void,
): void {
  let row = 0;
  for (const page of pages) {
    if (row + page.count > rows) throw new RangeError('more values than rows');
    const slots = new Uint32Array(page.present);
    let k = 0;
    for (let i = 0; i < page.count; i++, row++) {
      if (page.levels === null || page.levels[i] === 1) slots[k++] = places ? (places[row] as number) : row;
    }
    if (k !== page.present) throw new RangeError('nulls miscounted');
    each(page, slots);
  }
  if (row !== rows) throw new RangeError(`${row} values for ${rows} rows`);
}

/** Codes of a page that is encoded by the dictionary of `size` values. */
function codesOf({ encoding, values, present }: DataPage, size: number): Uint32Array {
  if (encoding !== 'RLE_DICTIONARY') throw new TypeError(`an encoding ${encoding}`);
  const codes = new Uint32Array(present);
  if (present > 0) unpackHybrid(values.subarray(1), values[0] as number, codes);
  for (let k = 0; k < present; k++) {
    if ((codes[k] as number) >= size) throw new RangeError('a code beyond its dictionary');
  }
  return codes;
}

function wordsOf(values: Uint8Array, count: number, width: number): Uint32Array {
  if (values.length !== count * width) throw new RangeError(`${values.length} bytes for ${count} values`);
  return new Uint32Array(values.buffer, values.byteOffset, (count * width) / 4);
}

/** Integers of at most 53 bits and never negative: all that parts hold. */
function integersOf(values: Uint8Array, count: number, physical: Physical): Float64Array {
  const words = wordsOf(values, count, physical === 'INT32' ? 4 : 8);
  const integers = new Float64Array(count);
  let highest = 0;
  for (let i = 0; i < count; i++) {
    const low = words[physical === 'INT32' ? i : 2 * i] as number;
    const high = physical === 'INT32' ? 0 : (words[2 * i + 1] as number);
    if (high > highest) highest = high;
    integers[i] = high * 2 ** 32 + low;
  }
  if (highest >= 2 ** 21) throw new RangeError('an integer beyond 2^53, or below 0');
  return integers;
}

/** Each value plus `bias` into `target`; what has none keeps what is there. */
export function decodeIntegers<T extends Float64Array | Uint32Array>(
  pages: ColumnPages,
  physical: Physical,
  places: Places,
  target: T,
  bias: number,
): T {
  const { dictionary } = pages;
  const known = dictionary && integersOf(dictionary.values, dictionary.count, physical);
  forPages(pages, target.length, places, (page, slots) => {
    if (page.encoding === 'PLAIN') {
      const values = integersOf(page.values, page.present, physical);
      for (let k = 0; k < slots.length; k++) target[slots[k] as number] = (values[k] as number) + bias;
      return;
    }
    const codes = codesOf(page, known?.length ?? 0);
    for (let k = 0; k < slots.length; k++) {
      target[slots[k] as number] = (known?.[codes[k] as number] as number) + bias;
    }
  });
  return target;
}

/** The halves of 64 bits; 0/0 for none. */
export function decodeWide(pages: ColumnPages, places: Places, target: WideColumn): WideColumn {
  const { dictionary } = pages;
  const known = dictionary && wordsOf(dictionary.values, dictionary.count, 8);
  const { hi, lo } = target;
  forPages(pages, hi.length, places, (page, slots) => {
    const plain = page.encoding === 'PLAIN';
    const words = plain ? wordsOf(page.values, page.present, 8) : known;
    const codes = plain ? null : codesOf(page, dictionary?.count ?? 0);
    for (let k = 0; k < slots.length; k++) {
      const at = 2 * (codes ? (codes[k] as number) : k);
      const slot = slots[k] as number;
      lo[slot] = words?.[at] as number;
      hi[slot] = words?.[at + 1] as number;
    }
  });
  return target;
}

/** Texts that each stand behind their length in 4 bytes. */
function textsOf(values: Uint8Array, count: number): string[] {
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  const texts: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > values.length) throw new RangeError('a text is cut short');
    texts.push(utf8.decode(values.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  if (at !== values.length) throw new RangeError('bytes behind the last text');
  return texts;
}

export function decodeTexts(pages: ColumnPages, rows: number, places: Places): TextColumn {
  const codes = new Uint16Array(rows);
  const { dictionary } = pages;
  const texts = dictionary ? textsOf(dictionary.values, dictionary.count) : [];
  const codeOf = new Map<string, number>();
  forPages(pages, rows, places, (page, slots) => {
    if (page.encoding === 'PLAIN') {
      for (const [k, text] of textsOf(page.values, page.present).entries()) {
        let code = codeOf.get(text);
        if (code === undefined) {
          code = texts.push(text);
          codeOf.set(text, code);
        }
        codes[slots[k] as number] = code;
      }
      return;
    }
    const own = codesOf(page, texts.length);
    for (let k = 0; k < slots.length; k++) codes[slots[k] as number] = (own[k] as number) + 1;
  });
  return { texts, codes };
}
