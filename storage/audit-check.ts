/** The check of the audit log (AUD-4), in pieces of which each costs a request no more than it may. */
import { ChainCheck, type ChainFault, type ChainHead, chainStart } from '../core/access/audit-chain.ts';
import { type LogStart, logBeginning, saysStart } from '../core/access/audit-start.ts';
import { auditCheckRows, auditPieceRows } from '../core/protocol/limits.ts';
import { type NotedHeads, readAnchors } from './audit-anchor.ts';
import { readLogStart } from './audit-start.ts';
import { readAuditPiece, readHashAt, readHead, sha256 } from './audit-store.ts';

export interface CheckBudget {
  /** That one call checks at most. */
  readonly rows: number;
  /** That it reads at a time. */
  readonly pieceRows: number;
  /** Heads noted outside that it reads at most; it checks no further than these reach. */
  readonly anchors: number;
}

const checkBudget: CheckBudget = { rows: auditCheckRows, pieceRows: auditPieceRows, anchors: 1_000 };

export interface AuditCheck {
  /** The first one. Null where all that was checked is right. */
  readonly fault: ChainFault | null;
  /** How far the log is right. A check that goes on begins here. */
  readonly head: ChainHead;
  /** Place of the newest line that was removed for its age; 0 where none was. */
  readonly beginSeq: number;
  /** Place of the newest line. */
  readonly newestSeq: number;
  /** Whether the end was reached. */
  readonly isDone: boolean;
  /** Heads that were noted outside and lie in what was checked, or beyond it. */
  readonly outside: NotedHeads;
}

/** A log of which lines are removed meanwhile seems broken: then it is looked at again. */
const attemptsMax = 3;

/**
 * Checks as many lines as the budget allows, from the beginning, or from the head that an earlier call came to. Who
 * passes another head learns nothing: it must stand in the log. Throws what D1 and R2 throw, and StoredDataError.
 */
export async function checkAudit(
  db: D1Database,
  bucket: R2Bucket,
  from: ChainHead | null = null,
  budget: CheckBudget = checkBudget,
): Promise<AuditCheck> {
  for (let attempt = 1; ; attempt++) {
    const { start, etag } = await readLogStart(bucket);
    const checked = await checkFrom(db, bucket, { start, from, budget });
    if (!checked.fault || attempt === attemptsMax) return checked;
    if ((await readLogStart(bucket)).etag === etag) return checked;
  }
}

interface Asked {
  readonly start: LogStart | null;
  readonly from: ChainHead | null;
  readonly budget: CheckBudget;
}

async function checkFrom(
  db: D1Database,
  bucket: R2Bucket,
  { start, from, budget }: Asked,
): Promise<AuditCheck> {
  // Behind a head whose row was removed since, the log is checked from where it begins now.
  const resumed = from && from.seq > (start?.seq ?? 0) ? from : null;
  const head = resumed ?? (await beginningOf(db, start));
  // Before any row: rows that come meanwhile are behind every head that is noted.
  const outside = await readAnchors(bucket, resumed ? head.seq + 1 : head.seq, budget.anchors);
  const found = resumed ? await faultAt(db, resumed, start) : null;
  const chain = new ChainCheck({ anchors: outside.anchors, start }, sha256, head);
  const { fault, isDone } = found
    ? { fault: found, isDone: false }
    : await walk(db, chain, { isResumed: resumed !== null, through: outside.through, budget });
  const { seq: newestSeq } = await readHead(db);
  return { fault, isDone, head: chain.head, beginSeq: start?.seq ?? 0, newestSeq, outside };
}

/** The head before the first line that is to stand. */
export async function beginningOf(db: D1Database, start: LogStart | null): Promise<ChainHead> {
  if (!start) return chainStart;
  const [first] = await readAuditPiece(db, Number.MIN_SAFE_INTEGER, 1);
  return logBeginning(start, first?.seq);
}

/** What an earlier piece was to find, and what shows that the head is of this log. */
async function faultAt(db: D1Database, head: ChainHead, start: LogStart | null): Promise<ChainFault | null> {
  if ((await readHashAt(db, head.seq)) !== head.hash) return { seq: head.seq, kind: 'rewritten' };
  if (!start || start.line > head.seq || (await isStartSaid(db, start))) return null;
  return { seq: start.line, kind: 'forged_start' };
}

/** Whether the log itself says that it begins there. */
export async function isStartSaid(db: D1Database, start: LogStart): Promise<boolean> {
  const [line] = await readAuditPiece(db, start.line - 1, 1);
  return line !== undefined && saysStart(line, start);
}

async function walk(
  db: D1Database,
  chain: ChainCheck,
  { isResumed, through, budget }: { isResumed: boolean; through: number; budget: CheckBudget },
): Promise<{ readonly fault: ChainFault | null; readonly isDone: boolean }> {
  const begin = chain.head.seq;
  const last = Math.min(begin + budget.rows, through);
  for (let isFirst = !isResumed; chain.head.seq < last; isFirst = false) {
    // At first also what stands before the first place.
    const after = isFirst ? Number.MIN_SAFE_INTEGER : chain.head.seq;
    const rows = await readAuditPiece(db, after, Math.min(budget.pieceRows, last - chain.head.seq));
    if (rows.length === 0) return { fault: chain.end(), isDone: true };
    const fault = await chain.take(rows);
    if (fault) return { fault, isDone: false };
  }
  return { fault: null, isDone: false };
}
