/**
 * Heads of the audit log that are noted outside of its table, in R2 (AUD-2): who can write to D1 alone cannot cut the
 * log or write its history anew without being found. `audit/newest.json` follows the head; `audit/head-SEQ.json` is
 * kept for good, every hundred rows or every minute in which rows come.
 */
import * as z from 'zod';
import type { Anchor, ChainHead } from '../core/access/audit-chain.ts';
import { auditAnchorMs, auditAnchorRows } from '../core/protocol/limits.ts';
import { once } from '../core/protocol/once.ts';
import { readHashAt } from './audit-store.ts';
import { StoredDataError } from './stored-data-error.ts';

const newestKey = 'audit/newest.json';
const keptPrefix = 'audit/head-';
/** Sixteen digits hold every safe integer: keys sort as numbers. */
const keptKey = (seq: number): string => `${keptPrefix}${String(seq).padStart(16, '0')}.json`;
/** Two isolates that note at once: one of them is told, and looks again. */
const attemptsMax = 5;

const anchorSchema = once(() =>
  z.strictObject({ seq: z.int().min(1), hash: z.string(), at: z.iso.datetime() }),
);

/**
 * Notes a head. `behind`: a newer one is noted already. `broken`: the table does not hold what was noted last, so the
 * note stays as it is, for the check to find. Throws what R2 and D1 throw.
 */
export async function anchorHead(
  db: D1Database,
  bucket: R2Bucket,
  head: ChainHead,
  nowMs: number,
): Promise<'noted' | 'behind' | 'broken'> {
  const anchor: Anchor = { seq: head.seq, hash: head.hash, at: new Date(nowMs).toISOString() };
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const { noted, etag } = await readNewest(bucket);
    if (noted && noted.seq >= anchor.seq) return 'behind';
    if (noted && (await readHashAt(db, noted.seq)) !== noted.hash) return 'broken';
    const onlyIf = etag === undefined ? { etagDoesNotMatch: '*' } : { etagMatches: etag };
    if ((await bucket.put(newestKey, JSON.stringify(anchor), { onlyIf })) === null) continue;
    if (isDue(noted, anchor)) await keep(bucket, anchor);
    return 'noted';
  }
  return 'behind';
}

async function readNewest(
  bucket: R2Bucket,
): Promise<{ readonly noted: Anchor | null; readonly etag: string | undefined }> {
  const object = await bucket.get(newestKey);
  return object ? { noted: await decode(object), etag: object.etag } : { noted: null, etag: undefined };
}

function isDue(before: Anchor | null, { seq, at }: Anchor): boolean {
  if (!before) return true;
  const step = (ms: string): number => Math.floor(Date.parse(ms) / auditAnchorMs);
  const crossed = Math.floor(before.seq / auditAnchorRows) !== Math.floor(seq / auditAnchorRows);
  return crossed || step(before.at) !== step(at);
}

/** Never overwritten. */
async function keep(bucket: R2Bucket, anchor: Anchor): Promise<void> {
  const { seq, hash, at } = anchor;
  await bucket.put(keptKey(seq), JSON.stringify(anchor), {
    onlyIf: { etagDoesNotMatch: '*' },
    // Lists bring these along, so that the check needs no request for each.
    customMetadata: { seq: String(seq), hash, at },
  });
}

/** Heads that were noted, as far as one list goes. */
export interface NotedHeads {
  readonly anchors: readonly Anchor[];
  /** Of places up to here every head that is kept is among them. */
  readonly through: number;
  /** It is always among them. */
  readonly newest: Anchor | null;
}

/** The heads from a place on, by place: at most a list of them. Throws StoredDataError where one cannot be read. */
export async function readAnchors(bucket: R2Bucket, fromSeq = 1, listMax = 1_000): Promise<NotedHeads> {
  const page: R2Objects = await bucket.list({
    prefix: keptPrefix,
    startAfter: keptKey(Math.max(0, fromSeq - 1)),
    include: ['customMetadata'],
    limit: listMax,
  });
  const kept = page.objects.map(({ key, customMetadata: { seq, hash, at } = {} }) =>
    parse(key, { seq: Number(seq), hash, at }),
  );
  const { noted: newest } = await readNewest(bucket);
  const through = page.truncated ? (kept.at(-1)?.seq ?? fromSeq) : Number.POSITIVE_INFINITY;
  return { anchors: newest ? [...kept, newest] : kept, through, newest };
}

async function decode(object: R2ObjectBody): Promise<Anchor> {
  const text = await object.text();
  try {
    return parse(object.key, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new StoredDataError('bucket', object.key, 'is no JSON');
    throw error;
  }
}

function parse(key: string, value: unknown): Anchor {
  const parsed = anchorSchema().safeParse(value);
  if (!parsed.success) throw new StoredDataError('bucket', key, 'is no anchor');
  return parsed.data;
}
