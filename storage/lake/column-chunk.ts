/** A column chunk of Parquet: its pages, and what the footer says of it. Nothing but what encode-part.ts makes. */
import type { PageHeader } from 'hyparquet';
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { partPageSize } from '../../core/protocol/limits.ts';
import type { ColumnScratch } from './column-scratch.ts';
import type { ColumnValues } from './column-values.ts';
import { packHybrid } from './pack-hybrid.ts';
import { zstdFrame } from './zstd.ts';

type Element = ParquetWriter['schema'][number];
type PageIndexes = ParquetWriter['pendingIndexes'][number];
type PageLocation = NonNullable<PageIndexes['offsetIndex']>['page_locations'][number];

/** Half-open ranges of rows, and of the values that they have. */
interface PageRange {
  readonly rows: readonly [from: number, to: number];
  readonly values: readonly [from: number, to: number];
}

/** Writes the values of `rows` rows. Of a column that may be null, the scratch's levels say which have one. */
export function writeColumnChunk(
  writer: ByteWriter,
  element: Element,
  values: ColumnValues,
  rows: number,
  scratch: ColumnScratch,
): PageIndexes {
  const { type, name } = element;
  if (!type) throw new TypeError(`column ${name} has no type`);
  const start = writer.offset;
  let uncompressed = 0;
  if (values.dictionary) {
    const { count, bytes } = values.dictionary;
    const header: PageHeader = {
      type: 'DICTIONARY_PAGE',
      ...noSizes,
      dictionary_page_header: { num_values: count, encoding: 'PLAIN' },
    };
    uncompressed += writePage(writer, header, noBytes, bytes);
  }
  const dataStart = writer.offset;
  const encoding = values.dictionary ? 'RLE_DICTIONARY' : 'PLAIN';
  const levels = element.repetition_type === 'OPTIONAL' ? scratch.levels : null;
  const locations: PageLocation[] = [];
  for (const range of pagesOf(values, levels, rows)) {
    const offset = writer.offset;
    uncompressed += writeDataPage(writer, values, range, levels, scratch);
    const size = writer.offset - offset;
    const first_row_index = BigInt(range.rows[0]);
    locations.push({ offset: BigInt(offset), compressed_page_size: size, first_row_index });
  }
  const dictionaryStats = { page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 } as const;
  const dataStats = { page_type: 'DATA_PAGE_V2', encoding, count: locations.length } as const;
  const { least, greatest } = values;
  const bounds =
    least === undefined || greatest === undefined ? {} : { min_value: least, max_value: greatest };
  const chunk: PageIndexes['chunk'] = {
    file_offset: BigInt(start),
    meta_data: {
      type,
      encodings: values.dictionary ? ['PLAIN', encoding] : [encoding],
      path_in_schema: [name],
      codec: 'ZSTD',
      num_values: BigInt(rows),
      total_compressed_size: BigInt(writer.offset - start),
      total_uncompressed_size: BigInt(uncompressed),
      data_page_offset: BigInt(dataStart),
      ...(values.dictionary ? { dictionary_page_offset: BigInt(start) } : {}),
      statistics: { ...bounds, null_count: BigInt(rows - values.present) },
      encoding_stats: values.dictionary ? [dictionaryStats, dataStats] : [dataStats],
    },
  };
  return { chunk, offsetIndex: { page_locations: locations } };
}

const noBytes = new Uint8Array(0);
/** Filled in where they are known. */
const noSizes = { uncompressed_page_size: 0, compressed_page_size: 0 };

/** As few as hold at most partPageSize of values each, if one value does. */
function pagesOf(values: ColumnValues, levels: Uint8Array | null, rows: number): PageRange[] {
  if (values.bits <= partPageSize * 8) return [{ rows: [0, rows], values: [0, values.present] }];
  const pages: PageRange[] = [];
  let [firstRow, first, bits] = [0, 0, 0];
  let k = 0;
  for (let row = 0; row < rows; row++) {
    if (levels && levels[row] === 0) continue;
    const size = values.bitsOf(k);
    if (k > first && bits + size > partPageSize * 8) {
      pages.push({ rows: [firstRow, row], values: [first, k] });
      [firstRow, first, bits] = [row, k, 0];
    }
    bits += size;
    k++;
  }
  pages.push({ rows: [firstRow, rows], values: [first, k] });
  return pages;
}

function writeDataPage(
  writer: ByteWriter,
  values: ColumnValues,
  { rows: [fromRow, toRow], values: [from, to] }: PageRange,
  levels: Uint8Array | null,
  { packedLevels }: ColumnScratch,
): number {
  const levelBytes = levels ? packHybrid(levels, fromRow, toRow, 1, packedLevels, 0) : 0;
  const header: PageHeader = {
    type: 'DATA_PAGE_V2',
    ...noSizes,
    data_page_header_v2: {
      num_values: toRow - fromRow,
      num_nulls: toRow - fromRow - (to - from),
      num_rows: toRow - fromRow,
      encoding: values.dictionary ? 'RLE_DICTIONARY' : 'PLAIN',
      definition_levels_byte_length: levelBytes,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  };
  return writePage(writer, header, packedLevels.subarray(0, levelBytes), values.bytesOf(from, to));
}

/** Levels are not compressed. Returns how large it is when it is inflated, with its header. */
function writePage(writer: ByteWriter, header: PageHeader, levels: Uint8Array, body: Uint8Array): number {
  const compressed = zstdFrame(body);
  const start = writer.offset;
  writePageHeader(writer, {
    ...header,
    uncompressed_page_size: levels.length + body.length,
    compressed_page_size: levels.length + compressed.length,
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(levels);
  writer.appendBytes(compressed);
  return headerBytes + levels.length + body.length;
}
