/** A row group of a Parquet file, decoded column by column, once for all the slices that are cut from it. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, flatten, parquetSchema } from 'hyparquet';
import { assembleAsync, readRowGroup } from 'hyparquet/src/rowgroup.js';
import { importGroupBytesMax } from '../../core/protocol/import-limits.ts';
import type { ImportFile } from './import-file.ts';
import type { ParquetGroup } from './parquet-footer.ts';

/** In the place of a text that is not UTF-8. */
export const notUtf8 = Symbol('not UTF-8');

/** Values by name of the column in the file; one a row. */
export type DecodedGroup = ReadonlyMap<string, ArrayLike<unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The group that was decoded last: engines write 122,880 rows into one page, which would be inflated and decoded anew
 * for each slice. Held weakly, since it may take 50 MB of the isolate.
 */
let held: { readonly of: string; readonly group: WeakRef<DecodedGroup> } | null = null;

/** Throws ImportFileError for what cannot be decoded, and what R2 throws. */
export async function decodedGroup(
  file: ImportFile,
  metadata: FileMetaData,
  group: ParquetGroup,
  columns: readonly string[],
): Promise<DecodedGroup> {
  const of = JSON.stringify([file.name, file.etag, group.index, columns]);
  const known = held?.of === of ? held.group.deref() : undefined;
  if (known) return known;
  try {
    const decoded = await decode(file, metadata, group, columns);
    held = { of, group: new WeakRef(decoded) };
    return decoded;
  } catch (error) {
    if (error instanceof FetchError) throw error.cause;
    throw file.error('it is corrupt, or of a kind of Parquet that is not read: it cannot be decoded', error);
  }
}

/** What R2 throws is told apart from what malformed bytes make the decoder throw. */
class FetchError extends Error {}

async function decode(
  file: ImportFile,
  metadata: FileMetaData,
  { index, rows }: ParquetGroup,
  columns: readonly string[],
): Promise<DecodedGroup> {
  const chunks = (metadata.row_groups[index]?.columns ?? []).flatMap(
    ({ meta_data: meta, file_path: path }) => {
      if (!meta || path) throw new TypeError('a column elsewhere');
      if (!columns.includes(meta.path_in_schema[0] ?? '')) return [];
      const startByte = Number(meta.dictionary_page_offset || meta.data_page_offset);
      return [
        {
          columnMetadata: meta,
          range: { startByte, endByte: startByte + Number(meta.total_compressed_size) },
        },
      ];
    },
  );
  const parsers = { stringFromBytes: textOf, jsonFromBytes: textOf };
  const options = {
    file: { byteLength: file.size, slice: await sliceOf(file, chunks) },
    metadata,
    compressors: { GZIP: gunzipped, ZSTD: unzstd },
    parsers,
  };
  const plan = { metadata, rowStart: 0, rowEnd: rows, fetches: [], groups: [] };
  const place = { chunks, groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows };
  const { row_groups: groups } = metadata;
  const rowGroup = groups[index];
  if (!rowGroup) throw new TypeError('a group that is not there');
  const read = assembleAsync(
    readRowGroup(options, plan, { ...place, rowGroup }),
    parquetSchema(metadata),
    parsers,
  );
  const settled = await Promise.allSettled(read.asyncColumns.map(({ data }) => data));
  const decoded = new Map<string, ArrayLike<unknown>>();
  for (const [i, { pathInSchema }] of read.asyncColumns.entries()) {
    const outcome = settled[i];
    if (outcome?.status !== 'fulfilled') throw outcome?.reason;
    const values = flatten(outcome.value.data) as ArrayLike<unknown>;
    if (values.length < rows) throw new RangeError('rows are missing');
    decoded.set(pathInSchema[0] ?? '', values);
  }
  if (decoded.size !== columns.length) throw new TypeError('a column is missing');
  return decoded;
}

type Chunk = { readonly range: { readonly startByte: number; readonly endByte: number } };

/** Fetches all columns at once where hardly anything lies between them, else each by itself. */
async function sliceOf(file: ImportFile, chunks: readonly Chunk[]) {
  const from = Math.min(...chunks.map(({ range }) => range.startByte));
  const to = Math.max(...chunks.map(({ range }) => range.endByte));
  const wanted = chunks.reduce((sum, { range }) => sum + range.endByte - range.startByte, 0);
  if (!(wanted <= importGroupBytesMax)) throw new RangeError(`${wanted} bytes of columns`);
  const whole = to - from <= 2 * wanted ? await fetched(file, from, to) : null;
  return (start: number, end: number = file.size): Promise<ArrayBuffer> => {
    const isHeld = whole !== null && start >= from && end <= to;
    const bytes = isHeld ? Promise.resolve(whole.slice(start - from, end - from)) : fetched(file, start, end);
    // The decoder may throw before it waits for all that it has asked for.
    bytes.catch(() => undefined);
    return bytes;
  };
}

async function fetched(file: ImportFile, from: number, to: number): Promise<ArrayBuffer> {
  if (!(from >= 0 && from <= to && to <= file.size)) throw new RangeError('a column outside the file');
  const bytes = await file.range(from, to).catch((cause: unknown) => {
    throw new FetchError('', { cause });
  });
  return bytes.slice().buffer;
}

function textOf(bytes: Uint8Array): unknown {
  try {
    return utf8.decode(bytes);
  } catch {
    return notUtf8;
  }
}

function gunzipped(input: Uint8Array, size: number): Uint8Array {
  return gunzipSync(input, { maxOutputLength: cappedSize(size) });
}

function unzstd(input: Uint8Array, size: number): Uint8Array {
  // workerd stops at the cap when it has room for more than the rest, so the cap leaves it a chunk.
  const chunkSize = Math.max(cappedSize(size), 64);
  return zstdDecompressSync(input, { chunkSize, maxOutputLength: 2 * chunkSize });
}

function cappedSize(size: number): number {
  if (size > importGroupBytesMax) throw new RangeError(`a page of ${size} bytes`);
  return size;
}
