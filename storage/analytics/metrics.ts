/** The figures of a range as a whole. */
import { dateOfDay } from '../../core/warehouse/local-days.ts';
import { needsMigration } from '../migrated.ts';
import type { SessionSums } from './figures.ts';
import {
  Parameters,
  type SessionScope,
  type Statement,
  sessionConditions,
  userConditions,
} from './session-filters.ts';

export interface RangeMetrics extends SessionSums {
  readonly usersKnown: number;
}

export interface MetricsScope extends SessionScope {
  /** Epoch day, in the question's time zone, before which a user has to have signed up. */
  readonly endDay: number;
}

/** Of each scope. */
export async function readMetrics(db: D1Database, scopes: readonly MetricsScope[]): Promise<RangeMetrics[]> {
  const statements = scopes.flatMap((scope) => [sums(scope), usersKnown(scope)]);
  const results = await needsMigration(() =>
    db.batch<Record<string, number>>(statements.map(({ sql, values }) => db.prepare(sql).bind(...values))),
  );
  return scopes.map((_, index) => {
    const found = results[2 * index]?.results[0] as unknown as SessionSums;
    return { ...found, usersKnown: results[2 * index + 1]?.results[0]?.users ?? 0 };
  });
}

function sums({ fromSlot, toSlot, filters }: SessionScope): Statement {
  const parameters = new Parameters();
  const sql = `SELECT count(*) AS views, count(DISTINCT s.user_id) AS users,
      coalesce(sum(s.watch_duration_ms), 0) AS watchMs, coalesce(sum(s.completion_milli), 0) AS completionMilli,
      count(s.completion_milli) AS completions
    FROM viewing_sessions s
    WHERE s.start_slot >= ${parameters.add(fromSlot)} AND s.start_slot < ${parameters.add(toSlot)}
      ${sessionConditions(filters, parameters)}`;
  return { sql, values: parameters.values };
}

/**
 * Users who had signed up by the end; those of whom no import has told when are taken to have. Users have no region: where
 * regions are asked for, those are known who had a session in them by then.
 */
function usersKnown({ toSlot, endDay, filters }: MetricsScope): Statement {
  const parameters = new Parameters();
  const { region } = filters;
  if (region !== null) {
    const only = { ...filters, device_type: null, genre: null, content_id: null };
    const sql = `SELECT count(DISTINCT s.user_id) AS users FROM viewing_sessions s
      WHERE s.start_slot < ${parameters.add(toSlot)} ${sessionConditions(only, parameters)}`;
    return { sql, values: parameters.values };
  }
  const sql = `SELECT count(*) AS users FROM users u
    WHERE (u.signup_date IS NULL OR u.signup_date < ${parameters.add(dateOfDay(endDay))}) ${userConditions(filters, parameters)}`;
  return { sql, values: parameters.values };
}
