/** What is summed from sessions and ratings (WHS-3), against a recount of the rows. */
import type { SqliteD1 } from './sqlite-d1.ts';

interface SessionRow {
  readonly user_id: number;
  readonly movie_id: number;
  readonly start_time_ms: number;
  readonly watch_duration_ms: number;
  readonly completion_milli: number | null;
  readonly buffering_count: number;
}

const hourMs = 3_600_000;

export function checkSums(database: SqliteD1): void {
  const sessions = database.rows<SessionRow>(
    `SELECT user_id, movie_id, start_time_ms, watch_duration_ms, completion_milli, buffering_count
     FROM viewing_sessions`,
  );
  const genres = new Map(
    database
      .rows<{ id: number; genre: string | null }>('SELECT id, genre FROM movies')
      .map(({ id, genre }) => [id, genre ?? '']),
  );
  const places = [
    ['daily_analytics', 'day', (row: SessionRow) => Math.floor(row.start_time_ms / (24 * hourMs))],
    ['hourly_analytics', 'hour', (row: SessionRow) => Math.floor(row.start_time_ms / hourMs)],
    ['genre_analytics', 'genre', (row: SessionRow) => genres.get(row.movie_id) as string],
  ] as const;
  for (const [table, key, placeOf] of places) {
    const told = database
      .rows<Record<string, unknown>>(
        `SELECT ${key} AS place, total_views, unique_users, watch_duration_ms, completion_milli_sum, completion_count,
           buffering_count FROM ${table}`,
      )
      .map((row) => JSON.stringify(Object.values(row)));
    const groups = Map.groupBy<string | number, SessionRow>(sessions, placeOf);
    const wanted = [...groups].map(([place, own]) => JSON.stringify([place, ...sumsOf(own)]));
    compare(table, told, wanted);
  }
  checkMovies(database);
}

function sumsOf(rows: readonly SessionRow[]): number[] {
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const completions = rows.map(({ completion_milli }) => completion_milli).filter((milli) => milli !== null);
  return [
    rows.length,
    new Set(rows.map(({ user_id }) => user_id)).size,
    sum(rows.map(({ watch_duration_ms }) => watch_duration_ms)),
    sum(completions),
    completions.length,
    sum(rows.map(({ buffering_count }) => buffering_count)),
  ];
}

function checkMovies(database: SqliteD1): void {
  const views = Map.groupBy(
    database.rows<{ movie_id: number }>('SELECT movie_id FROM viewing_sessions'),
    ({ movie_id }) => movie_id,
  );
  const ratings = Map.groupBy(
    database.rows<{ movie_id: number; rating_milli: number }>('SELECT movie_id, rating_milli FROM ratings'),
    ({ movie_id }) => movie_id,
  );
  const movies = database.rows<{
    id: number;
    total_views: number;
    rating_count: number;
    avg_rating: number | null;
  }>('SELECT id, total_views, rating_count, avg_rating FROM movies');
  const told = movies.map(({ id, total_views, rating_count, avg_rating }) =>
    JSON.stringify([id, total_views, rating_count, avg_rating]),
  );
  const wanted = movies.map(({ id }) => {
    const own = ratings.get(id) ?? [];
    const total = own.reduce((sum, { rating_milli }) => sum + rating_milli, 0);
    return JSON.stringify([
      id,
      views.get(id)?.length ?? 0,
      own.length,
      own.length === 0 ? null : total / 1000 / own.length,
    ]);
  });
  compare('movies', told, wanted);
}

function compare(table: string, told: readonly string[], wanted: readonly string[]): void {
  const [is, should] = [told, wanted].map((rows) => rows.toSorted().join('\n'));
  if (is !== should) throw new Error(`[WHS-3] ${table} says\n${is}\nand the rows\n${should}`);
}
