/** What is summed from the sessions and ratings, made anew from them (WHS-3): each in one transaction, the same again. */
import { refreshDaysMax, refreshStatementsMax } from '../../core/protocol/warehouse-limits.ts';
import { jsonChunks } from '../json-chunks.ts';
import { needsMigration } from '../migrated.ts';

/** Epoch days of UTC, half-open. */
export interface DayRange {
  readonly fromDay: number;
  readonly toDay: number;
}

const slotsPerDay = 96;

const sumNames =
  'total_views, unique_users, watch_duration_ms, completion_milli_sum, completion_count, buffering_count';
const sums = `count(*), count(DISTINCT s.user_id), sum(s.watch_duration_ms), coalesce(sum(s.completion_milli), 0),
  count(s.completion_milli), sum(s.buffering_count)`;

const inRange = `s.start_slot >= ?1 * ${slotsPerDay} AND s.start_slot < ?2 * ${slotsPerDay}`;

const rangeSql = [
  'DELETE FROM daily_analytics WHERE day >= ?1 AND day < ?2',
  `INSERT INTO daily_analytics (day, ${sumNames})
    SELECT s.start_slot / ${slotsPerDay} AS at, ${sums} FROM viewing_sessions s WHERE ${inRange} GROUP BY at`,
  'DELETE FROM hourly_analytics WHERE hour >= ?1 * 24 AND hour < ?2 * 24',
  `INSERT INTO hourly_analytics (hour, ${sumNames})
    SELECT s.start_slot / 4 AS at, ${sums} FROM viewing_sessions s WHERE ${inRange} GROUP BY at`,
];

const genresSql = [
  'DELETE FROM genre_analytics',
  `INSERT INTO genre_analytics (genre, ${sumNames})
    SELECT coalesce(m.genre, '') AS of, ${sums}
    FROM viewing_sessions s CROSS JOIN movies m ON m.id = s.movie_id GROUP BY of`,
];

/** Sums of the days and of their hours, and those of all genres. Returns how many rows were written or removed. */
export async function refreshAggregates(db: D1Database, range: DayRange | 'all'): Promise<number> {
  const statements: D1PreparedStatement[] = [];
  for (const { fromDay, toDay } of await rangesOf(db, range))
    statements.push(...rangeSql.map((sql) => db.prepare(sql).bind(fromDay, toDay)));
  statements.push(...genresSql.map((sql) => db.prepare(sql)));
  const results = await needsMigration(() => db.batch(statements));
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}

/** Some days each. */
async function rangesOf(db: D1Database, range: DayRange | 'all'): Promise<DayRange[]> {
  const { fromDay, toDay } = range === 'all' ? await wholeRange(db) : range;
  const days = Math.max(refreshDaysMax, Math.ceil((toDay - fromDay) / refreshStatementsMax));
  const ranges: DayRange[] = [];
  for (let from = fromDay; from < toDay; from += days)
    ranges.push({ fromDay: from, toDay: Math.min(toDay, from + days) });
  return ranges;
}

/** Of the sessions, and of what was summed when there were others. Null where there are none. */
const wholeSql = ['min', 'max'].map(
  (end) => `SELECT (SELECT ${end}(start_slot) / ${slotsPerDay} FROM viewing_sessions) AS sessions,
    (SELECT ${end}(day) FROM daily_analytics) AS days,
    (SELECT ${end}(hour) / 24 FROM hourly_analytics) AS hours`,
);

async function wholeRange(db: D1Database): Promise<DayRange> {
  const ends = await needsMigration(() =>
    db.batch<Record<string, number | null>>(wholeSql.map((sql) => db.prepare(sql))),
  );
  const [first, last] = ends.map(({ results }) =>
    Object.values(results[0] ?? {}).filter((day) => day !== null),
  );
  if (!first?.length || !last?.length) return { fromDay: 0, toDay: 0 };
  return { fromDay: Math.min(...first), toDay: Math.max(...last) + 1 };
}

const moviesSql = (views: string, wanted: string): string => `UPDATE movies
  SET total_views = f.views, rating_count = f.ratings, avg_rating = f.mean
  FROM (SELECT w.id AS id, coalesce(v.views, 0) AS views, coalesce(r.ratings, 0) AS ratings, r.mean AS mean
    FROM movies w
    LEFT JOIN (SELECT movie_id, count(*) AS views FROM viewing_sessions ${views} GROUP BY movie_id) v
      ON v.movie_id = w.id
    LEFT JOIN (SELECT movie_id, count(*) AS ratings, sum(rating_milli) / 1000.0 / count(*) AS mean
      FROM ratings ${views} GROUP BY movie_id) r ON r.movie_id = w.id ${wanted}) f
  WHERE movies.id = f.id AND (movies.total_views, movies.rating_count, movies.avg_rating)
    IS NOT (f.views, f.ratings, f.mean)`;

const idsSql = 'SELECT id FROM movies WHERE content_id IN (SELECT value FROM json_each(?1))';
const someMoviesSql = moviesSql(`WHERE movie_id IN (${idsSql})`, `WHERE w.id IN (${idsSql})`);
const allMoviesSql = moviesSql('', '');

/** Views, ratings and mean rating of the movies with these content ids. Returns how many rows have changed. */
export async function refreshMovies(db: D1Database, contentIds: readonly string[] | 'all'): Promise<number> {
  const statements =
    contentIds === 'all'
      ? [db.prepare(allMoviesSql)]
      : jsonChunks(contentIds.map((id) => JSON.stringify(id))).map((chunk) =>
          db.prepare(someMoviesSql).bind(chunk),
        );
  if (statements.length === 0) return 0;
  const results = await needsMigration(() => db.batch(statements));
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}
