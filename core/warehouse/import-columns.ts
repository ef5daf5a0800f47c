/** Columns of the files that are imported, by table; docs/imports.md describes them. */
import type { WarehouseTable } from './rows.ts';

interface ImportColumns {
  /** A file without one of them is not read; a record without a value is rejected. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Known, but computed here. */
  readonly ignored: readonly string[];
}

export const importColumns: Readonly<Record<WarehouseTable, ImportColumns>> = {
  users: {
    required: ['id'],
    optional: [
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
    ignored: [],
  },
  movies: {
    required: ['id', 'title'],
    optional: [
      'genre',
      'content_type',
      'duration_minutes',
      'release_date',
      'director',
      'cast',
      'country',
      'language',
    ],
    ignored: ['avg_rating', 'total_views'],
  },
  ratings: {
    required: ['id', 'user_id', 'movie_id', 'rating', 'rating_date'],
    optional: ['review_text', 'helpful_count'],
    ignored: [],
  },
  viewing_sessions: {
    required: ['id', 'user_id', 'movie_id', 'start_time', 'end_time', 'watch_duration_minutes'],
    optional: [
      'completion_rate',
      'device_type',
      'quality',
      'buffering_count',
      'user_country',
      'subscription_type',
      'region',
    ],
    ignored: [],
  },
};

/** The columns that are read, required ones first. */
export function columnsRead(table: WarehouseTable): readonly string[] {
  const { required, optional } = importColumns[table];
  return [...required, ...optional];
}
