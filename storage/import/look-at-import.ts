import type { ImportName } from '../../core/warehouse/import-name.ts';
import { importKey } from '../../core/warehouse/import-name.ts';
import { importStart } from './import-cursor.ts';
import type { ImportBucket } from './import-file.ts';
import { ImportFileError } from './import-file-error.ts';
import { readRecords } from './read-records.ts';

export interface ImportLook {
  /** Why the file cannot be read as a whole, as far as its beginning tells; null where it can. */
  readonly problem: string | null;
  readonly warnings: readonly string[];
}

/** What a run would say of the file, by its beginning alone. Throws what R2 throws. */
export async function lookAtImport(bucket: ImportBucket, { name, format }: ImportName): Promise<ImportLook> {
  try {
    const { warnings } = await readRecords({ bucket, key: importKey(name) }, format, importStart, 1);
    return { problem: null, warnings };
  } catch (error) {
    if (error instanceof ImportFileError) return { problem: error.reason, warnings: [] };
    throw error;
  }
}
