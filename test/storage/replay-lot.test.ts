import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { replayRunsAtOnceMax, replayRunsStandingMax } from '../../core/protocol/batch-limits.ts';
import { packedKey } from '../../core/protocol/region.ts';
import { writeHour } from '../../storage/batch-hour-store.ts';
import { addRuns, endRun, putOff, readRun, startRuns } from '../../storage/batch-store.ts';
import { readReplayCounts, readReplayFailures } from '../../storage/replay-account.ts';
import { takeLot } from '../../storage/replay-lot.ts';
import { cancelReplay, finishReplay, handOn, readReplay, startReplay } from '../../storage/replay-store.ts';
import { clearBatch, countRows, hour0, hourWrite, listPart, nowMs } from './batch-rows.ts';

beforeEach(async () => {
  await clearBatch();
  await env.DB.exec('DELETE FROM replays');
});

const replay = (hours: number, regions = [1]) =>
  startReplay(env.DB, { id: 'r', fromHour: hour0, toHour: hour0 + hours, regions, startedBy: 'p' }, nowMs);
const take = (lookedAtMax?: number) => takeLot(env.DB, 'r', 1, nowMs, lookedAtMax);
const parts = async (...hours: readonly number[]) => {
  for (const hour of hours) await listPart(hour0 + hour, hour);
};
async function runs(): Promise<{ id: string; hour: number; region: number }[]> {
  const { results } = await env.DB.prepare(
    `SELECT id, hour - ${hour0} AS hour, region_number AS region FROM batch_runs WHERE replay_id = 'r'
     ORDER BY hour, region_number`,
  ).all<{ id: string; hour: number; region: number }>();
  return results;
}
const hoursOfRuns = async () => (await runs()).map(({ hour }) => hour);
const endAll = () => env.DB.prepare("UPDATE batch_runs SET state = 'done' WHERE replay_id = 'r'").run();
const freeze = (hour: number) =>
  env.DB.prepare(
    `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, frozen, computed_at)
     VALUES (?1, 'x', 1, 1, '', 1, 0, 0, 1, '')`,
  )
    .bind(packedKey(1, 0, hour0 + hour))
    .run();

describe('[RPL-2] the next hours of a replay', () => {
  test('are those with anything in them, region by region, as many as may stand, and each once', async () => {
    const all = Array.from({ length: 20 }, (_, n) => n);
    await parts(...all);
    for (const hour of all) await listPart(hour0 + hour, 100 + hour, 2);
    await replay(21, [1, 2]);
    expect(await take()).toBe('wait');
    const begun = await runs();
    expect(begun).toHaveLength(replayRunsAtOnceMax);
    expect(begun.slice(0, 3)).toMatchObject([
      { hour: 0, region: 1 },
      { hour: 0, region: 2 },
      { hour: 1, region: 1 },
    ]);
    expect(await take()).toBe('wait');
    expect(await runs()).toEqual(begun);
    for (const { id } of begun.slice(0, 3)) await endRun(env.DB, id, 'failed', 'x', nowMs);
    await take();
    expect(await countRows('batch_runs')).toBe(replayRunsAtOnceMax + 3);
    for (let n = 0; n < 3; n++) {
      await endAll();
      await take();
    }
    expect(await runs()).toHaveLength(40);
    expect(new Set((await runs()).map(({ hour, region }) => `${hour}/${region}`)).size).toBe(40);
    expect(await readReplay(env.DB, 'r')).toMatchObject({ nextPlace: 42, hoursEmpty: 2, hoursSkipped: 0 });
  });

  test('[RPL-4] are not the frozen ones, which are named; empty ones are passed', async () => {
    await parts(1, 2, 3, 6);
    for (const hour of [2, 3, 5]) await freeze(hour);
    await replay(8);
    expect(await take(3)).toBe('more');
    expect(await readReplay(env.DB, 'r')).toMatchObject({ nextPlace: 3, hoursEmpty: 1, hoursSkipped: 1 });
    expect(await take(3)).toBe('more');
    expect(await take(3)).toBe('wait');
    expect(await hoursOfRuns()).toEqual([1, 6]);
    const span = (from: number, to: number) => ({
      regionNumber: 1,
      fromHour: hour0 + from,
      toHour: hour0 + to,
    });
    expect(await readReplay(env.DB, 'r')).toMatchObject({
      hoursEmpty: 3,
      hoursSkipped: 3,
      skipped: [span(2, 4), span(5, 6)],
    });
  });

  test('are taken once by two at the same time', async () => {
    await parts(...Array.from({ length: 12 }, (_, n) => n));
    await replay(12);
    await Promise.all([take(), take(), take()]);
    expect(await hoursOfRuns()).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });

  test('take the place of runs that stand over them, which write nothing more; nobody takes theirs', async () => {
    await parts(0, 1, 2);
    const asked = (id: string, hour: number) =>
      ({ id, regionNumber: 1, hour: hour0 + hour, reason: 'demand', replayId: null }) as const;
    await addRuns(env.DB, [asked('a', 0)], nowMs);
    await startRuns(env.DB, 9, nowMs);
    await addRuns(env.DB, [asked('b', 1), asked('c', 5)], nowMs);
    await replay(3);
    await take();
    for (const id of ['a', 'b'])
      expect(await readRun(env.DB, id)).toMatchObject({
        state: 'cancelled',
        error: 'replay r computes this hour',
      });
    expect(await readRun(env.DB, 'c')).toMatchObject({ state: 'waiting' });
    expect((await writeHour(env.DB, hourWrite('a', 1))).written).toBe(false);
    expect((await addRuns(env.DB, [asked('d', 2)], nowMs)).size).toBe(0);
  });

  test('are begun beside those that cannot be sealed yet, up to a bound', async () => {
    const hours = replayRunsStandingMax + 20;
    const insert = Array.from({ length: hours }, (_, n) => listPart(hour0 + n, n));
    await Promise.all(insert);
    await replay(hours);
    for (let n = 0; n < hours; n++) {
      if ((await runs()).length >= replayRunsStandingMax) break;
      await take();
      await env.DB.prepare("UPDATE batch_runs SET error = 'open'").run();
    }
    await take();
    expect(await runs()).toHaveLength(replayRunsStandingMax);
  });

  test('are none once it is over, or another instance carries it on', async () => {
    await parts(0);
    await replay(2);
    expect(await handOn(env.DB, 'r', 1, nowMs)).toBe(true);
    expect(await handOn(env.DB, 'r', 1, nowMs)).toBe(false);
    expect(await take()).toBe('over');
    expect(await takeLot(env.DB, 'gone', 1, nowMs)).toBe('over');
    expect(await runs()).toEqual([]);
    expect(await takeLot(env.DB, 'r', 2, nowMs)).toBe('wait');
    expect(await runs()).toHaveLength(1);
  });
});

