/** One user, and what was watched. */
import { type ComparedSums, comparedColumns, withinSpan } from './figures.ts';
import type { GroupScope, GroupSums } from './group-sums.ts';
import { condition, Parameters, sessionConditions, type ValueFilter } from './session-filters.ts';
import { readAll, readRows } from './statement.ts';

export interface UserDetail {
  readonly id: number;
  readonly pseudonym: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly age: number | null;
  readonly gender: string | null;
  readonly country: string | null;
  readonly subscription_type: string | null;
  readonly signup_date: string | null;
  readonly is_active: number;
  readonly preferred_genre: string | null;
  readonly is_inferred: number;
}

/** Null also for one without a session in the regions, where the caller is limited to some. */
export async function readUser(
  db: D1Database,
  pseudonym: string,
  regions: ValueFilter<number> | null,
): Promise<UserDetail | null> {
  const parameters = new Parameters();
  const id = parameters.add(pseudonym);
  const seen =
    regions === null
      ? ''
      : `AND EXISTS (SELECT 1 FROM viewing_sessions s INDEXED BY viewing_sessions_by_user
          WHERE s.user_id = u.id AND ${condition('s.region_number', regions, parameters)})`;
  const sql = `SELECT id, pseudonym, username, email, age, gender, country, subscription_type, signup_date, is_active,
      preferred_genre, is_inferred
    FROM users u WHERE pseudonym = ${id} ${seen}`;
  const [found = null] = await readRows<UserDetail>(db, { sql, values: parameters.values });
  return found;
}

export interface UserFigures {
  readonly sums: ComparedSums;
  readonly genres: readonly GroupSums[];
}

export async function readUserFigures(
  db: D1Database,
  userId: number,
  scope: GroupScope,
): Promise<UserFigures> {
  const statements = (['sums', 'genres'] as const).map((kind) => {
    const parameters = new Parameters();
    const columns = comparedColumns(scope, parameters, 'start_time_ms');
    const from = 'FROM viewing_sessions s INDEXED BY viewing_sessions_by_user';
    const where = `WHERE s.user_id = ${parameters.add(userId)} AND ${withinSpan(scope, parameters, 'start_time_ms')}
      ${sessionConditions(scope.filters, parameters)}`;
    const genres = `WITH groups AS (
        SELECT m.genre AS name, ${columns}, 0 AS stalls ${from} CROSS JOIN movies m ON m.id = s.movie_id ${where}
        GROUP BY m.genre)
      SELECT *, rank() OVER (ORDER BY views DESC) AS rank, views * 1.0 / sum(views) OVER () AS share
      FROM groups WHERE views > 0 ORDER BY rank, name`;
    return {
      sql: kind === 'genres' ? genres : `SELECT ${columns} ${from} ${where}`,
      values: parameters.values,
    };
  });
  const [sums = [], genres = []] = await readAll(db, statements);
  return { sums: sums[0] as ComparedSums, genres: genres as GroupSums[] };
}
