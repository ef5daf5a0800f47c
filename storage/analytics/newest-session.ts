import { needsMigration } from '../migrated.ts';
import { condition, Parameters, type ValueFilter } from './session-filters.ts';

/** When the newest session of these regions began, ms; null without any. */
export async function readNewestStart(
  db: D1Database,
  regions: ValueFilter<number> | null,
): Promise<number | null> {
  const parameters = new Parameters();
  const where = regions === null ? '' : `WHERE ${condition('s.region_number', regions, parameters)}`;
  const newest = `SELECT s.start_slot FROM viewing_sessions s INDEXED BY viewing_sessions_by_start ${where}
    ORDER BY s.start_slot DESC LIMIT 1`;
  const sql = `SELECT max(s.start_time_ms) AS newest FROM viewing_sessions s INDEXED BY viewing_sessions_by_start
    WHERE s.start_slot = (${newest})`;
  return await needsMigration(() =>
    db
      .prepare(sql)
      .bind(...parameters.values)
      .first<number | null>('newest'),
  );
}
