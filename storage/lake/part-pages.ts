/** The pages of a column chunk, as encode-part.ts has them written: an optional dictionary, then data pages (v2). */
import { zstdDecompressSync } from 'node:zlib';
import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { partPageBytesMax } from '../../core/protocol/limits.ts';
import type { ColumnChunk } from './part-footer.ts';

/** What zlib takes at least for a piece of its output. */
const inflateChunkMin = 64;

export interface DataPage {
  readonly encoding: string;
  /** Of its values, how many are there, and which: null if all are. */
  readonly count: number;
  readonly present: number;
  readonly levels: Uint8Array | null;
  /** Inflated; starts at an even address, so that it can be seen as words. */
  readonly values: Uint8Array;
}

export interface ColumnPages {
  readonly dictionary: { readonly count: number; readonly values: Uint8Array } | null;
  readonly pages: readonly DataPage[];
}

/** Throws for anything malformed; the caller names the part. */
export function readPages(bytes: Uint8Array, chunk: ColumnChunk): ColumnPages {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  let dictionary: ColumnPages['dictionary'] = null;
  const pages: DataPage[] = [];
  while (reader.offset < bytes.length) {
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (end > bytes.length || header.uncompressed_page_size > partPageBytesMax)
      throw new RangeError(`a page of ${header.compressed_page_size} bytes`);
    const body = bytes.subarray(reader.offset, end);
    reader.offset = end;
    if (header.dictionary_page_header) {
      const { num_values: count } = header.dictionary_page_header;
      dictionary = { count, values: inflate(body, header.uncompressed_page_size, chunk) };
    } else pages.push(dataPage(header, body, chunk));
  }
  return { dictionary, pages };
}

function dataPage(header: PageHeader, body: Uint8Array, chunk: ColumnChunk): DataPage {
  const page = header.data_page_header_v2;
  if (!page) throw new TypeError(`a page of kind ${header.type}`);
  const { num_values: count, num_nulls: nulls, encoding } = page;
  const levelBytes = page.definition_levels_byte_length;
  if (page.repetition_levels_byte_length !== 0) throw new TypeError('a page of lists');
  const values = inflate(body.subarray(levelBytes), header.uncompressed_page_size - levelBytes, chunk);
  const levels = nulls > 0 ? new Uint8Array(count) : null;
  if (levels) unpackHybrid(body.subarray(0, levelBytes), 1, levels);
  return { encoding, count, present: count - nulls, levels, values };
}

function inflate(body: Uint8Array, size: number, { meta }: ColumnChunk): Uint8Array {
  if (meta.codec !== 'ZSTD') throw new TypeError(`a column compressed by ${meta.codec}`);
  // workerd stops at the cap when it has room for more than the rest, so the cap leaves it a chunk.
  const chunkSize = Math.max(size, inflateChunkMin);
  const inflated = zstdDecompressSync(body, { chunkSize, maxOutputLength: size + chunkSize });
  if (inflated.length !== size) throw new RangeError(`${inflated.length} bytes where ${size} were announced`);
  return inflated.byteOffset % 8 === 0 ? inflated : Uint8Array.from(inflated);
}

/** Reads `target.length` integers of `width` bits in Parquet's hybrid of runs and packed bits. */
export function unpackHybrid(bytes: Uint8Array, width: number, target: Uint8Array | Uint32Array): void {
  if (width > 24) throw new RangeError(`codes of ${width} bits`);
  let at = 0;
  let filled = 0;
  const total = target.length;
  while (filled < total) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new RangeError('codes end too soon');
      header |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const count = header >>> 1;
    if (header & 1) {
      const values = Math.min(count * 8, total - filled);
      if (at + Math.ceil((values * width) / 8) > bytes.length) throw new RangeError('codes end too soon');
      unpackBits(bytes, at, width, target, filled, values);
      at += count * width;
      filled += values;
    } else {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= (bytes[at++] as number) << shift;
      if (count === 0 || at > bytes.length) throw new RangeError('codes end too soon');
      target.fill(value, filled, filled + count);
      filled += count;
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  target: Uint8Array | Uint32Array,
  first: number,
  count: number,
): void {
  const mask = (1 << width) - 1;
  let at = start;
  let held = 0;
  let bits = 0;
  for (let i = first; i < first + count; i++) {
    while (bits < width) {
      held |= (bytes[at++] as number) << bits;
      bits += 8;
    }
    target[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}
