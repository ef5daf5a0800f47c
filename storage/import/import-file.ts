/** One file in R2, read range by range. */
import { importFolder, parseImportName } from '../../core/warehouse/import-name.ts';
import type { WarehouseTable } from '../../core/warehouse/rows.ts';
import type { ImportCursor } from './import-cursor.ts';
import { ImportFileError } from './import-file-error.ts';

/** What of an R2 bucket is used. */
export type ImportBucket = Pick<R2Bucket, 'get' | 'head'>;

export interface ImportSource {
  readonly bucket: ImportBucket;
  /** `imports/NAME`. */
  readonly key: string;
}

export class ImportFile {
  readonly name: string;
  readonly table: WarehouseTable;
  readonly size: number;
  readonly etag: string;
  /** So far. */
  bytesRead = 0;
  readonly #source: ImportSource;

  private constructor(source: ImportSource, size: number, etag: string) {
    this.#source = source;
    this.name = nameOf(source.key);
    this.table = tableOf(source.key);
    this.size = size;
    this.etag = etag;
  }

  /** Asks R2 for size and etag where the cursor does not have them. Throws ImportFileError. */
  static async open(source: ImportSource, { etag, size }: ImportCursor): Promise<ImportFile> {
    if (etag !== null) return new ImportFile(source, size, etag);
    const object = await source.bucket.head(source.key);
    if (!object) throw new ImportFileError(nameOf(source.key), 'there is no such file');
    return new ImportFile(source, object.size, object.etag);
  }

  /** Half-open. What R2 throws passes through, since it may be tried again. */
  async range(from: number, to: number): Promise<Uint8Array> {
    if (to <= from) return new Uint8Array(0);
    const { bucket, key } = this.#source;
    const object = await bucket.get(key, {
      range: { offset: from, length: to - from },
      onlyIf: { etagMatches: this.etag },
    });
    if (!object) throw this.error('it was deleted while it was read');
    if (!('body' in object)) throw this.error('it was replaced while it was read');
    const bytes = await object.bytes();
    if (bytes.length !== to - from) throw this.error('it is shorter than it was');
    this.bytesRead += bytes.length;
    return bytes;
  }

  error(reason: string, cause?: unknown): ImportFileError {
    return new ImportFileError(this.name, reason, cause);
  }
}

function nameOf(key: string): string {
  return key.startsWith(importFolder) ? key.slice(importFolder.length) : key;
}

function tableOf(key: string): WarehouseTable {
  const parsed = parseImportName(nameOf(key));
  if (!parsed) throw new ImportFileError(nameOf(key), 'its name does not begin with that of a table');
  return parsed.table;
}
