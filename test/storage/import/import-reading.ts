// Files in the R2 of the test, read whole, slice by slice.
import { env } from 'cloudflare:workers';
import { parseImportName } from '../../../core/warehouse/import-name.ts';
import type { RowFaultCode } from '../../../core/warehouse/row-fault.ts';
import { type ImportCursor, type ImportItem, importStart } from '../../../storage/import/import-cursor.ts';
import type { ImportBucket } from '../../../storage/import/import-file.ts';
import { readRecords } from '../../../storage/import/read-records.ts';

export interface ReadFile {
  readonly items: readonly ImportItem[];
  readonly warnings: readonly string[];
  readonly bytesRead: number;
  readonly slices: number;
}

/** Stores the file and reads it; each cursor goes through JSON, as a step of a Workflow would keep it. */
export async function readFile(
  name: string,
  content: string | Uint8Array | ArrayBuffer,
  rowsMax = 5_000,
  bucket: ImportBucket = env.LAKE,
): Promise<ReadFile> {
  const key = `imports/${name}`;
  await env.LAKE.put(key, content);
  const items: ImportItem[] = [];
  const warnings: string[] = [];
  let [bytesRead, slices] = [0, 0];
  const format = parseImportName(name)?.format ?? 'csv';
  for (let cursor: ImportCursor | null = importStart; cursor; slices++) {
    const slice = await readRecords({ bucket, key }, format, cursor, rowsMax);
    items.push(...slice.items);
    warnings.push(...slice.warnings);
    bytesRead += slice.bytesRead;
    cursor = slice.next && (JSON.parse(JSON.stringify(slice.next)) as ImportCursor);
  }
  return { items, warnings, bytesRead, slices };
}

/** `LINE CODE` of what was no record, `LINE` of what was one. */
export function outcomes({ items }: ReadFile): (string | number)[] {
  return items.map((item) => {
    if ('record' in item) return item.line;
    const { code }: { readonly code: RowFaultCode } = item.fault;
    return `${item.line} ${code}`;
  });
}
