/** Removes accounts of long ago, and sessions that nobody can use (RET-1), in steps that may die anywhere. */
import { accountsKeptMs, retentionRowsMax } from '../core/protocol/batch-limits.ts';
import type { Removed, RetentionPorts } from './retention.ts';

const minuteMs = 60_000;

/** Each finds rows by a bound, oldest or not, and takes so many at once. */
const statements = {
  accounts: `DELETE FROM shard_accounts WHERE rowid IN (
    SELECT rowid FROM shard_accounts WHERE to_minute < ?1 ORDER BY to_minute LIMIT ?2)`,
  // Keys begin with the minute in eight digits.
  rejects: `DELETE FROM reject_reports WHERE key IN (
    SELECT key FROM reject_reports WHERE key < ?1 ORDER BY key LIMIT ?2)`,
  holes: `DELETE FROM door_holes WHERE rowid IN (
    SELECT rowid FROM door_holes WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)`,
  sessions: 'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < ?1 LIMIT ?2)',
} as const;

export async function removeAccounts(
  { db, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const cutMs = nowMs - accountsKeptMs;
  const [minute, time] = [Math.floor(cutMs / minuteMs), new Date(cutMs).toISOString()];
  const results = await db.batch([
    db.prepare(statements.accounts).bind(minute, limit),
    db.prepare(statements.rejects).bind(String(minute).padStart(8, '0'), limit),
    db.prepare(statements.holes).bind(time, limit),
    db.prepare(statements.sessions).bind(time, limit),
  ]);
  const changes = results.map(({ meta }) => meta.changes);
  return {
    removed: changes.reduce((sum, count) => sum + count, 0),
    more: changes.some((count) => count >= limit),
  };
}
