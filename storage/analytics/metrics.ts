/** The figures of a range as a whole. */
import { dateOfDay, slotMs } from '../../core/warehouse/local-days.ts';
import { type SessionSums, withinSpan } from './figures.ts';
import {
  condition,
  isUnfiltered,
  Parameters,
  type SessionScope,
  sessionConditions,
  userConditions,
} from './session-filters.ts';
import { readAll, type Statement } from './statement.ts';

export interface RangeMetrics extends SessionSums {
  readonly usersKnown: number;
}

export interface MetricsScope extends SessionScope {
  /** Epoch day, in the question's time zone, before which a user has to have signed up. */
  readonly endDay: number;
}

/** Of each scope. */
export async function readMetrics(db: D1Database, scopes: readonly MetricsScope[]): Promise<RangeMetrics[]> {
  const statements = scopes.flatMap((scope) => [sums(scope), activeUsers(scope), knownUsers(scope)]);
  const rows = (await readAll<Record<string, number>>(db, statements)).map(([row]) => row ?? {});
  return scopes.map((_, index) => {
    const [found = {}, active = {}, known = {}] = rows.slice(3 * index, 3 * index + 3);
    const { views = 0, watchMs = 0, completionMilli = 0, completions = 0 } = found;
    return {
      views,
      watchMs,
      completionMilli,
      completions,
      users: active.users ?? 0,
      usersKnown: known.users ?? 0,
    };
  });
}

function sums(scope: SessionScope): Statement {
  const { fromSlot, toSlot, filters } = scope;
  if (isUnfiltered(filters) && fromSlot % 4 === 0 && toSlot % 4 === 0) return summedHours(scope);
  const parameters = new Parameters();
  const sql = `SELECT count(*) AS views, coalesce(sum(s.watch_duration_ms), 0) AS watchMs,
      coalesce(sum(s.completion_milli), 0) AS completionMilli, count(s.completion_milli) AS completions
    FROM viewing_sessions s INDEXED BY viewing_sessions_by_start
    WHERE ${withinSpan(scope, parameters)} ${sessionConditions(filters, parameters)}`;
  return { sql, values: parameters.values };
}

function summedHours({ fromSlot, toSlot }: SessionScope): Statement {
  const sql = `SELECT coalesce(sum(total_views), 0) AS views, coalesce(sum(watch_duration_ms), 0) AS watchMs,
      coalesce(sum(completion_milli_sum), 0) AS completionMilli, coalesce(sum(completion_count), 0) AS completions
    FROM hourly_analytics WHERE hour >= ?1 AND hour < ?2`;
  return { sql, values: [fromSlot / 4, toSlot / 4] };
}

/** Looks for one session of each user: a quarter of the time that counting distinct ones of all sessions takes. */
function activeUsers(scope: SessionScope): Statement {
  const parameters = new Parameters();
  const sql = `SELECT count(*) AS users FROM users u WHERE EXISTS (
    SELECT 1 FROM viewing_sessions s INDEXED BY viewing_sessions_by_user
    WHERE s.user_id = u.id AND ${withinSpan(scope, parameters, 'start_time_ms')}
      ${sessionConditions(scope.filters, parameters)})`;
  return { sql, values: parameters.values };
}

/**
 * Users who had signed up by the end; those of whom no import has told when are taken to have. Users have no region: where
 * regions are asked for, those are known who had a session in them by then.
 */
function knownUsers({ toSlot, endDay, filters }: MetricsScope): Statement {
  const parameters = new Parameters();
  const end = parameters.add(dateOfDay(endDay));
  const own = userConditions(filters, parameters);
  const { region } = filters;
  const isOfRegion =
    region === null
      ? ''
      : `AND EXISTS (SELECT 1 FROM viewing_sessions s INDEXED BY viewing_sessions_by_user
          WHERE s.user_id = u.id AND s.start_time_ms < ${parameters.add(toSlot * slotMs)}
            AND ${condition('s.region_number', region, parameters)})`;
  const sql = `SELECT count(*) AS users FROM users u INDEXED BY users_by_signup
    WHERE (u.signup_date IS NULL OR u.signup_date < ${end}) ${own} ${isOfRegion}`;
  return { sql, values: parameters.values };
}
