import { needsMigration } from './migrated.ts';

/** What the last firing of retention did. */
export interface RetentionReport {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** By kind: rows, parts, days or objects. */
  readonly removed: Readonly<Record<string, number>>;
  /** Kinds of which something may be left: the next firing goes on with them. */
  readonly left: readonly string[];
}

const name = 'retention';

export async function saveRetention(db: D1Database, report: RetentionReport): Promise<void> {
  const sql =
    'INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
  await db.prepare(sql).bind(name, JSON.stringify(report)).run();
}

/** Null where it has never run. */
export async function readRetention(db: D1Database): Promise<RetentionReport | null> {
  const query = db.prepare('SELECT value FROM settings WHERE name = ?1').bind(name);
  const text = await needsMigration(() => query.first<string>('value'));
  return text === null ? null : (JSON.parse(text) as RetentionReport);
}
