import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionRow } from '../../../core/warehouse/rows.ts';
import { loadMovies, loadRatings, loadSessions } from '../../../storage/warehouse/load.ts';
import { refreshAggregates, refreshMovies } from '../../../storage/warehouse/refresh.ts';
import {
  dayMs,
  dumpWarehouse,
  emptyWarehouse,
  movieRow,
  ratingRow,
  rowsOf,
  sessionRow,
  startMs,
} from './warehouse-rows.ts';

const genres = ['Drama', 'Crime', null];
const day = startMs / dayMs;
/** 300 sessions over 50 days, at odd times, of 40 users and 7 movies, the last of which no import has told of. */
const sessions = Array.from({ length: 300 }, (_, n) =>
  sessionRow({
    source_id: `i-${n}`,
    pseudonym: `1-${String((n * 7) % 40).padStart(16, '0')}`,
    content_id: `m-${n % 7}`,
    start_time_ms: startMs + ((n * 7919) % (50 * 24)) * 3_600_000 + ((n * 104_729) % 3_600_000),
    watch_duration_ms: n * 1000,
    completion_milli: n % 3 === 0 ? null : n % 1001,
    buffering_count: n % 4,
  }),
);
const genreOf = ({ content_id }: SessionRow): string =>
  content_id === 'm-6' ? '' : (genres[Number(content_id.slice(2)) % genres.length] ?? '');

beforeEach(async () => {
  await emptyWarehouse();
  await loadMovies(
    env.DB,
    Array.from({ length: 6 }, (_, n) =>
      movieRow({ content_id: `m-${n}`, genre: genres[n % genres.length] ?? null }),
    ),
  );
  await loadSessions(env.DB, sessions);
});

/** The same by hand. */
function sumsBy<Key extends string | number>(rows: readonly SessionRow[], keyOf: (row: SessionRow) => Key) {
  const groups = [...Map.groupBy(rows, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([key, of]) => {
    const completions = of.flatMap(({ completion_milli: milli }) => (milli === null ? [] : [milli]));
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    return {
      key,
      total_views: of.length,
      unique_users: new Set(of.map(({ pseudonym }) => pseudonym)).size,
      watch_duration_ms: total(of.map((row) => row.watch_duration_ms)),
      completion_milli_sum: total(completions),
      completion_count: completions.length,
      buffering_count: total(of.map((row) => row.buffering_count)),
    };
  });
}

const read = async (table: string, key: string) =>
  (await rowsOf(`SELECT ${key} AS key, * FROM ${table} ORDER BY ${key}`)).map((row) => {
    const { [key]: _, date: __, ...sums } = row;
    return sums;
  });

async function expectSums(rows: readonly SessionRow[]): Promise<void> {
  expect(await read('daily_analytics', 'day')).toEqual(
    sumsBy(rows, ({ start_time_ms }) => Math.floor(start_time_ms / dayMs)),
  );
  expect(await read('hourly_analytics', 'hour')).toEqual(
    sumsBy(rows, ({ start_time_ms }) => Math.floor(start_time_ms / 3_600_000)),
  );
  expect(await read('genre_analytics', 'genre')).toEqual(sumsBy(rows, genreOf));
}

describe('sums of the warehouse', () => {
  test('[WHS-3] by day, hour and genre they are those of the sessions; made again they are the same', async () => {
    await refreshAggregates(env.DB, 'all');
    await expectSums(sessions);
    const before = await dumpWarehouse();
    await refreshAggregates(env.DB, 'all');
    expect(await dumpWarehouse()).toEqual(before);
  });

  test('[WHS-3] some days are made anew, and others stay as they are', async () => {
    await refreshAggregates(env.DB, 'all');
    await env.DB.exec(
      'UPDATE daily_analytics SET total_views = 0; UPDATE hourly_analytics SET total_views = 0',
    );
    await refreshAggregates(env.DB, { fromDay: day + 3, toDay: day + 40 });
    const [days] = await rowsOf('SELECT group_concat(day) AS of FROM daily_analytics WHERE total_views > 0');
    expect(String(days?.of).split(',')).toEqual(Array.from({ length: 37 }, (_, n) => String(day + 3 + n)));
    const [hours] = await rowsOf(
      'SELECT min(hour / 24) AS first, max(hour / 24) AS last FROM hourly_analytics WHERE total_views > 0',
    );
    expect(hours).toEqual({ first: day + 3, last: day + 39 });
  });

  test('[WHS-3] what has no sessions any more has no row', async () => {
    await refreshAggregates(env.DB, 'all');
    const kept = sessions.filter(({ start_time_ms }) => start_time_ms < startMs + 10 * dayMs);
    await env.DB.prepare('DELETE FROM viewing_sessions WHERE start_time_ms >= ?1')
      .bind(startMs + 10 * dayMs)
      .run();
    await refreshAggregates(env.DB, 'all');
    await expectSums(kept);
    await env.DB.exec('DELETE FROM viewing_sessions');
    await refreshAggregates(env.DB, 'all');
    await expectSums([]);
  });

  test('[WHS-3] views and ratings of movies are counted, of those that are asked for, and unchanged ones not written', async () => {
    await loadRatings(env.DB, [
      ratingRow({ rating_milli: 7000 }),
      ratingRow({ source_id: 'i-2', rating_milli: 8500 }),
      ratingRow({ source_id: 'i-3', content_id: 'm-2' }),
    ]);
    expect(await refreshMovies(env.DB, ['m-1', 'none'])).toBe(1);
    const movie = (id: string) =>
      rowsOf(`SELECT total_views, rating_count, avg_rating FROM movies WHERE content_id = '${id}'`);
    expect(await movie('m-1')).toEqual([{ total_views: 43, rating_count: 2, avg_rating: 7.75 }]);
    expect(await movie('m-2')).toEqual([{ total_views: 0, rating_count: 0, avg_rating: null }]);
    expect(await refreshMovies(env.DB, 'all')).toBe(6);
    expect(await movie('m-2')).toEqual([{ total_views: 43, rating_count: 1, avg_rating: 8 }]);
    expect(await refreshMovies(env.DB, 'all')).toBe(0);
    expect(await refreshMovies(env.DB, [])).toBe(0);
    await env.DB.exec('DELETE FROM ratings; DELETE FROM viewing_sessions');
    expect(await refreshMovies(env.DB, ['m-2'])).toBe(1);
    expect(await movie('m-2')).toEqual([{ total_views: 0, rating_count: 0, avg_rating: null }]);
  });
});
