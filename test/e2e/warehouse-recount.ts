/** The figures of the analytics API, computed anew by DuckDB from the files that were imported. Nothing of the product is used. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export type Row = Readonly<Record<string, unknown>>;

export interface Question {
  readonly tz: string;
  /** ISO times, of any moment of the first and the last day. */
  readonly from: string;
  readonly to: string;
  /** Condition on a session. */
  readonly where: string;
  /** On a user. */
  readonly whereUser: string;
  readonly isOfRegion: boolean;
}

const completion = 'sum(completion_milli) / 1000.0 / nullif(count(completion_milli), 0)';
const hours = 'coalesce(sum(watch_ms), 0) / 3600000.0';
const perHour = `sum(buffering_count) / nullif(${hours}, 0)`;

export class Recount {
  readonly #duck: DuckDBConnection;

  private constructor(duck: DuckDBConnection) {
    this.#duck = duck;
  }

  static async of(folder: string): Promise<Recount> {
    const duck = await (await DuckDBInstance.create(':memory:')).connect();
    const file = (table: string) => `read_csv('${folder}/${table}.csv', header = true, all_varchar = true)`;
    await duck.run(`CREATE TABLE users AS SELECT * FROM ${file('users')}`);
    await duck.run(`CREATE TABLE movies AS SELECT * FROM ${file('movies')}`);
    await duck.run(`CREATE TABLE ratings AS SELECT * FROM ${file('ratings')}`);
    await duck.run(`CREATE TABLE s AS SELECT v.id AS session_id, v.user_id, v.movie_id, v.start_time::TIMESTAMPTZ AS start_time,
        round(v.watch_duration_minutes::DOUBLE * 60000)::BIGINT AS watch_ms,
        round(v.completion_rate::DOUBLE * 1000)::BIGINT AS completion_milli,
        v.device_type, v.quality, coalesce(v.buffering_count::BIGINT, 0) AS buffering_count,
        v.user_country AS country, v.subscription_type, v.region, m.genre, m.title, m.content_type
      FROM ${file('viewing_sessions')} v LEFT JOIN movies m ON m.id = v.movie_id`);
    await duck.run(
      `CREATE TABLE everyone AS SELECT id FROM users UNION SELECT user_id FROM s UNION SELECT user_id FROM ratings`,
    );
    return new Recount(duck);
  }

