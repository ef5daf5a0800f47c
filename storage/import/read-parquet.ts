import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { importGroupBytesMax } from '../../core/protocol/import-limits.ts';
import { judgeHeader } from '../../core/warehouse/csv-header.ts';
import { rowFault, rowFaultCodes } from '../../core/warehouse/row-fault.ts';
import type { ImportCursor, ImportItem, ImportSlice } from './import-cursor.ts';
import type { ImportFile } from './import-file.ts';
import { type ParquetFooter, type ParquetGroup, readParquetFooter } from './parquet-footer.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** In the place of a text that is not UTF-8. */
const notUtf8 = Symbol('not UTF-8');

/** As readRecords(). */
export async function readParquet(
  file: ImportFile,
  from: ImportCursor,
  rowsMax: number,
): Promise<Omit<ImportSlice, 'bytesRead' | 'share'> & { readonly rows: number }> {
  const footer = await readParquetFooter(file);
  const { columns, warnings } = wantedColumns(file, footer);
  const rowStart = from.line - 1;
  const rowEnd = endOf(footer.groups, rowStart, rowsMax);
  const rows = rowEnd > rowStart ? await readRows(file, footer, columns, rowStart, rowEnd) : [];
  const items = rows.map((row, i): ImportItem => itemOf(row, rowStart + i + 1));
  const next = rowEnd < footer.rows ? { ...from, etag: file.etag, size: file.size, line: rowEnd + 1 } : null;
  return { items, next, rows: footer.rows, warnings: from.etag === null ? warnings : [] };
}

/** Columns of the file that are read -> what they are called here. */
function wantedColumns(file: ImportFile, { columns }: ParquetFooter) {
  const header = judgeHeader(file.table, columns);
  if ('code' in header) {
    switch (header.code) {
      case 'wrong_header':
        throw file.error(`none of its columns is one of ${file.table}`);
      case 'missing_column':
        throw file.error(`it lacks the column ${header.column}`);
      case 'duplicate_column':
        throw file.error(`it has the column ${header.column} twice`);
    }
  }
  const wanted = new Map<string, string>();
  for (const [i, name] of header.columns.entries()) if (name !== null) wanted.set(columns[i] as string, name);
  const warnings = header.strange.map((name) => `the column ${name} is not known and is not read`);
  return { columns: wanted, warnings };
}

/** How far a read goes: over so many rows, but over no more row groups than may be held at once. */
function endOf(groups: readonly ParquetGroup[], rowStart: number, rowsMax: number): number {
  let end = rowStart;
  let bytes = 0;
  for (const group of groups) {
    const groupEnd = group.start + group.rows;
    if (groupEnd <= rowStart) continue;
    bytes += group.bytes;
    if (end >= rowStart + rowsMax || (end > rowStart && bytes > importGroupBytesMax)) break;
    end = Math.min(groupEnd, rowStart + rowsMax);
  }
  return end;
}

/** What R2 throws is told apart from what malformed bytes make the decoder throw. */
class FetchError extends Error {}

async function readRows(
  file: ImportFile,
  { metadata }: ParquetFooter,
  columns: ReadonlyMap<string, string>,
  rowStart: number,
  rowEnd: number,
): Promise<Record<string, unknown>[]> {
  const fetched = async (from: number, to: number): Promise<ArrayBuffer> => {
    if (!(from >= 0 && from <= to && to <= file.size)) throw new RangeError('a column outside the file');
    const bytes = await file.range(from, to).catch((cause: unknown) => {
      throw new FetchError('', { cause });
    });
    return bytes.slice().buffer;
  };
  const slice = (from: number, to: number = file.size): Promise<ArrayBuffer> => {
    const bytes = fetched(from, to);
    // The decoder may throw before it waits for all that it has asked for.
    bytes.catch(() => undefined);
    return bytes;
  };
  try {
    const rows = await parquetReadObjects({
      file: { byteLength: file.size, slice },
      metadata,
      columns: [...columns.keys()],
      rowStart,
      rowEnd,
      useOffsetIndex: true,
      geoparquet: false,
      compressors: { GZIP: gunzipped, ZSTD: unzstd },
      parsers: { stringFromBytes: textOf, jsonFromBytes: textOf },
    });
    if (rows.length !== rowEnd - rowStart) throw new RangeError('rows are missing');
    return rows.map((row) => renamed(row, columns));
  } catch (error) {
    if (error instanceof FetchError) throw error.cause;
    throw file.error('it is corrupt, or of a kind of Parquet that is not read: it cannot be decoded', error);
  }
}

function renamed(
  row: Record<string, unknown>,
  columns: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [own, name] of columns) record[name] = plainOf(row[own]);
  return record;
}

/** As JSON would have it. Times as ISO 8601: a number would be taken for seconds where it is small. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '?' : value.toISOString();
  if (Array.isArray(value)) return value.map(plainOf);
  return value ?? null;
}

function itemOf(record: Record<string, unknown>, line: number): ImportItem {
  const field = Object.keys(record).find((name) => holdsBadText(record[name]));
  if (field !== undefined) {
    return { line, fault: rowFault(field, 'invalid_utf8', rowFaultCodes.invalid_utf8) };
  }
  return { line, record };
}

const holdsBadText = (value: unknown): boolean =>
  value === notUtf8 || (Array.isArray(value) && value.includes(notUtf8));

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
