import { importColumnsMax, importRecordBytesMax } from '../../core/protocol/import-limits.ts';
import { judgeHeader } from '../../core/warehouse/csv-header.ts';
import { CsvScan } from '../../core/warehouse/csv-scan.ts';
import type { Scanned } from '../../core/warehouse/record-scan.ts';
import { rowFault, rowFaultCodes } from '../../core/warehouse/row-fault.ts';
import type { ImportCursor, ImportItem, ImportSlice } from './import-cursor.ts';
import type { ImportFile } from './import-file.ts';
import { readText } from './read-text.ts';
import { checkedStart } from './text-start.ts';

type Columns = readonly (string | null)[];

/** As readRecords(). */
export async function readCsv(
  file: ImportFile,
  from: ImportCursor,
  rowsMax: number,
): Promise<Omit<ImportSlice, 'bytesRead' | 'share'>> {
  const warnings: string[] = [];
  const start = from.header ? from : await readHeader(file, from, warnings);
  const columns = start.header ?? [];
  const slice = await readText(file, start, rowsMax, new CsvScan(start), (row) => itemOf(columns, row));
  return { ...slice, warnings };
}

/** The cursor behind the header. */
async function readHeader(file: ImportFile, from: ImportCursor, warnings: string[]): Promise<ImportCursor> {
  const head = await file.range(0, Math.min(file.size, importRecordBytesMax));
  const offset = checkedStart(file, head);
  const scan = new CsvScan({ ...from, offset });
  scan.refill(head.subarray(offset), head.length === file.size);
  const row = scan.next();
  if (!row) throw file.error(head.length === file.size ? 'it is empty' : 'its header is longer than 256 KB');
  if ('code' in row)
    throw file.error(`its header cannot be read: ${headerReasons[row.code] ?? rowFaultCodes[row.code]}`);
  const header = judgeHeader(file.table, row.fields);
  if ('code' in header) {
    switch (header.code) {
      case 'wrong_header':
        throw file.error(`its first line is no header: none of the columns of ${file.table} is in it`);
      case 'missing_column':
        throw file.error(`its header lacks the column ${header.column}`);
      case 'duplicate_column':
        throw file.error(`its header has the column ${header.column} twice`);
    }
  }
  warnings.push(...header.strange.map((name) => `the column ${name} is not known and is not read`));
  return { ...from, ...scan.place, header: header.columns };
}

const headerReasons: Partial<Record<string, string>> = {
  too_many_fields: `it has more than ${importColumnsMax} columns`,
  invalid_utf8: 'it is not UTF-8',
};

function itemOf(columns: Columns, row: Scanned): ImportItem {
  const { line } = row;
  if ('code' in row) {
    const field = columns[row.field] ?? null;
    return { line, fault: rowFault(field, row.code, rowFaultCodes[row.code]) };
  }
  const { fields } = row;
  if (fields.length !== columns.length) {
    const message = `the row has ${fields.length} fields where the header has ${columns.length}`;
    return { line, fault: rowFault(null, 'ragged_row', message) };
  }
  const record: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) {
    const name = columns[i];
    if (name && fields[i] !== '') record[name] = fields[i];
  }
  return { line, record };
}
