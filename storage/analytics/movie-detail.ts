/** One film, and what was watched of it. */
import type { OffsetPiece } from '../../core/warehouse/local-days.ts';
import { type ComparedSums, comparedColumns, type SessionSums, sumColumns, withinSpan } from './figures.ts';
import type { GroupScope, GroupSums } from './group-sums.ts';
import { localDay, localSlot } from './local-time.ts';
import { Parameters, sessionConditions } from './session-filters.ts';
import { readAll, readRows, type Statement } from './statement.ts';

export interface MovieDetail {
  readonly id: number;
  readonly content_id: string;
  readonly title: string | null;
  readonly genre: string | null;
  readonly content_type: string | null;
  readonly duration_minutes: number | null;
  readonly release_date: string | null;
  readonly director: string | null;
  readonly cast: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly avg_rating: number | null;
  readonly rating_count: number;
  readonly total_views: number;
}

export async function readMovie(db: D1Database, contentId: string): Promise<MovieDetail | null> {
  const sql = `SELECT id, content_id, title, genre, content_type, duration_minutes, release_date, director, "cast",
      country, language, avg_rating, rating_count, total_views
    FROM movies WHERE content_id = ?1`;
  const [found = null] = await readRows<MovieDetail>(db, { sql, values: [contentId] });
  return found;
}

export interface MovieFigures {
  readonly sums: ComparedSums;
  /** By epoch day of the zone, of the days before too; days without sessions are left out. */
  readonly days: readonly (SessionSums & { readonly day: number })[];
  readonly devices: readonly GroupSums[];
  readonly countries: readonly GroupSums[];
}

/** Its sessions are few beside all: they may be sorted. */
export async function readMovieFigures(
  db: D1Database,
  movieId: number,
  scope: GroupScope,
  pieces: readonly OffsetPiece[],
): Promise<MovieFigures> {
  const statements = [
    figures(movieId, scope),
    dailyFigures(movieId, scope, pieces),
    groupFigures(movieId, scope, 's.device_type'),
    groupFigures(movieId, scope, 's.user_country'),
  ];
  const [sums = [], days = [], devices = [], countries = []] = await readAll(db, statements);
  return {
    sums: sums[0] as ComparedSums,
    days: days as MovieFigures['days'],
    devices: devices as GroupSums[],
    countries: countries as GroupSums[],
  };
}

const from = 'FROM viewing_sessions s INDEXED BY viewing_sessions_by_movie';

function ofMovie(movieId: number, scope: GroupScope, parameters: Parameters): string {
  return `s.movie_id = ${parameters.add(movieId)} AND ${withinSpan(scope, parameters)}
    ${sessionConditions(scope.filters, parameters)}`;
}

function figures(movieId: number, scope: GroupScope): Statement {
  const parameters = new Parameters();
  const columns = comparedColumns(scope, parameters);
  const sql = `SELECT ${columns} ${from} WHERE ${ofMovie(movieId, scope, parameters)}`;
  return { sql, values: parameters.values };
}

function dailyFigures(movieId: number, scope: GroupScope, pieces: readonly OffsetPiece[]): Statement {
  const parameters = new Parameters();
  const day = localDay(localSlot('s.start_slot', pieces, parameters));
  const sql = `SELECT ${day} AS day, ${sumColumns} ${from}
    WHERE ${ofMovie(movieId, scope, parameters)} GROUP BY day`;
  return { sql, values: parameters.values };
}

function groupFigures(movieId: number, scope: GroupScope, by: string): Statement {
  const parameters = new Parameters();
  const columns = comparedColumns(scope, parameters);
  const sql = `WITH groups AS (
      SELECT ${by} AS name, ${columns}, 0 AS stalls ${from} WHERE ${ofMovie(movieId, scope, parameters)} GROUP BY ${by})
    SELECT *, rank() OVER (ORDER BY views DESC) AS rank, views * 1.0 / sum(views) OVER () AS share
    FROM groups WHERE views > 0 ORDER BY rank, name`;
  return { sql, values: parameters.values };
}
