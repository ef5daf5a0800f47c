import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadRowsMax } from '../../../core/protocol/warehouse-limits.ts';
import { loadMovies, loadRatings, loadSessions, loadUsers } from '../../../storage/warehouse/load.ts';
import {
  dumpWarehouse,
  emptyWarehouse,
  movieRow,
  ratingRow,
  rowsOf,
  sessionRow,
  userRow,
} from './warehouse-rows.ts';

const counts = (inserted: number, updated: number, inferredUsers = 0, inferredMovies = 0) => ({
  inserted,
  updated,
  inferredUsers,
  inferredMovies,
});

beforeEach(emptyWarehouse);

describe('loading the warehouse', () => {
  test('[WHS-1, WHS-2] the same rows again change nothing', async () => {
    const load = async () => [
      await loadUsers(env.DB, [userRow()]),
      await loadMovies(env.DB, [movieRow()]),
      await loadRatings(env.DB, [ratingRow()]),
      await loadSessions(env.DB, [sessionRow()]),
    ];
    expect(await load()).toEqual([counts(1, 0), counts(1, 0), counts(1, 0), counts(1, 0)]);
    const before = await dumpWarehouse();
    expect(await load()).toEqual([counts(0, 0), counts(0, 0), counts(0, 0), counts(0, 0)]);
    expect(await dumpWarehouse()).toEqual(before);
    expect(before.users).toEqual([{ ...userRow(), id: 1, is_active: 1, is_inferred: 0 }]);
  });

  test('[WHS-2] an unknown user or movie gets a row that says so, and the import that tells of it fills it', async () => {
    const sessions = [sessionRow(), sessionRow({ source_id: 'i-2', content_id: 'm-2' })];
    expect(await loadSessions(env.DB, sessions)).toEqual(counts(2, 0, 1, 2));
    expect(await rowsOf('SELECT pseudonym, username, is_active, is_inferred FROM users')).toEqual([
      { pseudonym: '1-00000000000000a1', username: null, is_active: 1, is_inferred: 1 },
    ]);
    expect(await loadMovies(env.DB, [movieRow()])).toEqual(counts(0, 1));
    expect(await loadUsers(env.DB, [userRow()])).toEqual(counts(0, 1));
    expect(await loadSessions(env.DB, sessions)).toEqual(counts(0, 0));
    expect(await rowsOf('SELECT content_id, title, is_inferred FROM movies ORDER BY content_id')).toEqual([
      { content_id: 'm-1', title: 'The First', is_inferred: 0 },
      { content_id: 'm-2', title: null, is_inferred: 1 },
    ]);
    expect(await rowsOf('SELECT username, is_inferred FROM users')).toEqual([
      { username: 'ada', is_inferred: 0 },
    ]);
  });

  test('[WHS-2] what is known is not blanked by a row that does not tell it; what it tells is taken', async () => {
    await loadMovies(env.DB, [movieRow()]);
    expect(await loadMovies(env.DB, [movieRow({ title: null, genre: 'Crime' })])).toEqual(counts(0, 1));
    expect(await rowsOf('SELECT title, genre FROM movies')).toEqual([{ title: 'The First', genre: 'Crime' }]);
    await loadSessions(env.DB, [sessionRow()]);
    const bare = sessionRow({ completion_milli: null, device_type: null, buffering_count: 7 });
    expect(await loadSessions(env.DB, [bare])).toEqual(counts(0, 1));
    expect(
      await rowsOf('SELECT completion_rate, device_type, buffering_count FROM viewing_sessions'),
    ).toEqual([{ completion_rate: 0.9, device_type: 'tv', buffering_count: 7 }]);
  });

  test('[WHS-2] a stitched session is what was stitched last, and bears its run', async () => {
    const at = { stitchKey: 2 ** 34 + 20_000 };
    const stitched = sessionRow({ source_id: 's-1', region_number: 1 });
    expect(await loadSessions(env.DB, [stitched], at)).toEqual(counts(1, 0, 1, 1));
    expect(await loadSessions(env.DB, [stitched], at)).toEqual(counts(0, 0));
    expect(await loadSessions(env.DB, [{ ...stitched, completion_milli: null }], at)).toEqual(counts(0, 1));
    expect(await rowsOf('SELECT completion_milli, region_number, stitch_key FROM viewing_sessions')).toEqual([
      { completion_milli: null, region_number: 1, stitch_key: at.stitchKey },
    ]);
  });

  test('[WHS-2] hostile texts are stored as they are', async () => {
    const title = `'); DROP TABLE users; -- "\\ \u{1F3AC}\n`;
    await loadMovies(env.DB, [movieRow({ title, cast: '[1]' })]);
    expect(await rowsOf('SELECT title, "cast" FROM movies')).toEqual([{ title, cast: '[1]' }]);
  });

  test.each([loadRowsMax, loadRowsMax + 1])(
    '[WHS-2] %i rows go in, a transaction each loadRowsMax',
    async (count) => {
      const rows = Array.from({ length: count }, (_, n) =>
        sessionRow({ source_id: `i-${n}`, pseudonym: `1-${String(n % 700).padStart(16, '0')}` }),
      );
      expect(await loadSessions(env.DB, rows)).toEqual(counts(count, 0, 700, 1));
      expect(await loadSessions(env.DB, rows)).toEqual(counts(0, 0));
      const changed = rows.map((row, n) => (n % 10 === 0 ? { ...row, quality: '4K' } : row));
      expect(await loadSessions(env.DB, changed)).toEqual(counts(0, Math.ceil(count / 10)));
      // Numbered in their order.
      expect(await rowsOf("SELECT id FROM viewing_sessions WHERE source_id = 'i-4321'")).toEqual([
        { id: 4322 },
      ]);
    },
  );
});