test('[RPL-5] a lot of a replay that is cancelled just before it is written is not written', async () => {
  await parts(0);
  await addRuns(env.DB, [{ id: 'a', regionNumber: 1, hour: hour0, reason: 'cron', replayId: null }], nowMs);
  await replay(1);
  const cancelling = {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: async (statements: D1PreparedStatement[]) => {
      await cancelReplay(env.DB, 'r', nowMs);
      return await env.DB.batch(statements);
    },
  } as unknown as D1Database;
  await takeLot(cancelling, 'r', 1, nowMs);
  expect(await runs()).toEqual([]);
  expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'waiting' });
  expect(await readReplay(env.DB, 'r')).toMatchObject({ state: 'cancelled', nextPlace: 0 });
});

describe('the end of a replay', () => {
  test('is when the last of its runs is over', async () => {
    await parts(0, 1);
    await replay(2);
    expect(await finishReplay(env.DB, 'r', nowMs)).toBe(false);
    await take();
    expect(await finishReplay(env.DB, 'r', nowMs)).toBe(false);
    await endAll();
    expect(await finishReplay(env.DB, 'r', nowMs)).toBe(true);
    expect(await readReplay(env.DB, 'r')).toMatchObject({ state: 'done', finishedAtMs: nowMs });
  });

  test('[RPL-4] with a run that failed or was cancelled it is told', async () => {
    await parts(0, 1);
    await replay(2);
    await take();
    const [one, two] = await runs();
    const part = 'lake/events/date=2026-11-21/hour=00/region=R1/part-0-1-0-0-counted.parquet';
    await endRun(env.DB, one?.id ?? '', 'failed', `${part}: the footer cannot be read`, nowMs);
    await endRun(env.DB, two?.id ?? '', 'cancelled', null, nowMs);
    expect(await finishReplay(env.DB, 'r', nowMs)).toBe(true);
    expect(await readReplay(env.DB, 'r')).toMatchObject({ state: 'done_with_failures' });
    expect(await readReplayFailures(env.DB, 'r')).toEqual([
      { regionNumber: 1, hour: hour0, part, error: `${part}: the footer cannot be read` },
      { regionNumber: 1, hour: hour0 + 1, part: null, error: 'the run was cancelled' },
    ]);
    expect(await readReplayCounts(env.DB, ['r', 'none'])).toMatchObject([
      { hoursDone: 0, hoursFailed: 2 },
      { hoursDone: 0, hoursFailed: 0 },
    ]);
  });

  test('[RPL-5] cancelled: what is done stays, and no run of it writes any more, nor begins', async () => {
    await parts(0, 1, 2);
    await replay(3);
    await take();
    await startRuns(env.DB, 9, nowMs);
    const [one, two, three] = await runs();
    await putOff(env.DB, three?.id ?? '', 'open', nowMs);
    expect((await writeHour(env.DB, hourWrite(one?.id ?? '', 1))).written).toBe(true);
    expect(await cancelReplay(env.DB, 'r', nowMs)).toBe(true);
    expect(await cancelReplay(env.DB, 'r', nowMs)).toBe(false);
    expect((await writeHour(env.DB, hourWrite(two?.id ?? '', 1, { hour: hour0 + 1 }))).written).toBe(false);
    expect(await startRuns(env.DB, 9, nowMs + 86_400_000)).toEqual([]);
    expect(await take()).toBe('over');
    expect(await finishReplay(env.DB, 'r', nowMs)).toBe(false);
    expect(await readRun(env.DB, one?.id ?? '')).toMatchObject({ state: 'done' });
    expect(await readReplay(env.DB, 'r')).toMatchObject({ state: 'cancelled' });
    expect(await readReplayFailures(env.DB, 'r')).toEqual([]);
    expect(await readReplayCounts(env.DB, ['r'])).toMatchObject([{ hoursDone: 1, hoursFailed: 0 }]);
  });
});
