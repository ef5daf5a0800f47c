/**
 * Rejected records of ETL runs (ETL-3), in R2 under `etl/rejects/RUN/`: an object for each slice of a file that has
 * any, a line of JSON for each fault, in the order of the files.
 */
const rejectsFolder = 'etl/rejects/';

export interface EtlReject {
  readonly file: string;
  readonly line: number;
  /** Null where the record as a whole is at fault. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  /** As JSON, cut off; null where there was no record to read. */
  readonly record: string | null;
}

const pad = (value: number): string => String(value).padStart(6, '0');
export const rejectsFolderOf = (runId: string): string => `${rejectsFolder}${runId}/`;

export async function saveRejects(
  bucket: R2Bucket,
  runId: string,
  at: { readonly file: number; readonly chunk: number },
  rejects: readonly EtlReject[],
): Promise<void> {
  if (rejects.length === 0) return;
  const key = `${rejectsFolderOf(runId)}${pad(at.file)}-${pad(at.chunk)}.ndjson`;
  await bucket.put(key, rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(''));
}

export interface RejectPage {
  readonly rejects: readonly EtlReject[];
  /** Where the next page begins; null at the end. */
  readonly next: RejectPlace | null;
}

/** An object, and how many of its lines come before. */
export interface RejectPlace {
  readonly object: string;
  readonly line: number;
}

/** At most `limit` rejects from a place on; from the start where it is null. */
export async function readRejects(
  bucket: R2Bucket,
  runId: string,
  from: RejectPlace | null,
  limit: number,
): Promise<RejectPage> {
  const prefix = rejectsFolderOf(runId);
  const names: string[] = from ? [from.object] : [];
  const rejects: EtlReject[] = [];
  for (let startAfter = from ? prefix + from.object : undefined; ; ) {
    const listed = await bucket.list({ prefix, limit: 100, ...(startAfter ? { startAfter } : {}) });
    names.push(...listed.objects.map(({ key }) => key.slice(prefix.length)));
    for (const object of names.splice(0)) {
      const lines = await readLines(bucket, prefix + object);
      const first = object === from?.object ? from.line : 0;
      for (let line = first; line < lines.length; line++) {
        if (rejects.length === limit) return { rejects, next: { object, line } };
        rejects.push(JSON.parse(lines[line] ?? '') as EtlReject);
      }
    }
    if (!listed.truncated) return { rejects, next: null };
    startAfter = listed.objects.at(-1)?.key;
  }
}

/** None where it is gone, as a cursor of long ago may say. */
async function readLines(bucket: R2Bucket, key: string): Promise<string[]> {
  const held = await bucket.get(key);
  return held ? (await held.text()).split('\n').slice(0, -1) : [];
}
