/** Rows of the warehouse, with what a test says of them. */
import { env } from 'cloudflare:workers';
import type { MovieRow, RatingRow, SessionRow, UserRow } from '../../../core/warehouse/rows.ts';

export const dayMs = 86_400_000;
/** Midnight of 2026-11-01. */
export const startMs = Date.UTC(2026, 10, 1);

export const userRow = (row: Partial<UserRow> = {}): UserRow => ({
  pseudonym: '1-00000000000000a1',
  username: 'ada',
  email: 'ada@example.com',
  age: 36,
  gender: 'female',
  country: 'UK',
  subscription_type: 'Premium',
  signup_date: '2025-03-01',
  is_active: true,
  preferred_genre: 'Drama',
  ...row,
});

export const movieRow = (row: Partial<MovieRow> = {}): MovieRow => ({
  content_id: 'm-1',
  title: 'The First',
  genre: 'Drama',
  content_type: 'movie',
  duration_minutes: 100,
  release_date: '2020-01-01',
  director: 'D. Rector',
  cast: 'A, B',
  country: 'USA',
  language: 'English',
  ...row,
});

export const ratingRow = (row: Partial<RatingRow> = {}): RatingRow => ({
  source_id: 'i-1',
  pseudonym: '1-00000000000000a1',
  content_id: 'm-1',
  rating_milli: 8000,
  review_text: null,
  helpful_count: 0,
  rating_date: '2026-11-01',
  ...row,
});

export const sessionRow = (row: Partial<SessionRow> = {}): SessionRow => ({
  source_id: 'i-1',
  pseudonym: '1-00000000000000a1',
  content_id: 'm-1',
  start_time_ms: startMs,
  end_time_ms: startMs + 3_600_000,
  watch_duration_ms: 3_600_000,
  completion_milli: 900,
  device_type: 'tv',
  quality: '1080p',
  buffering_count: 1,
  user_country: 'UK',
  subscription_type: 'Premium',
  region_number: null,
  ...row,
});

const tables = {
  users: 'id',
  movies: 'id',
  ratings: 'id',
  viewing_sessions: 'id',
  daily_analytics: 'day',
  hourly_analytics: 'hour',
  genre_analytics: 'genre',
} as const;

/** Facts before what they refer to. */
export async function emptyWarehouse(): Promise<void> {
  await env.DB.batch(
    Object.keys(tables)
      .reverse()
      .map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
}

/** Every row of every table. */
export async function dumpWarehouse(): Promise<Record<string, unknown[]>> {
  const results = await env.DB.batch(
    Object.entries(tables).map(([table, key]) => env.DB.prepare(`SELECT * FROM ${table} ORDER BY ${key}`)),
  );
  return Object.fromEntries(Object.keys(tables).map((table, at) => [table, results[at]?.results ?? []]));
}

export async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(sql).all()).results as Record<string, unknown>[];
}
