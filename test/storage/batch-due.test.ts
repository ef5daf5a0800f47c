import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchHoursBackMax } from '../../core/protocol/batch-limits.ts';
import { computableBefore, dueHours, rangesToLookAt } from '../../storage/batch-due.ts';
import { writeHour } from '../../storage/batch-hour-store.ts';
import { addRuns, endRun } from '../../storage/batch-store.ts';
import { saveWindows } from '../../storage/window-store.ts';
import { clearBatch, hour0, hourMs, hourWrite, listPart, nowMs, runningRun } from './batch-rows.ts';
import { midnight, windowOf } from './packed-windows.ts';

beforeEach(clearBatch);

const shards = [1, 2].map((regionNumber) => ({ regionNumber, shard: 0 }));
const due = async (atMs = nowMs, limit = 100) =>
  (await dueHours(env.DB, shards, atMs, limit)).map(
    ({ regionNumber, hour, reason }) => `${regionNumber} ${hour - hour0} ${reason}`,
  );

describe('hours that are due', () => {
  //  hour0           +1              +2
  //  |---------------|---------------|--- lateness ---|
  //                                  ^ nowMs: hour0 can be sealed, hour0 + 1 takes events still
  test('[BAT-1] an hour can be computed once its end, its lateness and a margin are past', () => {
    const end = (hour0 + 1) * hourMs;
    expect(computableBefore(end + 10 * 60_000)).toBe(hour0);
    expect(computableBefore(end + 12 * 60_000)).toBe(hour0 + 1);
  });

  test('[BAT-1] those with parts or with windows of which nothing was said, and none that still takes events', async () => {
    await listPart(hour0, 1);
    await listPart(hour0, 2);
    await listPart(hour0 + 1, 3);
    await saveWindows(env.DB, [windowOf([], { regionNumber: 2, minute: midnight + 59 })]);
    await saveWindows(env.DB, [windowOf([], { regionNumber: 2, minute: midnight + 60 })]);
    expect(await due()).toEqual(['1 0 cron', '2 0 cron']);
  });

  test('[BAT-1] an hour is stale when parts are listed that its last run did not read, unless it is frozen', async () => {
    await listPart(hour0, 1);
    await saveWindows(env.DB, [windowOf([], { regionNumber: 1, minute: midnight })]);
    await runningRun('a');
    await writeHour(env.DB, hourWrite('a', 1, { parts: 1 }));
    expect(await due()).toEqual([]);
    await listPart(hour0, 2);
    expect(await due()).toEqual(['1 0 stale']);
    await env.DB.exec('UPDATE batch_hours SET frozen = 1');
    expect(await due()).toEqual([]);
  });

  test('those over which a run stands or has failed of late are left, and those that were tried last come last', async () => {
    for (const n of [0, 1, 2, 3]) await listPart(hour0 - n, n);
    const later = nowMs + 7 * hourMs;
    const run = (id: string, n: number) =>
      ({ id, regionNumber: 1, hour: hour0 - n, reason: 'cron', replayId: null }) as const;
    await addRuns(env.DB, [run('a', 3), run('b', 2)], nowMs);
    await endRun(env.DB, 'a', 'failed', 'corrupt', nowMs);
    expect(await due()).toEqual(['1 -1 cron', '1 0 cron']);
    expect(await due(later)).toEqual(['1 -1 cron', '1 0 cron', '1 -3 cron']);
    expect(await due(later, 1)).toEqual(['1 -1 cron']);
  });

  test('[BAT-1] an old hour is looked at once a day, and nothing is looked at twice at a time', async () => {
    const old = hour0 - 300 * 24 + 5;
    await listPart(old, 1);
    let found = 0;
    for (let n = 0; n < 24; n++) found += (await due(nowMs + n * hourMs)).length;
    expect(found).toBe(1);
    const looks = Array.from({ length: 24 }, (_, n) => rangesToLookAt(nowMs + n * hourMs));
    for (const [n, ranges] of looks.entries()) {
      const hours = ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
      expect(new Set(hours).size, `look ${n}`).toBe(hours.length);
    }
    const seen = new Set(
      looks.flat().flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)),
    );
    for (let hour = hour0 - batchHoursBackMax + 24; hour <= hour0; hour++)
      expect(seen.has(hour), `${hour}`).toBe(true);
  });
});
