/** The audit log in D1 (AUD-1): appended by many isolates at once, read in pages, checked in pieces. */
import { and, asc, desc, eq, gt, gte, lt } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { type ChainHead, chained, chainStart, type Digest } from '../core/access/audit-chain.ts';
import type { AuditEntry } from '../core/access/audit-entry.ts';
import { type AuditRow, auditRow } from '../core/access/audit-row.ts';
import { jsonChunks } from './json-chunks.ts';
import { auditLog } from './schema.ts';

/** Absent members do not matter. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly result?: AuditEntry['result'] | undefined;
  /** By time, ms; half-open. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

const columns = [
  'seq',
  'at',
  'actor',
  'role',
  'action',
  'target',
  'country',
  'result',
  'details',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

const insertSql = `INSERT INTO audit_log (${columns.join(', ')})
  SELECT ${columns.map((_, index) => `value ->> '$[${index}]'`).join(', ')} FROM json_each(?1)`;

/** Ten isolates that write at once are through after some five rounds. */
const attemptsMax = 12;
const pauseMsMax = 400;

export const sha256: Digest = async (bytes) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));

/**
 * Chains entries to the log, in order. When it throws, none is in it. The place in the chain is the primary key: who
 * was quicker has it, and the other reads the new head and tries again.
 */
export async function appendAudit(db: D1Database, entries: readonly AuditEntry[]): Promise<ChainHead> {
  const rows = entries.map(auditRow);
  for (let attempt = 1; ; attempt++) {
    const placed = await chained(await readHead(db), rows, sha256);
    const last = placed.at(-1);
    if (!last) return await readHead(db);
    try {
      const texts = placed.map((row) => JSON.stringify(columns.map((column) => row[column])));
      // A batch is one transaction.
      await db.batch(jsonChunks(texts).map((chunk) => db.prepare(insertSql).bind(chunk)));
      return { seq: last.seq, hash: last.hash };
    } catch (error) {
      if (attempt === attemptsMax || !isTaken(error)) throw error;
      await pause(Math.random() * Math.min(pauseMsMax, 5 * 2 ** attempt));
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed: audit_log\.seq/.test(error.message);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The newest place of the chain. */
export async function readHead(db: D1Database): Promise<ChainHead> {
  const { seq, hash } = auditLog;
  const [row] = await drizzle(db).select({ seq, hash }).from(auditLog).orderBy(desc(seq)).limit(1);
  return row ?? chainStart;
}

/** The hash that stands at a place; undefined where no row does. */
export async function readHashAt(db: D1Database, seq: number): Promise<string | undefined> {
  const [row] = await drizzle(db).select({ hash: auditLog.hash }).from(auditLog).where(eq(auditLog.seq, seq));
  return row?.hash;
}

/** The newest first, those before a place; undefined for the first page. */
export async function readAuditPage(
  db: D1Database,
  { actor, action, result, fromMs, toMs }: AuditFilter,
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<AuditRow[]> {
  return await drizzle(db)
    .select()
    .from(auditLog)
    .where(
      and(
        actor === undefined ? undefined : eq(auditLog.actor, actor),
        action === undefined ? undefined : eq(auditLog.action, action),
        result === undefined ? undefined : eq(auditLog.result, result),
        fromMs === undefined ? undefined : gte(auditLog.at, new Date(fromMs).toISOString()),
        toMs === undefined ? undefined : lt(auditLog.at, new Date(toMs).toISOString()),
        page.before === undefined ? undefined : lt(auditLog.seq, page.before),
      ),
    )
    .orderBy(desc(auditLog.seq))
    .limit(page.limit);
}

/** The rows behind a place, in the order of the chain. */
export async function readAuditPiece(db: D1Database, after: number, limit: number): Promise<AuditRow[]> {
  return await drizzle(db)
    .select()
    .from(auditLog)
    .where(gt(auditLog.seq, after))
    .orderBy(asc(auditLog.seq))
    .limit(limit);
}
