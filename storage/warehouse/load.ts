/**
 * Puts rows into the warehouse (WHS-2). What is told once is not lost by a row that does not tell it; a row that was
 * inferred from a name alone changes nothing that is known. The same rows again change nothing.
 */
import type { LoadCounts } from '../../core/warehouse/load-counts.ts';
import type { MovieRow, RatingRow, SessionRow, UserRow } from '../../core/warehouse/rows.ts';
import { type UpsertTable, upsertRows } from './upsert.ts';

const users: UpsertTable<UserRow> = {
  table: 'users',
  key: 'pseudonym',
  columns: [
    'username',
    'email',
    'age',
    'gender',
    'country',
    'subscription_type',
    'signup_date',
    'is_active',
    'preferred_genre',
  ],
  constants: { is_inferred: 0 },
  refers: false,
  keepsKnown: true,
};

const movies: UpsertTable<MovieRow> = {
  table: 'movies',
  key: 'content_id',
  columns: [
    'title',
    'genre',
    'content_type',
    'duration_minutes',
    'release_date',
    'director',
    'cast',
    'country',
    'language',
  ],
  constants: { is_inferred: 0 },
  refers: false,
  keepsKnown: true,
};

const ratings: UpsertTable<RatingRow> = {
  table: 'ratings',
  key: 'source_id',
  columns: ['rating_milli', 'review_text', 'helpful_count', 'rating_date'],
  refers: true,
  keepsKnown: true,
};

const sessionColumns = [
  'start_time_ms',
  'end_time_ms',
  'watch_duration_ms',
  'completion_milli',
  'device_type',
  'quality',
  'buffering_count',
  'user_country',
  'subscription_type',
  'region_number',
] as const;

const importedSessions: UpsertTable<SessionRow> = {
  table: 'viewing_sessions',
  key: 'source_id',
  columns: sessionColumns,
  refers: true,
  keepsKnown: true,
};

/** Of sessions that were put together in an hour with that key. */
export function stitchedSessions(stitchKey: number): UpsertTable<SessionRow> {
  // A number of our own: it may stand in the text of the statement.
  return { ...importedSessions, keepsKnown: false, constants: { stitch_key: Math.trunc(stitchKey) } };
}

export const factOf = (row: RatingRow | SessionRow): readonly [string, string] => [
  row.pseudonym,
  row.content_id,
];

/** The ETL run that loads, where it stood: a step of it that is behind its time changes nothing (ETL-2). */
export interface LoadingRun {
  readonly id: string;
  readonly revision: number;
}

const standsSql = `EXISTS (SELECT 1 FROM etl_runs
  WHERE id = ?2 AND revision = ?3 AND state IN ('running', 'cancelling'))`;

async function load<Row>(
  db: D1Database,
  spec: UpsertTable<Row>,
  rows: readonly Row[],
  by: LoadingRun | null,
): Promise<LoadCounts> {
  const referred = (row: Row) => (spec.refers ? factOf(row as RatingRow | SessionRow) : null);
  if (by === null) return await upsertRows(db, spec, rows, referred);
  return await upsertRows(db, { ...spec, onlyWhere: standsSql }, rows, referred, [by.id, by.revision]);
}

export async function loadUsers(
  db: D1Database,
  rows: readonly UserRow[],
  by: LoadingRun | null = null,
): Promise<LoadCounts> {
  return await load(db, users, rows, by);
}

export async function loadMovies(
  db: D1Database,
  rows: readonly MovieRow[],
  by: LoadingRun | null = null,
): Promise<LoadCounts> {
  return await load(db, movies, rows, by);
}

export async function loadRatings(
  db: D1Database,
  rows: readonly RatingRow[],
  by: LoadingRun | null = null,
): Promise<LoadCounts> {
  return await load(db, ratings, rows, by);
}

/**
 * Sessions of an import, or with a `stitchKey` (the column's) those that a run of stitching made: they are what the
 * events say now, so what they do not tell any more goes.
 */
export async function loadSessions(
  db: D1Database,
  rows: readonly SessionRow[],
  by: LoadingRun | { readonly stitchKey: number } | null = null,
): Promise<LoadCounts> {
  if (by !== null && 'stitchKey' in by) return await load(db, stitchedSessions(by.stitchKey), rows, null);
  return await load(db, importedSessions, rows, by);
}
