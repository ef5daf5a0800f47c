/** Sessions by day of a time zone. */
import type { LocalDay } from '../../core/warehouse/local-days.ts';
import { needsMigration } from '../migrated.ts';
import type { SessionSums } from './figures.ts';
import { Parameters, type SessionFilters, type Statement, sessionConditions } from './session-filters.ts';

/** One row a day, in the order given. */
export async function readDailySums(
  db: D1Database,
  days: readonly LocalDay[],
  filters: SessionFilters,
): Promise<SessionSums[]> {
  const { sql, values } = dailySums(days, filters);
  const rows = await needsMigration(() =>
    db
      .prepare(sql)
      .bind(...values)
      .raw<[string]>(),
  );
  return rows.map(([sums]) => {
    const [views, users, watchMs, completionMilli, completions] = JSON.parse(sums) as Five;
    return { views, users, watchMs: watchMs ?? 0, completionMilli: completionMilli ?? 0, completions };
  });
}

type Five = [number, number, number | null, number | null, number];

function dailySums(days: readonly LocalDay[], filters: SessionFilters): Statement {
  const parameters = new Parameters();
  const spans = parameters.add(JSON.stringify(days.map(({ fromSlot, toSlot }) => [fromSlot, toSlot])));
  const sql = `SELECT (SELECT json_array(count(*), count(DISTINCT s.user_id), sum(s.watch_duration_ms),
      sum(s.completion_milli), count(s.completion_milli))
    FROM viewing_sessions s
    WHERE s.start_slot >= d.value ->> 0 AND s.start_slot < d.value ->> 1
      ${sessionConditions(filters, parameters)}) FROM json_each(${spans}) d ORDER BY d.key`;
  return { sql, values: parameters.values };
}
