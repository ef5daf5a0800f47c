/** The end of a Parquet file that somebody has made: where its columns lie. Nothing of it is believed. */
import { type FileMetaData, parquetMetadata, type RowGroup } from 'hyparquet';
import {
  importFooterBytesMax,
  importGroupBytesMax,
  importGroupRowsMax,
} from '../../core/protocol/import-limits.ts';
import type { ImportFile } from './import-file.ts';

/** Footers of some columns and row groups fit. */
const tailBytes = 32 * 1024;
/** Length and magic word behind the footer. */
const trailerBytes = 8;

/** Those that are read. */
const codecs: readonly string[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'];

export interface ParquetGroup {
  /** Place in the file, from 0. */
  readonly index: number;
  /** Row of the file, from 0, that it begins with. */
  readonly start: number;
  readonly rows: number;
  /** Of all its columns, inflated. */
  readonly bytes: number;
}

export interface ParquetFooter {
  readonly metadata: FileMetaData;
  /** Names of the top-level columns. */
  readonly columns: readonly string[];
  readonly groups: readonly ParquetGroup[];
  readonly rows: number;
}

/** Throws ImportFileError for what is no Parquet file, or one that would take more memory than there is. */
export async function readParquetFooter(file: ImportFile): Promise<ParquetFooter> {
  const bytes = await footerBytes(file);
  let footer: ParquetFooter;
  try {
    footer = footerOf(parquetMetadata(bytes, { geoparquet: false }));
  } catch (error) {
    throw file.error('its Parquet footer cannot be decoded', error);
  }
  for (const { rows, bytes: size } of footer.groups) {
    if (!Number.isSafeInteger(rows) || rows < 0) throw file.error('its Parquet footer cannot be decoded');
    if (rows > importGroupRowsMax || size > importGroupBytesMax) {
      const most = `${importGroupRowsMax} rows and ${importGroupBytesMax / 1024 ** 2} MB`;
      throw file.error(
        `it has a row group of ${rows} rows and ${Math.ceil(size / 1024 ** 2)} MB; write groups of at most ${most}`,
      );
    }
  }
  const strange = codecsOf(footer.metadata).find((codec) => !codecs.includes(codec));
  if (strange !== undefined) {
    throw file.error(`it is compressed by ${strange}; write it with Snappy, gzip or Zstandard`);
  }
  return footer;
}

async function footerBytes(file: ImportFile): Promise<Uint8Array> {
  const { size } = file;
  if (size < trailerBytes + 4) throw file.error('it is no Parquet file: it is too short');
  const from = Math.max(0, size - tailBytes);
  const tail = await file.range(from, size);
  const end = tail.length;
  if (new TextDecoder().decode(tail.subarray(end - 4)) !== 'PAR1') {
    throw file.error('it is no Parquet file, or it is cut short: it does not end as one does');
  }
  const view = new DataView(tail.buffer, tail.byteOffset, end);
  const length = view.getUint32(end - trailerBytes, true) + trailerBytes;
  if (length > size || length > importFooterBytesMax) {
    throw file.error(`it is no whole Parquet file: its footer would have ${length} bytes`);
  }
  return length <= end ? tail.subarray(end - length) : await file.range(size - length, size);
}

function footerOf(metadata: FileMetaData): ParquetFooter {
  const columns: string[] = [];
  const [root, ...elements] = metadata.schema;
  let depth: number[] = [];
  // The schema is a tree in preorder; only what hangs from the root is a column.
  for (const { name, num_children: children = 0 } of elements) {
    if (typeof name !== 'string') throw new TypeError('a column without a name');
    if (depth.length === 0) columns.push(name);
    else depth[depth.length - 1] = (depth.at(-1) ?? 1) - 1;
    if (children > 0) depth.push(children);
    depth = trimmed(depth);
  }
  if (!root || columns.length !== root.num_children) throw new TypeError('a schema that is no tree');
  let start = 0;
  const groups = metadata.row_groups.map((group, index): ParquetGroup => {
    const rows = Number(group.num_rows);
    const own = { index, start, rows, bytes: inflatedBytes(group) };
    start += rows;
    return own;
  });
  return { metadata, columns, groups, rows: start };
}

/** Without the levels that have no children left. */
function trimmed(depth: readonly number[]): number[] {
  const last = depth.findLastIndex((left) => left > 0);
  return depth.slice(0, last + 1);
}

/** As the format names them; what has no name there cannot be decoded, which is told later. */
function codecsOf({ row_groups: groups }: FileMetaData): string[] {
  return groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data: meta }) => (typeof meta?.codec === 'string' ? [meta.codec] : [])),
  );
}

function inflatedBytes({ columns }: RowGroup): number {
  return columns.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size ?? 0), 0);
}
