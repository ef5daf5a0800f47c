/** Films by what was watched of them, in pages. */
import { type ComparedSums, comparedColumns, withinSpan } from './figures.ts';
import type { GroupScope } from './group-sums.ts';
import { movieConditions, Parameters, sessionConditions } from './session-filters.ts';
import { readRows } from './statement.ts';

/** None is ever null, so that a page can go on behind any row. */
const sortKeys = {
  views: 'f.views',
  watch_hours: 'f.watchMs',
  completion: 'coalesce(f.completionMilli * 1.0 / nullif(f.completions, 0), -1)',
  rating: 'coalesce(m.avg_rating, -1)',
  title: 'coalesce(m.title, m.content_id)',
} as const;

export type MovieSort = keyof typeof sortKeys;
export const movieSorts = Object.keys(sortKeys) as [MovieSort, ...MovieSort[]];

export interface MoviePage {
  readonly sort: MovieSort;
  readonly isAscending: boolean;
  /** Part of title or id, in any case of letters (of ASCII); null for all. */
  readonly search: string | null;
  readonly limit: number;
  /** Sort key and id of the last row of the page before; null for the first. */
  readonly after: readonly [key: number | string, id: string] | null;
}

export interface MovieSums extends ComparedSums {
  readonly rank: number;
  readonly contentId: string;
  readonly title: string | null;
  readonly genre: string | null;
  readonly contentType: string | null;
  readonly avgRating: number | null;
  readonly sortKey: number | string;
}

/** The films with views in the range. A rank is among all of them, whatever is searched for. */
export async function readTopMovies(
  db: D1Database,
  scope: GroupScope,
  page: MoviePage,
): Promise<MovieSums[]> {
  const parameters = new Parameters();
  const { filters } = scope;
  const columns = comparedColumns(scope, parameters);
  const ofSessions = sessionConditions({ ...filters, genre: null, content_id: null }, parameters);
  const direction = page.isAscending ? 'ASC' : 'DESC';
  const searched = page.search === null ? '' : `AND ${contains(page.search, parameters)}`;
  const behind = page.after === null ? '' : `AND ${isBehind(page, page.after, parameters)}`;
  const sql = `WITH figures AS (
      SELECT s.movie_id, ${columns}
      FROM viewing_sessions s INDEXED BY viewing_sessions_by_movie
      WHERE ${withinSpan(scope, parameters)} ${ofSessions} GROUP BY s.movie_id),
    ranked AS (
      SELECT f.*, m.content_id AS contentId, m.title, m.genre, m.content_type AS contentType,
        m.avg_rating AS avgRating, ${sortKeys[page.sort]} AS sortKey,
        rank() OVER (ORDER BY ${sortKeys[page.sort]} ${direction}) AS rank
      FROM figures f CROSS JOIN movies m ON m.id = f.movie_id
      WHERE f.views > 0 ${movieConditions(filters, parameters)})
    SELECT * FROM ranked WHERE TRUE ${searched} ${behind}
    ORDER BY sortKey ${direction}, contentId LIMIT ${parameters.add(page.limit)}`;
  return await readRows(db, { sql, values: parameters.values });
}

/** What LIKE takes for patterns is meant as it is. */
function contains(search: string, parameters: Parameters): string {
  const pattern = parameters.add(`%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  return String.raw`(title LIKE ${pattern} ESCAPE '\' OR contentId LIKE ${pattern} ESCAPE '\')`;
}

function isBehind(
  { isAscending }: MoviePage,
  [key, id]: readonly [number | string, string],
  parameters: Parameters,
): string {
  const place = parameters.add(key);
  return `(sortKey ${isAscending ? '>' : '<'} ${place} OR (sortKey = ${place} AND contentId > ${parameters.add(id)}))`;
}
