/** Files to import as they lie in R2, under `imports/` (IMP-1). */
import { importsListedMax } from '../../core/protocol/import-limits.ts';
import {
  type ImportFormat,
  importFolder,
  importKey,
  parseImportName,
} from '../../core/warehouse/import-name.ts';
import type { WarehouseTable } from '../../core/warehouse/rows.ts';

export interface StoredImport {
  readonly name: string;
  /** By its name; null for what somebody has put there under another kind of name. */
  readonly table: WarehouseTable | null;
  readonly format: ImportFormat | null;
  readonly bytes: number;
  readonly uploadedAtMs: number;
  readonly etag: string;
}

type Stored = Pick<R2Object, 'key' | 'size' | 'uploaded' | 'etag'>;

const contentTypes: Readonly<Record<ImportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/** By name, at most importsListedMax; `isWhole` is false where there are more. */
export async function listImports(
  bucket: Pick<R2Bucket, 'list'>,
): Promise<{ readonly files: readonly StoredImport[]; readonly isWhole: boolean }> {
  const { objects, truncated } = await bucket.list({ prefix: importFolder, limit: importsListedMax });
  return { files: objects.map(fileOf), isWhole: !truncated };
}

/** Null where there is none. */
export async function findImport(bucket: Pick<R2Bucket, 'head'>, name: string): Promise<StoredImport | null> {
  const object = await bucket.head(importKey(name));
  return object && fileOf(object);
}

export async function deleteImport(bucket: Pick<R2Bucket, 'delete'>, name: string): Promise<void> {
  await bucket.delete(importKey(name));
}

/** The body broke off. */
export class BrokenUploadError extends Error {
  override readonly name = 'BrokenUploadError';
}

/**
 * Stores a stream of exactly `bytes` bytes, whole or not at all, in the place of what was there; null where something
 * was and `onlyNew` is set. R2 stores an object when its last byte has come: of two at once the one that ends last
 * stays. Throws BrokenUploadError, and what R2 throws.
 */
export async function saveImport(
  bucket: Pick<R2Bucket, 'put'>,
  name: string,
  body: ReadableStream<Uint8Array>,
  bytes: number,
  onlyNew: boolean,
): Promise<StoredImport | null> {
  const format = parseImportName(name)?.format;
  const counted = new FixedLengthStream(bytes);
  // What breaks the pipe breaks the reading end too, which is what `put` throws.
  body.pipeTo(counted.writable).catch(() => undefined);
  try {
    const object = await bucket.put(importKey(name), counted.readable, {
      ...(format ? { httpMetadata: { contentType: contentTypes[format] } } : {}),
      ...(onlyNew ? { onlyIf: new Headers({ 'if-none-match': '*' }) } : {}),
    });
    return object && fileOf(object);
  } catch (error) {
    // R2 names its own faults by a number of five digits; without one it was the stream's.
    if (/\(\d{5}\)$/.test(String(error))) throw error;
    throw new BrokenUploadError('the body broke off, or is shorter than it announced', { cause: error });
  }
}

function fileOf({ key, size, uploaded, etag }: Stored): StoredImport {
  const name = key.slice(importFolder.length);
  const parsed = parseImportName(name);
  return {
    name,
    table: parsed?.table ?? null,
    format: parsed?.format ?? null,
    bytes: size,
    uploadedAtMs: uploaded.getTime(),
    etag,
  };
}
