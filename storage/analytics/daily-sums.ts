/** Sessions by day of a time zone. */
import { daySlots, type LocalDay } from '../../core/warehouse/local-days.ts';
import type { SessionSums } from './figures.ts';
import { isUnfiltered, Parameters, type SessionFilters, sessionConditions } from './session-filters.ts';
import { readRows, type Statement } from './statement.ts';

/** One row a day, in the order given. */
export async function readDailySums(
  db: D1Database,
  days: readonly LocalDay[],
  filters: SessionFilters,
): Promise<SessionSums[]> {
  const isSummed = isUnfiltered(filters) && days.every(isUtcDay);
  const rows = await readRows<{ sums: string }>(db, isSummed ? summedDays(days) : countedDays(days, filters));
  return rows.map(({ sums }) => {
    const [views, users, watchMs, completionMilli, completions] = JSON.parse(sums) as Five;
    return { views, users, watchMs: watchMs ?? 0, completionMilli: completionMilli ?? 0, completions };
  });
}

type Five = [number, number, number | null, number | null, number];

const isUtcDay = ({ day, fromSlot, toSlot }: LocalDay): boolean =>
  fromSlot === day * daySlots && toSlot === (day + 1) * daySlots;

const spansOf = (days: readonly LocalDay[]): string =>
  JSON.stringify(days.map(({ fromSlot, toSlot }) => [fromSlot, toSlot]));

/** A search of the index for each day, so that nothing is sorted, and distinct users are those of one day at a time. */
function countedDays(days: readonly LocalDay[], filters: SessionFilters): Statement {
  const parameters = new Parameters();
  const spans = parameters.add(spansOf(days));
  const sql = `SELECT (SELECT json_array(count(*), count(DISTINCT s.user_id), sum(s.watch_duration_ms),
      sum(s.completion_milli), count(s.completion_milli))
    FROM viewing_sessions s INDEXED BY viewing_sessions_by_start
    WHERE s.start_slot >= d.value ->> 0 AND s.start_slot < d.value ->> 1
      ${sessionConditions(filters, parameters)}) AS sums FROM json_each(${spans}) d ORDER BY d.key`;
  return { sql, values: parameters.values };
}

/** Days of UTC with all of their sessions are summed already. */
function summedDays(days: readonly LocalDay[]): Statement {
  const parameters = new Parameters();
  const sql = `SELECT coalesce((SELECT json_array(a.total_views, a.unique_users, a.watch_duration_ms,
      a.completion_milli_sum, a.completion_count)
    FROM daily_analytics a WHERE a.day = d.value), '[0,0,0,0,0]') AS sums
    FROM json_each(${parameters.add(JSON.stringify(days.map(({ day }) => day)))}) d ORDER BY d.key`;
  return { sql, values: parameters.values };
}
