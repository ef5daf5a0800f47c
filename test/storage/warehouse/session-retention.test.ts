import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { hoursKeptMs } from '../../../core/protocol/batch-limits.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { sessionsKeptMs } from '../../../core/protocol/warehouse-limits.ts';
import type { SessionRow } from '../../../core/warehouse/rows.ts';
import { loadSessions } from '../../../storage/warehouse/load.ts';
import { refreshAggregates, refreshMovies } from '../../../storage/warehouse/refresh.ts';
import { sessionsFolder } from '../../../storage/warehouse/session-files.ts';
import { removeSessionHours, removeSessions } from '../../../storage/warehouse/session-retention.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2027, 5, 1, 3, 17);
const today = Math.floor(nowMs / dayMs);
const kept = Math.floor((nowMs - sessionsKeptMs) / dayMs);

beforeEach(async () => {
  const tables = [
    'viewing_sessions',
    'session_hours',
    'users',
    'movies',
    'daily_analytics',
    'hourly_analytics',
  ];
  await env.DB.exec(tables.map((table) => `DELETE FROM ${table}`).join('; '));
});

/** So many sessions at the end of each day. */
async function load(counts: Readonly<Record<number, number>>): Promise<void> {
  const rows = Object.entries(counts).flatMap(([day, count]) =>
    Array.from(
      { length: count },
      (_, n): SessionRow => ({
        source_id: `i-${day}-${n}`,
        pseudonym: `1-000000000000000${n % 3}`,
        content_id: `film-${n % 2}`,
        start_time_ms: (Number(day) + 1) * dayMs - 1 - n,
        end_time_ms: (Number(day) + 1) * dayMs,
        watch_duration_ms: 1,
        completion_milli: null,
        device_type: null,
        quality: null,
        buffering_count: 0,
        user_country: null,
        subscription_type: null,
        region_number: null,
      }),
    ),
  );
  await loadSessions(env.DB, rows);
  await refreshAggregates(env.DB, 'all');
  await refreshMovies(env.DB, 'all');
}

async function days(): Promise<Record<number, number>> {
  const { results } = await env.DB.prepare(
    'SELECT start_slot / 96 AS day, count(*) AS n FROM viewing_sessions GROUP BY day ORDER BY day',
  ).all<{ day: number; n: number }>();
  const sums = await env.DB.prepare('SELECT day, total_views AS n FROM daily_analytics ORDER BY day').all();
  expect(sums.results).toEqual(results);
  const views = await env.DB.prepare('SELECT coalesce(sum(total_views), 0) AS n FROM movies').first('n');
  expect(views).toBe(results.reduce((sum, { n }) => sum + n, 0));
  return Object.fromEntries(results.map(({ day, n }) => [day, n]));
}

test('[RET-3] sessions that began 90 days ago go, and the sums of their days', async () => {
  await load({ [kept - 40]: 2, [kept - 1]: 3, [kept]: 4, [today]: 1 });
  expect(await removeSessions({ db: env.DB, nowMs })).toEqual({ removed: 5, more: false });
  expect(await days()).toEqual({ [kept]: 4, [today]: 1 });
  expect(await removeSessions({ db: env.DB, nowMs })).toEqual({ removed: 0, more: false });
});

test('[RET-3] above the cap the oldest whole days go first, and never the one that is not over', async () => {
  const counts = { [today - 3]: 2, [today - 2]: 5, [today - 1]: 3, [today]: 4 };
  await load(counts);
  expect((await removeSessions({ db: env.DB, nowMs }, 14)).removed).toBe(0);
  expect((await removeSessions({ db: env.DB, nowMs }, 13)).removed).toBe(2);
  expect(await days()).toEqual({ [today - 2]: 5, [today - 1]: 3, [today]: 4 });
  expect((await removeSessions({ db: env.DB, nowMs }, 11)).removed).toBe(5);
  expect((await removeSessions({ db: env.DB, nowMs }, 1)).removed).toBe(3);
  expect(await days()).toEqual({ [today]: 4 });
});

test('[RET-3] a removal that died before the sums were made anew goes on with them', async () => {
  await load({ [kept - 1]: 3, [today]: 1 });
  await env.DB.prepare('DELETE FROM viewing_sessions WHERE start_slot < ?1')
    .bind(kept * 96)
    .run();
  expect(await removeSessions({ db: env.DB, nowMs })).toEqual({ removed: 0, more: false });
  expect(await days()).toEqual({ [today]: 1 });
});

test('[RET-3] hours of 400 days ago go with their files in the lake, also those that a run has left, once they were put together so long ago', async () => {
  const hour = Math.floor((nowMs - hoursKeptMs) / 3_600_000) - 1;
  const regions = [{ number: 3, name: 'R', continent: '', latitude: 0, longitude: 0 }];
  const ports = { db: env.DB, bucket: env.LAKE, regions, nowMs };
  const folder = sessionsFolder('R', Math.floor(hour / 24));
  const left = `${folder}part-${hour}-1-none-7.parquet`;
  const names = [
    `${folder}part-${hour}-2-none-0.parquet`,
    left,
    `lake/open_sittings/3/${hour}/1-none-0.json`,
  ];
  for (const name of names) await env.LAKE.put(name, 'x');
  const insert = env.DB.prepare(
    `INSERT OR REPLACE INTO session_hours (key, claim, claimed_at, files) VALUES (?1, '', ?2, ?3)`,
  );
  const files = JSON.stringify(names.slice(0, 1));
  await insert.bind(packedKey(3, 0, hour), new Date(nowMs - 1).toISOString(), files).run();
  expect((await removeSessionHours(ports)).removed).toBe(0);
  await insert.bind(packedKey(3, 0, hour), new Date(nowMs - hoursKeptMs - 1).toISOString(), files).run();
  expect((await removeSessionHours(ports)).removed).toBe(1);
  for (const name of names) expect(await env.LAKE.head(name)).toBeNull();
});
