// A warehouse in which every text that people give is one of some, and how to ask for one row of it.
import { env } from 'cloudflare:workers';
import { loadMovies, loadRatings, loadSessions, loadUsers } from '../../storage/warehouse/load.ts';
import { refreshAggregates, refreshMovies } from '../../storage/warehouse/refresh.ts';
import { userOf } from './api/analytics/warehouse-world.ts';
import { begin, drive } from './etl/etl-world.ts';

const hourMs = 3_600_000;
const movieOf = (n: number): string => `film-${n}`;
const sessionOf = (n: number): string => `i-${n}`;

const users = (texts: readonly string[]) =>
  texts.map((text, n) => ({
    pseudonym: userOf(n),
    username: text,
    email: text,
    age: 30,
    gender: text,
    country: text,
    subscription_type: text,
    signup_date: '2026-01-01',
    is_active: true,
    preferred_genre: text,
  }));

const movies = (texts: readonly string[]) =>
  texts.map((text, n) => ({
    content_id: movieOf(n),
    title: text,
    genre: text,
    content_type: text,
    duration_minutes: 90,
    release_date: '2024-03-08',
    director: text,
    cast: text,
    country: text,
    language: text,
  }));

const ratings = (texts: readonly string[]) =>
  texts.map((text, n) => ({
    source_id: `i-${n}`,
    pseudonym: userOf(n),
    content_id: movieOf(n),
    rating_milli: 8_000,
    review_text: text,
    helpful_count: 1,
    rating_date: '2026-11-01',
  }));

const sessions = (texts: readonly string[], startMs: number) =>
  texts.map((text, n) => ({
    source_id: sessionOf(n),
    pseudonym: userOf(n),
    content_id: movieOf(n),
    start_time_ms: startMs,
    end_time_ms: startMs + 60_000,
    watch_duration_ms: 60_000,
    completion_milli: 500,
    device_type: text,
    quality: text,
    buffering_count: 1,
    user_country: text,
    subscription_type: text,
    region_number: null,
  }));

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Gives what `/api/analytics/movies/:id` and the like are asked for: rows of the first text, and a run with rejects. */
export async function loadHostile(texts: readonly string[]): Promise<(path: string) => string> {
  await loadUsers(env.DB, users(texts));
  await loadMovies(env.DB, movies(texts));
  await loadRatings(env.DB, ratings(texts));
  await loadSessions(env.DB, sessions(texts, Date.now() - hourMs));
  await refreshAggregates(env.DB, 'all');
  await refreshMovies(env.DB, 'all');
  const rows = texts.map((text) => `${quoted(text)},${quoted(text)},${quoted(text)}\n`);
  const run = await begin({ 'users.csv': `id,age,email\n${rows.join('')}` }, { errorShareMax: 1 });
  await drive(run);
  return (path) =>
    path
      .replace('movies/:id', `movies/${movieOf(0)}`)
      .replace('users/:id', `users/${userOf(0)}`)
      .replace('sessions/:id', `sessions/${sessionOf(0)}`)
      .replace('etl/:id', `etl/${run}`);
}
