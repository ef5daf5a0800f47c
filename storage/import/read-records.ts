/**
 * Reads imported files slice by slice: any slice begins at the boundary of a record that the one before has told, so
 * that a crash costs one slice (IMP-2).
 */
import type { ImportFormat } from '../../core/warehouse/import-name.ts';
import type { ImportCursor, ImportSlice } from './import-cursor.ts';
import { ImportFile, type ImportSource } from './import-file.ts';
import { readCsv } from './read-csv.ts';
import { readNdjson } from './read-ndjson.ts';
import { readParquet } from './read-parquet.ts';

/**
 * The next items of a file, at most `rowsMax`: records as they are in it (only columns of its table, nothing judged),
 * and faults of what is none. Begin with importStart, go on with `next` until it is null; a slice may be empty before.
 * Throws ImportFileError where the file cannot be read as a whole, and whatever R2 throws.
 */
export async function readRecords(
  source: ImportSource,
  format: ImportFormat,
  from: ImportCursor,
  rowsMax: number,
): Promise<ImportSlice> {
  const file = await ImportFile.open(source, from);
  if (format === 'parquet') {
    const { rows, ...slice } = await readParquet(file, from, rowsMax);
    return finished(file, slice, slice.next ? (slice.next.line - 1) / rows : 1);
  }
  const slice = format === 'csv' ? await readCsv(file, from, rowsMax) : await readNdjson(file, from, rowsMax);
  return finished(file, slice, slice.next ? slice.next.offset / file.size : 1);
}

function finished(
  { bytesRead }: ImportFile,
  slice: Omit<ImportSlice, 'bytesRead' | 'share'>,
  share: number,
): ImportSlice {
  return { ...slice, bytesRead, share };
}
