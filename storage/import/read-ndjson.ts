import { columnsRead } from '../../core/warehouse/import-columns.ts';
import { LineScan } from '../../core/warehouse/line-scan.ts';
import type { Scanned } from '../../core/warehouse/record-scan.ts';
import { rowFault, rowFaultCodes } from '../../core/warehouse/row-fault.ts';
import type { ImportCursor, ImportItem, ImportSlice } from './import-cursor.ts';
import type { ImportFile } from './import-file.ts';
import { readText } from './read-text.ts';
import { checkedStart } from './text-start.ts';

/** Enough to tell what a file is. */
const headBytes = 64;
const openBracket = 0x5b;

/** As readRecords(). */
export async function readNdjson(
  file: ImportFile,
  from: ImportCursor,
  rowsMax: number,
): Promise<Omit<ImportSlice, 'bytesRead' | 'share'>> {
  const start = from.offset > 0 ? from : { ...from, offset: await textStart(file) };
  const columns = columnsRead(file.table);
  const slice = await readText(file, start, rowsMax, new LineScan(start), (line) => itemOf(columns, line));
  return { ...slice, warnings: [] };
}

async function textStart(file: ImportFile): Promise<number> {
  const head = await file.range(0, Math.min(file.size, headBytes));
  const offset = checkedStart(file, head);
  if (head[offset] === openBracket) throw file.error('it is one JSON array; write one object a line');
  return offset;
}

function itemOf(columns: readonly string[], scanned: Scanned): ImportItem {
  const { line } = scanned;
  if ('code' in scanned) return { line, fault: rowFault(null, scanned.code, rowFaultCodes[scanned.code]) };
  let value: unknown;
  try {
    value = JSON.parse(scanned.fields[0] ?? '');
  } catch {
    return { line, fault: rowFault(null, 'invalid_json', rowFaultCodes.invalid_json) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, fault: rowFault(null, 'not_an_object', rowFaultCodes.not_an_object) };
  }
  const sent = value as Record<string, unknown>;
  const record: Record<string, unknown> = {};
  for (const name of columns) if (Object.hasOwn(sent, name)) record[name] = sent[name];
  return { line, record };
}
