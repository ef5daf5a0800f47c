/**
 * Removing of old lines from the front of the audit log (AUD-5), step by step. A step is: the lines are checked; a line
 * `audit.trim` says how far they go; its place is noted as the head; R2 is told where the log begins now; the lines go.
 * It may die between any two: until R2 is told nothing has happened but a line, and afterwards the next step begins
 * with what still stands.
 */
import { ChainCheck, type ChainFault, type ChainHead } from '../core/access/audit-chain.ts';
import type { AuditRow } from '../core/access/audit-row.ts';
import { type LogStart, trimEntry } from '../core/access/audit-start.ts';
import { auditPieceRows, auditTrimRows } from '../core/protocol/limits.ts';
import { anchorHead, readAnchors } from './audit-anchor.ts';
import { beginningOf, isStartSaid } from './audit-check.ts';
import { noteLogStart, readLogStart } from './audit-start.ts';
import { appendAudit, readAuditPiece, readHashAt, sha256 } from './audit-store.ts';

export type Trimmed =
  /** `more`: another step may find something to remove. */
  | { readonly kind: 'trimmed'; readonly rows: number; readonly more: boolean }
  /** Something was done to these lines: they stay, for the check to find. */
  | { readonly kind: 'broken'; readonly fault: ChainFault };

/**
 * Removes lines older than `beforeMs` from the front, at most `rowsMax` in a call: a caller goes on while there is
 * `more`. A younger line keeps all that are behind it. Throws what D1 and R2 throw; done again it is harmless.
 */
export async function trimAudit(
  db: D1Database,
  bucket: R2Bucket,
  beforeMs: number,
  nowMs: number,
  rowsMax = auditTrimRows,
): Promise<Trimmed> {
  const { start, etag } = await readLogStart(bucket);
  const begin = await beginningOf(db, start);
  const isLeft = start !== null && begin.seq < start.seq;
  const { anchors, through, newest } = await readAnchors(bucket, begin.seq);
  const chain = new ChainCheck({ anchors, start }, sha256, begin);
  const before = new Date(beforeMs).toISOString();
  const fault = isLeft
    ? await passRows(db, chain, start.seq, () => true)
    : await passRows(db, chain, Math.min(begin.seq + rowsMax, through), ({ at }) => at < before);
  if (fault) return { kind: 'broken', fault };
  if (start && !(await isStartSaid(db, start)))
    return { kind: 'broken', fault: { seq: start.line, kind: 'forged_start' } };
  if (newest && (await readHashAt(db, newest.seq)) !== newest.hash)
    return { kind: 'broken', fault: { seq: newest.seq, kind: 'rewritten' } };
  const rows = chain.head.seq - begin.seq;
  if (rows === 0) return { kind: 'trimmed', rows, more: false };
  if (isLeft && chain.head.seq !== start.seq)
    return { kind: 'broken', fault: { seq: chain.head.seq + 1, kind: 'missing' } };
  if (!isLeft) {
    const told = await tell(db, bucket, { begin, end: chain.head, etag, beforeMs, nowMs });
    if (told !== 'told') return told;
  }
  await db.prepare('DELETE FROM audit_log WHERE seq <= ?').bind(chain.head.seq).run();
  return { kind: 'trimmed', rows, more: true };
}

/** Has the chain take rows, as far as they are wanted. */
async function passRows(
  db: D1Database,
  chain: ChainCheck,
  last: number,
  isWanted: (row: AuditRow) => boolean,
): Promise<ChainFault | null> {
  for (let isFirst = true; chain.head.seq < last; isFirst = false) {
    const after = isFirst ? Number.MIN_SAFE_INTEGER : chain.head.seq;
    const rows = await readAuditPiece(db, after, Math.min(auditPieceRows, last - chain.head.seq));
    const unwanted = rows.findIndex((row) => !isWanted(row));
    const wanted = unwanted === -1 ? rows : rows.slice(0, unwanted);
    const fault = await chain.take(wanted);
    if (fault || wanted.length < rows.length || rows.length === 0) return fault;
  }
  return null;
}

interface Step {
  readonly begin: ChainHead;
  readonly end: ChainHead;
  /** Of the start that was read. */
  readonly etag: string | undefined;
  readonly beforeMs: number;
  readonly nowMs: number;
}

/** Says that the lines go: in the log, and outside of it. Nothing is removed where another trims too. */
async function tell(
  db: D1Database,
  bucket: R2Bucket,
  { begin, end, etag, beforeMs, nowMs }: Step,
): Promise<'told' | Trimmed> {
  const line = await appendAudit(db, [trimEntry(end, end.seq - begin.seq, beforeMs, nowMs)]);
  if ((await anchorHead(db, bucket, line, nowMs)) === 'broken')
    return { kind: 'broken', fault: { seq: line.seq, kind: 'rewritten' } };
  const start: LogStart = { ...end, previous: { seq: begin.seq, hash: begin.hash }, line: line.seq };
  const isNoted = await noteLogStart(bucket, start, etag, nowMs);
  return isNoted ? 'told' : { kind: 'trimmed', rows: 0, more: true };
}
