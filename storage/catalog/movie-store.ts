/** The films of the catalogue (CAT-1): the table `movies` of the warehouse, read by content id. */
import { needsMigration } from '../migrated.ts';

export interface CatalogMovie {
  readonly content_id: string;
  readonly title: string | null;
  readonly genre: string | null;
  readonly content_type: string | null;
  readonly duration_minutes: number | null;
  /** YYYY-MM-DD. */
  readonly release_date: string | null;
  readonly director: string | null;
  readonly cast: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly avg_rating: number | null;
  readonly rating_count: number;
  readonly total_views: number;
  readonly is_inferred: boolean;
}

export interface MovieSearch {
  /** A part of the title; null for any. */
  readonly text: string | null;
  readonly genre: string | null;
  /** Content ids; null for all. */
  readonly ids: readonly string[] | null;
  readonly limit: number;
  /** Content id of the last film of the page before; null for the first page. */
  readonly after: string | null;
}

const columns = `content_id, title, genre, content_type, duration_minutes, release_date, director, "cast", country, language,
  avg_rating, rating_count, total_views, is_inferred`;

type Row = Omit<CatalogMovie, 'is_inferred'> & { readonly is_inferred: number };

const movieOf = (row: Row): CatalogMovie => ({ ...row, is_inferred: row.is_inferred !== 0 });

/** The statement of a search and its parameters. It goes along the index of content ids, however little it finds. */
export function searchStatement({ text, genre, ids, limit, after }: MovieSearch): {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
} {
  const wanted = [
    // The letters A to Z alone have cases for SQLite.
    ['instr(lower(title), lower(?)) > 0', text],
    ['genre = ?', genre],
    ['content_id IN (SELECT value FROM json_each(?))', ids && JSON.stringify(ids)],
    ['content_id > ?', after],
  ].filter((one): one is [string, string] => one[1] !== null);
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([condition]) => condition).join(' AND ')}`;
  return {
    sql: `SELECT ${columns} FROM movies ${where} ORDER BY content_id LIMIT ?`,
    parameters: [...wanted.map(([, value]) => value), limit],
  };
}

/** Films by content id. */
export async function searchMovies(db: D1Database, search: MovieSearch): Promise<CatalogMovie[]> {
  const { sql, parameters } = searchStatement(search);
  const { results } = await needsMigration(() =>
    db
      .prepare(sql)
      .bind(...parameters)
      .all<Row>(),
  );
  return results.map(movieOf);
}

/** Those of these ids that there are, by id. */
export async function readMovies(
  db: D1Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CatalogMovie>> {
  const found = await searchMovies(db, { text: null, genre: null, ids, after: null, limit: ids.length });
  return new Map(found.map((movie) => [movie.content_id, movie]));
}
