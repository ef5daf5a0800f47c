import { judgeHeader } from '../../core/warehouse/csv-header.ts';
import { rowFault, rowFaultCodes } from '../../core/warehouse/row-fault.ts';
import type { ImportCursor, ImportItem, ImportSlice } from './import-cursor.ts';
import type { ImportFile } from './import-file.ts';
import { type ParquetFooter, readParquetFooter } from './parquet-footer.ts';
import { decodedGroup, notUtf8 } from './parquet-group.ts';

/** As readRecords(). */
export async function readParquet(
  file: ImportFile,
  from: ImportCursor,
  rowsMax: number,
): Promise<Omit<ImportSlice, 'bytesRead' | 'share'> & { readonly rows: number }> {
  const footer = await readParquetFooter(file);
  const { columns, warnings } = wantedColumns(file, footer);
  const rowStart = from.line - 1;
  const rowEnd = Math.min(rowStart + rowsMax, footer.rows);
  const rows = await readRows(file, footer, columns, rowStart, rowEnd);
  const items = rows.map((row, i): ImportItem => itemOf(row, rowStart + i + 1));
  const next = rowEnd < footer.rows ? { ...from, etag: file.etag, size: file.size, line: rowEnd + 1 } : null;
  return { items, next, rows: footer.rows, warnings: rowStart === 0 ? warnings : [] };
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

async function readRows(
  file: ImportFile,
  { metadata, groups }: ParquetFooter,
  columns: ReadonlyMap<string, string>,
  rowStart: number,
  rowEnd: number,
): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for (const group of groups) {
    const from = Math.max(rowStart, group.start);
    const to = Math.min(rowEnd, group.start + group.rows);
    if (from >= to) continue;
    const decoded = await decodedGroup(file, metadata, group, [...columns.keys()]);
    for (let row = from - group.start; row < to - group.start; row++) {
      const record: Record<string, unknown> = {};
      for (const [own, name] of columns) record[name] = plainOf(decoded.get(own)?.[row]);
      records.push(record);
    }
  }
  return records;
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
