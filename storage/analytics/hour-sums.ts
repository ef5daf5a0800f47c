/** Sessions by hour of the day and of the week, in a time zone. */
import type { OffsetPiece } from '../../core/warehouse/local-days.ts';
import { withinSpan } from './figures.ts';
import { localHour, localSlot, localWeekday } from './local-time.ts';
import { isUnfiltered, Parameters, type SessionScope, sessionConditions } from './session-filters.ts';
import { readRows } from './statement.ts';

export interface HourSums {
  /** 1 for Monday to 7. */
  readonly weekday: number;
  readonly hour: number;
  readonly views: number;
  readonly completionMilli: number;
  readonly completions: number;
}

/** Of the hours of the week in which a session began, in no order. */
export async function readHourSums(
  db: D1Database,
  scope: SessionScope,
  pieces: readonly OffsetPiece[],
): Promise<HourSums[]> {
  const parameters = new Parameters();
  const isSummed =
    isUnfiltered(scope.filters) &&
    [scope.fromSlot, scope.toSlot, ...pieces.map(({ offsetSlots }) => offsetSlots)].every((n) => n % 4 === 0);
  const slots = isSummed ? summedHours(scope, parameters) : countedSlots(scope, parameters);
  const local = localSlot('slot', pieces, parameters);
  const sql = `WITH slots AS (${slots})
    SELECT ${localWeekday(local)} AS weekday, ${localHour(local)} AS hour, sum(views) AS views,
      sum(completionMilli) AS completionMilli, sum(completions) AS completions
    FROM slots GROUP BY 1, 2`;
  return await readRows(db, { sql, values: parameters.values });
}

function summedHours({ fromSlot, toSlot }: SessionScope, parameters: Parameters): string {
  return `SELECT hour * 4 AS slot, total_views AS views, completion_milli_sum AS completionMilli,
      completion_count AS completions
    FROM hourly_analytics WHERE hour >= ${parameters.add(fromSlot / 4)} AND hour < ${parameters.add(toSlot / 4)}`;
}

/** In the order of the index: 96 groups a day, which are few. */
function countedSlots(scope: SessionScope, parameters: Parameters): string {
  return `SELECT s.start_slot AS slot, count(*) AS views, coalesce(sum(s.completion_milli), 0) AS completionMilli,
      count(s.completion_milli) AS completions
    FROM viewing_sessions s INDEXED BY viewing_sessions_by_start
    WHERE ${withinSpan(scope, parameters)} ${sessionConditions(scope.filters, parameters)} GROUP BY s.start_slot`;
}
