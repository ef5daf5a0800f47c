/** `audit/start.json` in R2: where the audit log begins, since its oldest lines were removed (AUD-5). */
import * as z from 'zod';
import type { LogStart } from '../core/access/audit-start.ts';
import { once } from '../core/protocol/once.ts';
import { StoredDataError } from './stored-data-error.ts';

const startKey = 'audit/start.json';
const head = once(() => ({ seq: z.int().min(0), hash: z.string() }));
const startSchema = once(() =>
  z.strictObject({
    ...head(),
    previous: z.strictObject(head()),
    line: z.int(),
    at: z.iso.datetime(),
  }),
);

export interface NotedStart {
  /** Null where no line was ever removed. */
  readonly start: LogStart | null;
  /** Of what was read; undefined where there was nothing. */
  readonly etag: string | undefined;
}

/** Throws StoredDataError where it cannot be read. */
export async function readLogStart(bucket: R2Bucket): Promise<NotedStart> {
  const object = await bucket.get(startKey);
  if (!object) return { start: null, etag: undefined };
  const parsed = startSchema().safeParse(jsonOf(await object.text()));
  if (!parsed.success) throw new StoredDataError('bucket', startKey, 'is no start of the log');
  const { at: _, ...start } = parsed.data;
  return { start, etag: object.etag };
}

/** False where another has noted one since it was read. */
export async function noteLogStart(
  bucket: R2Bucket,
  { seq, hash, previous, line }: LogStart,
  etag: string | undefined,
  nowMs: number,
): Promise<boolean> {
  const noted = { seq, hash, previous, line, at: new Date(nowMs).toISOString() };
  const onlyIf = etag === undefined ? { etagDoesNotMatch: '*' } : { etagMatches: etag };
  return (await bucket.put(startKey, JSON.stringify(noted), { onlyIf })) !== null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
