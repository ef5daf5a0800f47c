import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  addRuns,
  endRun,
  noteProgress,
  openRetryMs,
  putOff,
  readRun,
  readRuns,
  readStalledRuns,
  startRuns,
} from '../../storage/batch-store.ts';
import { clearBatch, hour0, nowMs, runningRun } from './batch-rows.ts';

beforeEach(clearBatch);

const asked = (id: string, hour = hour0, regionNumber = 1) =>
  ({ id, regionNumber, hour, reason: 'demand', replayId: null }) as const;
const anywhere = { regions: null, state: null, reason: null, fromHour: 0, toHour: hour0 + 1000 };

describe('runs over a region and hour', () => {
  test('[BAT-1] of those that ask at once one gets it, however many there are', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `run-${n}`);
    const added = await Promise.all(ids.map((id) => addRuns(env.DB, [asked(id)], nowMs)));
    expect(added.reduce((sum, { size }) => sum + size, 0)).toBe(1);
  });

  test('another hour, another region, and the same hour once the run is over are free', async () => {
    await addRuns(env.DB, [asked('a')], nowMs);
    const others = await addRuns(env.DB, [asked('b'), asked('c', hour0 + 1), asked('d', hour0, 2)], nowMs);
    expect([...others]).toEqual(['c', 'd']);
    expect(await endRun(env.DB, 'a', 'failed', 'a part is corrupt', nowMs)).toBe(true);
    expect([...(await addRuns(env.DB, [asked('e')], nowMs))]).toEqual(['e']);
  });

  test('[BAT-1] a frozen hour is held off', async () => {
    await runningRun('a');
    await endRun(env.DB, 'a', 'cancelled', null, nowMs);
    await env.DB.prepare(
      `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
        frozen, computed_at) VALUES (?1, 'x', 1, 1, 'd', 1, 0, 0, 1, '')`,
    )
      .bind((1 * 256 + 0) * 2 ** 26 + hour0)
      .run();
    expect([...(await addRuns(env.DB, [asked('b'), asked('c', hour0 + 1)], nowMs))]).toEqual(['c']);
  });

  test('the oldest begin, so many at once and no more, whoever asks', async () => {
    await addRuns(env.DB, [asked('b', hour0 + 1)], nowMs - 1);
    await addRuns(env.DB, [asked('a'), asked('c', hour0 + 2), asked('d', hour0 + 3)], nowMs);
    const begun = await Promise.all([1, 2, 3].map(() => startRuns(env.DB, 2, nowMs)));
    expect(begun.flat().map(({ id }) => id)).toEqual(['b', 'a']);
    await endRun(env.DB, 'b', 'cancelled', null, nowMs);
    expect(await startRuns(env.DB, 2, nowMs)).toEqual([{ id: 'c', regionNumber: 1, hour: hour0 + 2 }]);
  });

  test('one that was put off says why and is begun again later, not at once', async () => {
    await runningRun('a');
    await putOff(env.DB, 'a', 'not sealed', nowMs);
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'waiting', error: 'not sealed' });
    expect(await startRuns(env.DB, 9, nowMs + openRetryMs - 1)).toEqual([]);
    expect(await startRuns(env.DB, 9, nowMs + openRetryMs)).toHaveLength(1);
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'running', error: null });
  });

  test('progress is noted while it runs, and tells one that was cancelled', async () => {
    await runningRun('a');
    expect(await noteProgress(env.DB, 'a', { parts: 5, partsDone: 2 }, nowMs + 1)).toBe(true);
    expect(await readRun(env.DB, 'a')).toMatchObject({ parts: 5, partsDone: 2, progressedAtMs: nowMs + 1 });
    expect(await endRun(env.DB, 'a', 'cancelled', null, nowMs + 2)).toBe(true);
    expect(await noteProgress(env.DB, 'a', { parts: 5, partsDone: 3 }, nowMs + 3)).toBe(false);
    expect(await endRun(env.DB, 'a', 'failed', 'late', nowMs + 4)).toBe(false);
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'cancelled', partsDone: 2, error: null });
  });

  test('those that stand still are found, longest first', async () => {
    await runningRun('a', hour0, nowMs - 2);
    await runningRun('b', hour0 + 1, nowMs - 3);
    await runningRun('c', hour0 + 2, nowMs);
    const stalled = await readStalledRuns(env.DB, nowMs, 10);
    expect(stalled.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('are listed newest first, in pages, by what they are over and how they stand', async () => {
    for (let n = 0; n < 5; n++) await runningRun(`run-${n}`, hour0 + n, nowMs + (n >> 1));
    await endRun(env.DB, 'run-0', 'failed', 'corrupt', nowMs);
    const first = await readRuns(env.DB, anywhere, { limit: 3, after: null });
    expect(first.map(({ id }) => id)).toEqual(['run-4', 'run-3', 'run-2']);
    const { createdAtMs: atMs = 0, id = '' } = first[2] ?? {};
    const rest = await readRuns(env.DB, anywhere, { limit: 3, after: { atMs, id } });
    expect(rest.map(({ id }) => id)).toEqual(['run-1', 'run-0']);
    const page = { limit: 9, after: null };
    expect(await readRuns(env.DB, { ...anywhere, state: 'failed' }, page)).toHaveLength(1);
    expect(await readRuns(env.DB, { ...anywhere, reason: 'cron' }, page)).toHaveLength(0);
    expect(await readRuns(env.DB, { ...anywhere, regions: [2] }, page)).toHaveLength(0);
    expect(await readRuns(env.DB, { ...anywhere, toHour: hour0 + 2 }, page)).toHaveLength(2);
  });
});
