import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { packedKey } from '../../../core/protocol/region.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { readRange, totalsOnly } from '../../../workers/api/range-reader.ts';
import { sourcesOf } from '../../../workers/api/sources.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { midnight, windowOf } from '../../storage/packed-windows.ts';
import { ask } from './ask.ts';
import { fakeSources, regions, whole } from './fake-sources.ts';

beforeEach(clearBatch);

const paths = ['realtime', 'timeseries', 'regions', 'trending', 'devices'];

async function computed(regionNumber: number, hour: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
      VALUES (?1, 'r', 1, 1, 'd', 1, 0, 0, '')`,
  )
    .bind(packedKey(regionNumber, 0, hour))
    .run();
}

/** What each route says of the first two hours of the day, or of a part of them. */
async function sources(from = '00:00', to = '02:00'): Promise<string[]> {
  const range = `from=2026-11-21T${from}:00Z&to=2026-11-21T${to}:00Z`;
  const told = await Promise.all(
    paths.map(async (path) => {
      const { meta } = await (await ask(`/api/stats/${path}?${range}`)).json<{ meta: { source: string } }>();
      return meta.source;
    }),
  );
  return [...new Set(told)];
}

// Region 1 has windows in both hours, region 2 in the first alone.
const windows = [1, 2].flatMap((regionNumber) =>
  [midnight, midnight + 59, midnight + 60]
    .slice(0, regionNumber === 1 ? 3 : 2)
    .map((minute) => windowOf([], { regionNumber, minute })),
);

test('[API-1b] an answer is the stream’s, the batch layer’s or of both, by the hours that hold its windows', async () => {
  await saveWindows(env.DB, windows);
  expect(await sources()).toEqual(['stream']);
  await computed(1, midnight / 60);
  expect(await sources()).toEqual(['stream+batch']);
  await computed(2, midnight / 60);
  expect(await sources('00:00', '01:00')).toEqual(['batch']);
  expect(await sources()).toEqual(['stream+batch']);
  // Region 2 has nothing in the second hour, and so nothing of the stream's.
  await computed(1, midnight / 60 + 1);
  expect(await sources()).toEqual(['batch']);
  expect(await sources('00:30', '00:40')).toEqual(['stream']);
});

test('[API-1b] an hour stands for its windows when these are gone', async () => {
  await saveWindows(env.DB, windows);
  await rollUpHour(env.DB, 1, 0, midnight / 60);
  await env.DB.exec('DELETE FROM region_windows');
  expect(await sources('00:00', '01:00')).toEqual(['stream']);
  await computed(1, midnight / 60);
  expect(await sources('00:00', '01:00')).toEqual(['batch']);
});

test('[API-1b] what only a shard holds is the stream’s', async () => {
  const stored = [windowOf([], { minute: midnight })];
  const held = [windowOf([], { minute: midnight + 70 })];
  const question = { regions, range: whole.range, want: totalsOnly, byMinute: true };
  const layers = async () => Promise.resolve({ stream: false, batch: true });
  const asked = async (told: typeof held) =>
    (await readRange({ ...fakeSources(told, stored), layers }, question, () => undefined)).source;
  expect(await asked([])).toBe('batch');
  expect(await asked(held)).toBe('stream+batch');
});

test('hours that still take events cost no question', async () => {
  const fromMinute = Math.floor(Date.now() / 60_000) - 5;
  const range = { fromMinute, toMinute: fromMinute + 5 };
  const broken = { DB: null as unknown as D1Database, REGION_WINDOW: env.REGION_WINDOW };
  expect(await sourcesOf(broken).layers([{ regionNumber: 1, shard: 0 }], range)).toEqual({
    stream: true,
    batch: false,
  });
});
