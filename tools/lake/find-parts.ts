// The parts of a local lake. Miniflare keeps an R2 bucket as a SQLite index of names and a folder of blobs.
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventsPrefix, parsePartName } from '../../core/lake/part-name.ts';
import { sessionsPrefix } from '../../storage/warehouse/session-files.ts';

export interface LocalPart {
  /** As in R2. */
  readonly name: string;
  readonly bytes: number;
  /** File that holds it. */
  readonly blob: string;
}

/** Parts of events and files of sessions of the bucket in a persist folder, by name. Only reads, so it may be asked while the runtime has it open. */
export function findParts(persistTo: string, bucket: string): LocalPart[] {
  const r2 = resolve(persistTo, 'v3/r2');
  const indices = join(r2, 'miniflare-R2BucketObject');
  if (!existsSync(indices)) return [];
  const files = readdirSync(indices).filter((file) => file.endsWith('.sqlite') && file !== 'metadata.sqlite');
  return files
    .flatMap((file) =>
      [eventsPrefix, sessionsPrefix].flatMap((prefix) => objectsOf(join(indices, file), prefix)),
    )
    .filter(({ name }) => name.startsWith(sessionsPrefix) || parsePartName(name) !== null)
    .map(({ name, bytes, blobId }) => ({ name, bytes, blob: join(r2, bucket, 'blobs', blobId) }))
    .filter(({ blob }) => existsSync(blob));
}

function objectsOf(file: string, prefix: string): { name: string; bytes: number; blobId: string }[] {
  const index = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const hasObjects = index.prepare("SELECT 1 FROM sqlite_master WHERE name = '_mf_objects'").get();
    if (!hasObjects) return [];
    const rows = index
      .prepare(
        'SELECT key, size, blob_id FROM _mf_objects WHERE blob_id NOT NULL AND key >= ? AND key < ? ORDER BY key',
      )
      .all(prefix, `${prefix}\u{10ffff}`);
    return rows.map((row) => ({
      name: String(row.key),
      bytes: Number(row.size),
      blobId: String(row.blob_id),
    }));
  } finally {
    index.close();
  }
}

/** Gives the blobs their names, as links under `folder`: the partitioned folder that every engine expects. */
export function linkParts(
  parts: readonly LocalPart[],
  folder: string,
  progress: (done: number) => void,
): void {
  for (const [n, { name, blob }] of parts.entries()) {
    const link = join(folder, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(blob, link);
    progress(n + 1);
  }
}
