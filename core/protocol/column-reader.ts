/** The columns of a chunk (chunk.ts tells their form), read into arrays that may be longer than the chunk. */
import type { ByteReader } from './byte-reader.ts';
import { FormatError } from './bytes.ts';
import type { ColumnSource } from './column-space.ts';

/** Width and base of a column, every value of which is below `end`. */
function readFrame(input: ByteReader, end: number): { readonly width: number; readonly base: number } {
  const width = input.u8();
  if (width > 6 || width === 5) throw new FormatError(`a column ${width} bytes wide`);
  const base = input.varint();
  if (base >= end) throw new FormatError(`a column from ${base} on, where ${end} is not possible`);
  return { width, base };
}

export function readFloats(input: ByteReader, target: Float64Array, count: number): Float64Array {
  const { width, base } = readFrame(input, Number.MAX_SAFE_INTEGER);
  if (width > 0) input.floats(target, count, width, base, Number.MAX_SAFE_INTEGER);
  else target.fill(base, 0, count);
  return target;
}

function readShorts(input: ByteReader, target: Uint16Array, count: number, end: number): Uint16Array {
  const { width, base } = readFrame(input, end);
  if (width > 0) input.shorts(target, count, width, base, end);
  else target.fill(base, 0, count);
  return target;
}

export function readOctets(input: ByteReader, target: Uint8Array, count: number, end: number): Uint8Array {
  const { width, base } = readFrame(input, end);
  if (width > 0) input.octets(target, count, width, base, end);
  else target.fill(base, 0, count);
  return target;
}

export function readWide<T extends { readonly hi: Uint32Array; readonly lo: Uint32Array }>(
  input: ByteReader,
  column: T,
  count: number,
): T {
  const kind = input.u8();
  if (kind > 1) throw new FormatError(`a 64-bit column of kind ${kind}`);
  for (const half of [column.hi, column.lo]) {
    if (kind === 1) input.words(half, count);
    else half.fill(0, 0, count);
  }
  return column;
}

export function readTexts(
  input: ByteReader,
  codes: Uint16Array,
  count: number,
  pool: ColumnSource['pool'],
): { readonly texts: readonly string[]; readonly codes: Uint16Array } {
  const texts: string[] = [];
  const size = input.varint();
  if (size > count) throw new FormatError(`a dictionary of ${size} texts for ${count} events`);
  for (let i = 0; i < size; i++) texts.push(input.text(pool));
  return { texts, codes: readShorts(input, codes, count, size + 1) };
}
