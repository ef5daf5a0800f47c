/** Users by what they have watched, in pages. */
import { withinSpan } from './figures.ts';
import { Parameters, type SessionScope, sessionConditions } from './session-filters.ts';
import { readRows } from './statement.ts';

const sortKeys = { views: 'views', watch_hours: 'watchMs', last_seen: 'lastStartMs' } as const;

export type UserSort = keyof typeof sortKeys;
export const userSorts = Object.keys(sortKeys) as [UserSort, ...UserSort[]];

export interface UserPage {
  readonly sort: UserSort;
  readonly limit: number;
  /** Sort key and row id of the last row of the page before; null for the first. */
  readonly after: readonly [key: number, id: number] | null;
}

export interface UserSums {
  readonly id: number;
  readonly sortKey: number;
  readonly pseudonym: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly country: string | null;
  readonly subscriptionType: string | null;
  readonly views: number;
  readonly watchMs: number;
  readonly completionMilli: number;
  readonly completions: number;
  readonly lastStartMs: number;
}

/** The users with a session in the range. Only those of the page are looked up. */
export async function readTopUsers(db: D1Database, scope: SessionScope, page: UserPage): Promise<UserSums[]> {
  const parameters = new Parameters();
  const where = `${withinSpan(scope, parameters, 'start_time_ms')} ${sessionConditions(scope.filters, parameters)}`;
  const key = sortKeys[page.sort];
  const sql = `WITH figures AS (
      SELECT s.user_id AS id, count(*) AS views, sum(s.watch_duration_ms) AS watchMs,
        coalesce(sum(s.completion_milli), 0) AS completionMilli, count(s.completion_milli) AS completions,
        max(s.start_time_ms) AS lastStartMs
      FROM viewing_sessions s INDEXED BY viewing_sessions_by_user WHERE ${where} GROUP BY s.user_id),
    page AS MATERIALIZED (
      SELECT *, ${key} AS sortKey FROM figures ${behind(key, page, parameters)}
      ORDER BY sortKey DESC, id LIMIT ${parameters.add(page.limit)})
    SELECT p.*, u.pseudonym, u.username, u.email, u.country, u.subscription_type AS subscriptionType
    FROM page p CROSS JOIN users u ON u.id = p.id ORDER BY p.sortKey DESC, p.id`;
  return await readRows(db, { sql, values: parameters.values });
}

function behind(key: string, { after }: UserPage, parameters: Parameters): string {
  if (after === null) return '';
  const place = parameters.add(after[0]);
  return `WHERE ${key} < ${place} OR (${key} = ${place} AND id > ${parameters.add(after[1])})`;
}