  async rows(sql: string): Promise<Row[]> {
    return (await this.#duck.runAndReadAll(sql)).getRowObjectsJson() as Row[];
  }

  /** Views `r` of the range and `p` of as many days before it, with `local` time and `d` its date. */
  async ask({ tz, from, to, where }: Question): Promise<void> {
    await this.#duck.run(`SET TimeZone = 'UTC'`);
    await this.#duck.run(`CREATE OR REPLACE TEMP VIEW a AS SELECT *, start_time AT TIME ZONE '${tz}' AS local,
      (start_time AT TIME ZONE '${tz}')::DATE AS d FROM s WHERE ${where}`);
    await this.#duck.run(`CREATE OR REPLACE TEMP TABLE ends AS SELECT
      (TIMESTAMPTZ '${from}' AT TIME ZONE '${tz}')::DATE AS first,
      ((TIMESTAMPTZ '${to}' - INTERVAL 1 MILLISECOND) AT TIME ZONE '${tz}')::DATE + 1 AS last`);
    await this.#duck.run(
      `CREATE OR REPLACE TEMP VIEW r AS SELECT a.* FROM a, ends WHERE d >= first AND d < last`,
    );
    await this.#duck.run(
      `CREATE OR REPLACE TEMP VIEW p AS SELECT a.* FROM a, ends WHERE d < first AND d >= first - (last - first)::INTEGER`,
    );
  }

  async metrics({ where, whereUser, isOfRegion, tz }: Question): Promise<Row[]> {
    const of = (view: string, end: string) => `SELECT
      (SELECT count(*) FROM everyone e LEFT JOIN users u USING (id), ends
        WHERE (u.signup_date IS NULL OR u.signup_date::DATE < ${end}) AND (${whereUser})
          ${isOfRegion ? `AND EXISTS (SELECT 1 FROM s WHERE s.user_id = e.id AND (${regionPart(where)}) AND (s.start_time AT TIME ZONE '${tz}')::DATE < ${end})` : ''}) AS total_users,
      count(DISTINCT user_id) AS active_users, count(*) AS total_views, ${hours} AS total_watch_time_hours,
      ${completion} AS avg_completion_rate FROM ${view}`;
    return [...(await this.rows(of('r', 'last'))), ...(await this.rows(of('p', 'first')))];
  }

  /** By a column of sessions; the columns that answers have. */
  async groups(by: string): Promise<Row[]> {
    return await this.rows(`SELECT rank() OVER (ORDER BY views DESC) AS rank, g.*, views / sum(views) OVER () AS share,
        (SELECT count(*) FROM p WHERE coalesce(p.${by}, 'Unknown') = g.name) AS previous_views
      FROM (SELECT coalesce(${by}, 'Unknown') AS name, count(*) AS views, count(DISTINCT user_id) AS users,
        ${hours} AS watch_hours, ${completion} AS avg_completion_rate, ${perHour} AS buffering_per_hour FROM r
        GROUP BY coalesce(${by}, 'Unknown')) g ORDER BY rank, name`);
  }

  async movies(sort: string): Promise<Row[]> {
    return await this.rows(`SELECT rank() OVER (ORDER BY ${sort}) AS rank, movie_id, title, coalesce(genre, 'Unknown') AS genre,
        content_type, views, unique_users, watch_hours, avg_completion_rate, avg_rating,
        (SELECT count(*) FROM p WHERE p.movie_id = g.movie_id) AS previous_views
      FROM (SELECT movie_id, any_value(title) AS title, any_value(genre) AS genre, any_value(content_type) AS content_type,
          count(*) AS views, count(DISTINCT user_id) AS unique_users, ${hours} AS watch_hours,
          ${completion} AS avg_completion_rate FROM r GROUP BY movie_id) g
        LEFT JOIN (SELECT movie_id, avg(rating::DOUBLE) AS avg_rating FROM ratings GROUP BY movie_id) USING (movie_id)
      ORDER BY ${sort}, movie_id`);
  }

  async hours(byWeekday: boolean): Promise<Row[]> {
    const weekday = byWeekday ? 'isodow(local)' : '0';
    return await this.rows(`WITH cells AS (SELECT w.weekday, h.hour FROM
        ${byWeekday ? 'range(1, 8)' : 'range(0, 1)'} w(weekday), range(0, 24) h(hour)),
      sums AS (SELECT ${weekday} AS weekday, hour(local) AS hour, count(*) AS views, ${completion} AS avg_completion_rate
        FROM r GROUP BY ALL)
      SELECT rank() OVER (ORDER BY coalesce(views, 0) DESC) AS rank, ${byWeekday ? 'weekday,' : ''} hour,
        coalesce(views, 0) AS views, coalesce(views, 0) / nullif(sum(views) OVER (), 0) AS share, avg_completion_rate
      FROM cells LEFT JOIN sums USING (weekday, hour) ORDER BY rank, weekday, hour`);
  }

  async days(): Promise<Row[]> {
    return await this.rows(`SELECT strftime(day, '%Y-%m-%d') AS date, count(r.user_id) AS views,
        count(DISTINCT r.user_id) AS unique_users, ${hours} AS watch_hours, ${completion} AS avg_completion_rate,
        (SELECT count(*) FROM p WHERE p.d = day - (last - first)::INTEGER) AS previous_views,
        strftime(day - (last - first)::INTEGER, '%Y-%m-%d') AS previous_date
      FROM ends, (SELECT unnest(range(first, last, INTERVAL 1 DAY))::DATE AS day FROM ends) LEFT JOIN r ON r.d = day
      GROUP BY day, first, last ORDER BY day`);
  }

  async quality(): Promise<Row[]> {
    return await this.rows(`SELECT coalesce(quality, 'Unknown') AS quality, coalesce(device_type, 'Unknown') AS device_type,
        count(*) AS views, count(*) FILTER (WHERE buffering_count > 0) / count(*) AS sessions_with_buffering_share,
        ${perHour} AS buffering_per_hour, ${completion} AS avg_completion_rate FROM r GROUP BY ALL`);
  }

  async users(): Promise<Row[]> {
    return await this.rows(`SELECT u.username, u.email, u.country, u.subscription_type, g.* EXCLUDE (user_id)
      FROM (SELECT user_id, count(*) AS views, ${hours} AS watch_hours, ${completion} AS avg_completion_rate,
        strftime(max(start_time), '%Y-%m-%dT%H:%M:%S.%gZ') AS last_seen FROM r GROUP BY user_id) g
      LEFT JOIN users u ON u.id = g.user_id`);
  }

  /** Of so many weeks up to the end of the range. */
  async cohorts(weeks: number): Promise<Row[]> {
    return await this.rows(`WITH firsts AS (SELECT user_id, date_trunc('week', min(local))::DATE AS cohort FROM a GROUP BY user_id),
      final AS (SELECT date_trunc('week', last - 1)::DATE AS week FROM ends),
      pairs AS (SELECT cohort, ((date_trunc('week', a.local)::DATE - cohort) / 7)::INTEGER AS n, count(DISTINCT user_id) AS users
        FROM firsts JOIN a USING (user_id), final
        WHERE cohort > final.week - ${7 * weeks} AND date_trunc('week', a.local)::DATE <= final.week GROUP BY ALL)
      SELECT strftime(c.cohort, '%Y-%m-%d') AS cohort, max(k.users) FILTER (WHERE g.n = 0) AS users,
        list(coalesce(k.users, 0) ORDER BY g.n) AS retained
      FROM (SELECT DISTINCT cohort FROM pairs) c CROSS JOIN final CROSS JOIN range(0, 60) g(n)
        LEFT JOIN pairs k ON k.cohort = c.cohort AND k.n = g.n
      WHERE g.n <= (final.week - c.cohort) / 7 GROUP BY c.cohort ORDER BY c.cohort`);
  }

  close(): void {
    this.#duck.closeSync();
  }
}

/** The condition on the region alone. */
const regionPart = (where: string): string =>
  where.split(' AND ').find((part) => part.includes('region')) ?? 'TRUE';
