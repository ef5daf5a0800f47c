/** Users by the week of their first session, and in which weeks they came back. */
import { type SlotSpan, slotMs } from '../../core/warehouse/local-days.ts';
import { Parameters, type SessionFilters, sessionConditions } from './session-filters.ts';
import { readRows } from './statement.ts';

export interface Cohort {
  /** Place of its week. */
  readonly week: number;
  readonly users: number;
  /** By week since its own. */
  readonly retained: readonly number[];
}

/**
 * Cohorts of weeks, which follow one another. The first session is that of all which are kept. Of each user and week one
 * session is looked for: that is half the work of finding the distinct weeks of all sessions.
 */
export async function readCohorts(
  db: D1Database,
  weeks: readonly SlotSpan[],
  filters: SessionFilters,
): Promise<Cohort[]> {
  const parameters = new Parameters();
  const starts = weeks.map(({ fromSlot }) => parameters.add(fromSlot * slotMs));
  const end = parameters.add((weeks.at(-1)?.toSlot ?? 0) * slotMs);
  const conditions = sessionConditions(filters, parameters);
  const sessionsOf = (id: string) =>
    `FROM viewing_sessions s INDEXED BY viewing_sessions_by_user WHERE s.user_id = ${id} ${conditions}`;
  const weekOf = starts.map((start, week) => `WHEN first >= ${start} THEN ${week}`).reverse();
  const came = starts.map((start, week) => {
    const span = `s.start_time_ms >= ${start} AND s.start_time_ms < ${starts[week + 1] ?? end}`;
    return `sum(CASE WHEN c.week <= ${week} THEN EXISTS (SELECT 1 ${sessionsOf('c.id')} AND ${span}) END)`;
  });
  const sql = `WITH firsts AS (
      SELECT u.id, (SELECT s.start_time_ms ${sessionsOf('u.id')} ORDER BY s.start_time_ms LIMIT 1) AS first FROM users u),
    cohorts AS MATERIALIZED (
      SELECT id, CASE ${weekOf.join(' ')} END AS week FROM firsts WHERE first >= ${starts[0]} AND first < ${end})
    SELECT c.week, count(*) AS users, json_array(${came.join(', ')}) AS came FROM cohorts c
    GROUP BY c.week ORDER BY c.week`;
  const rows = await readRows<{ week: number; users: number; came: string }>(db, {
    sql,
    values: parameters.values,
  });
  return rows.map(({ week, users, came: each }) => ({
    week,
    users,
    retained: (JSON.parse(each) as (number | null)[]).slice(week).map((count) => count ?? 0),
  }));
}
