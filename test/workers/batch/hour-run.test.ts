import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import { readBatchHour } from '../../../storage/batch-hour-store.ts';
import { endRun, openRetryMs, readRun, startRuns } from '../../../storage/batch-store.ts';
import { readHours, rollUpHour } from '../../../storage/hour-store.ts';
import { PartError } from '../../../storage/lake/part-error.ts';
import { readWindows, saveWindows } from '../../../storage/window-store.ts';
import { HourRun } from '../../../workers/batch/hour-run.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import {
  BatchWorld,
  beginRun,
  carryOut,
  eventOf,
  hour0,
  hourMs,
  later,
  t0,
  usualHour,
} from './batch-world.ts';

beforeEach(clearBatch);

const shard = [{ regionNumber: 1, shard: 0 }];
const place = { regionNumber: 1, hour: hour0 };
const windows = async () => await readWindows(env.DB, shard, hour0 * 60, hour0 * 60 + 60);
const hours = async () => await readHours(env.DB, shard, hour0, hour0 + 1);
const eventsIn = async () =>
  (await windows()).reduce((sum, { counters }) => sum + (counters[0] as number), 0);

/** As a faulty stream would have written them: an event too many in each. */
const overcounted = (right: readonly PackedWindow[]): PackedWindow[] =>
  right.map((window) => ({
    ...window,
    counters: window.counters.map((value, at) => (at === 0 ? value + 1 : value)),
    revision: { ...window.revision, logRow: window.revision.logRow + 1 },
  }));

async function computeAs(id: string, world: BatchWorld, twice = false) {
  await beginRun(id);
  const outcome = await carryOut(world.ports(id), id, twice);
  return { outcome, run: await readRun(env.DB, id) };
}

describe('a run over an hour', () => {
  test('[BAT-1] where nothing came too late it confirms the stream: no window is written, only the account', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await rollUpHour(env.DB, 1, 0, hour0);
    const before = [await windows(), await hours()];
    await world.seal();
    const { outcome, run } = await computeAs('a', world);
    expect(outcome).toEqual({ is: 'done', value: null });
    expect([await windows(), await hours()]).toEqual(before);
    expect(run).toMatchObject({ state: 'done', events: 180, lateAdded: 0, lateTwins: 0, windowsChanged: 0 });
    expect(run).toMatchObject({ differences: [], parts: 1, partsDone: 1 });
    expect(await readBatchHour(env.DB, place)).toMatchObject({ generation: 1, parts: 1, events: 180 });
  });

  test('[BAT-1, WIN-5b, DUP-1b] late events are added to their windows, late twins are not, and the difference is told', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await rollUpHour(env.DB, 1, 0, hour0);
    await world.seal();
    const late = eventOf(t0 + 5 * 60_000 + 4000, 9001);
    // Late, its twin in the same part, a twin of an event that counted, and one more twin in a later part.
    world.receive(t0 + 2 * hourMs, late, late, eventOf(t0 + 1000, 0));
    await world.seal();
    world.receive(t0 + 2 * hourMs + 1, late, eventOf(t0 + 7 * 60_000, 9002));
    await world.seal();
    const before = await windows();
    const { outcome, run } = await computeAs('a', world);
    expect(outcome.is).toBe('done');
    expect(run).toMatchObject({ events: 182, lateAdded: 2, lateTwins: 3, windowsChanged: 2, parts: 3 });
    expect(run?.differences).toContainEqual({
      table: 'region_windows',
      metric: 'events',
      before: 180,
      after: 182,
    });
    expect(run?.differences).toContainEqual({
      table: 'region_hours',
      metric: 'views',
      before: 180,
      after: 182,
    });
    const now = await windows();
    const changed = now.filter(({ revision }) => revision.generation === 1);
    expect(changed.map(({ minute }) => minute - hour0 * 60)).toEqual([5, 7]);
    expect(now.filter(({ revision }) => revision.generation === 0)).toEqual(
      before.filter(({ minute }) => ![5, 7].includes(minute - hour0 * 60)),
    );
    expect((await hours())[0]).toMatchObject({ windows: 60, revision: { generation: 1 } });
    expect((await hours())[0]?.counters[0]).toBe(182);
  });

  test('[BAT-1] running it twice changes nothing but its account', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    world.receive(t0 + 2 * hourMs, eventOf(t0 + 1000, 9001));
    await world.seal();
    await computeAs('a', world);
    const before = [await windows(), await hours()];
    const { run } = await computeAs('b', world);
    expect(run).toMatchObject({ state: 'done', windowsChanged: 0, differences: [], lateAdded: 1 });
    expect([await windows(), await hours()]).toEqual(before);
    expect(await readBatchHour(env.DB, place)).toMatchObject({ runId: 'b', generation: 2 });
  });

  test('[BAT-1] every step done twice gives the same: a run may die between any two of them', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    const late = eventOf(t0 + 1500, 9001);
    world.receive(t0 + 2 * hourMs, late, late);
    await world.seal();
    const { outcome, run } = await computeAs('a', world, true);
    expect(outcome.is).toBe('done');
    expect(run).toMatchObject({ state: 'done', events: 181, lateAdded: 1, lateTwins: 1, windowsChanged: 1 });
    expect(await eventsIn()).toBe(181);
  });

  test('[BAT-1] an hour that is not sealed puts the run off, for a day at most', async () => {
    const world = new BatchWorld();
    world.sealed = 'open';
    const { outcome, run } = await computeAs('a', world);
    expect(outcome.is).toBe('open');
    expect(run).toMatchObject({ state: 'waiting' });
    expect(run?.error).toContain('shard 0 of region 1 has not sealed this hour');
    await beginRun('a', 'demand', later + 25 * hourMs);
    expect((await carryOut(world.ports('a', later + 25 * hourMs), 'a')).is).toBe('open');
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'failed' });
  });

  test('[BAT-1] a run that is cancelled between steps writes nothing', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    world.receive(t0 + 2 * hourMs, eventOf(t0 + 1000, 9001));
    await world.seal();
    world.onRead = async (name) => {
      if (name.includes('counted')) await endRun(env.DB, 'a', 'cancelled', null, later);
    };
    const { outcome } = await computeAs('a', world);
    expect(outcome.is).toBe('over');
    expect(await eventsIn()).toBe(180);
    expect(await readBatchHour(env.DB, place)).toBeNull();
  });

  test('[BAT-1] a part that is corrupt, cut off or of another hour is named, and nothing is written', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    world.receive(t0 + 2 * hourMs, eventOf(t0 + 1000, 9001));
    const [first] = await world.seal();
    const name = [...world.parts.keys()][0] as string;
    world.onRead = () => {
      throw new PartError(name, 'the footer cannot be read');
    };
    expect((await computeAs('a', world)).outcome).toEqual({
      is: 'failed',
      why: `${name}: the footer cannot be read`,
    });
    await endRun(env.DB, 'a', 'failed', '', later);
    world.onRead = () => undefined;
    world.parts.set(name, { ...first, groups: first?.groups.slice(1) } as typeof first & object);
    const { outcome } = await computeAs('b', world);
    expect(outcome).toEqual({
      is: 'failed',
      why: `${name}: holds ${(first?.events.length ?? 0) - 7} events, where ${first?.events.length} are listed`,
    });
    expect(await eventsIn()).toBe(180);
    expect(await readBatchHour(env.DB, place)).toBeNull();
  });

  test('[BAT-1] parts that hold fewer events than the stream counted write nothing, but for a replay', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    const [part] = await world.seal();
    await saveWindows(env.DB, overcounted(await windows()));
    const { outcome } = await computeAs('a', world);
    expect(outcome).toMatchObject({
      is: 'failed',
      why: `the stream counted 240 events and the parts hold ${part?.events.length}: nothing was written`,
    });
    await endRun(env.DB, 'a', 'failed', '', later);
    await beginRun('b', 'replay');
    expect((await carryOut(world.ports('b'), 'b')).is).toBe('done');
    expect(await eventsIn()).toBe(180);
  });

  test('[RPL-4] where events were counted and no part is there, a replay writes nothing either', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await rollUpHour(env.DB, 1, 0, hour0);
    for (const table of ['batch_runs', 'region_windows']) {
      await beginRun(table, 'replay');
      expect(await carryOut(world.ports(table), table)).toMatchObject({
        is: 'failed',
        why: 'events were counted and no part of shard 0 is there: nothing was written',
      });
      await endRun(env.DB, table, 'failed', '', later);
      await env.DB.exec(`DELETE FROM ${table}`);
    }
    expect((await hours())[0]?.counters[0]).toBe(180);
    expect(await readBatchHour(env.DB, place)).toBeNull();
  });

  test('[RPL-3] until a replay has written an hour its old numbers are served, and one that is cancelled leaves them', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await rollUpHour(env.DB, 1, 0, hour0);
    await world.seal();
    await saveWindows(env.DB, overcounted(await windows()));
    const old = [await windows(), await hours()];
    const served: unknown[] = [];
    world.onRead = async () => void served.push([await windows(), await hours()]);
    await beginRun('a', 'replay');
    expect((await carryOut(world.ports('a'), 'a')).is).toBe('done');
    expect(served).toEqual([old]);
    expect(await eventsIn()).toBe(180);
    const now = [await windows(), await hours()];
    world.onRead = async () => void (await endRun(env.DB, 'b', 'cancelled', null, later));
    await saveWindows(env.DB, overcounted(old[0] as PackedWindow[]));
    await beginRun('b', 'replay');
    expect((await carryOut(world.ports('b'), 'b')).is).toBe('over');
    expect([await windows(), await hours()]).toEqual(now);
  });

  test('[BAT-1] once the windows are gone it puts right the hour alone', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await rollUpHour(env.DB, 1, 0, hour0);
    world.receive(t0 + 2 * hourMs, eventOf(t0 + 1000, 9001));
    await world.seal();
    await env.DB.exec('DELETE FROM region_windows');
    await beginRun('a');
    expect((await carryOut(world.ports('a', t0 + 9 * 24 * hourMs), 'a')).is).toBe('done');
    expect(await windows()).toEqual([]);
    expect((await hours())[0]?.counters[0]).toBe(181);
  });

  test('[BAT-1] a step that was given up, and ends behind its run beginning anew over more parts, changes nothing', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await world.seal();
    await beginRun('a');
    const params = { runId: 'a', regionNumber: 1, hour: hour0 };
    const [first, anew] = [0, openRetryMs].map((ms) => new HourRun(world.ports('a', later + ms), params));
    await first?.plan();
    // It stands while it reads, and nobody waits for it any more.
    const { promise, resolve } = Promise.withResolvers<void>();
    let stands = false;
    world.onRead = () => {
      stands = true;
      return promise;
    };
    const givenUp = first?.fold(0);
    await vi.waitFor(() => expect(stands).toBe(true));
    await first?.putOff('its tries are over');
    world.onRead = () => undefined;
    world.receive(t0 + 2 * hourMs, eventOf(t0 + 1000, 9001));
    await world.seal();
    await startRuns(env.DB, 1000, later + openRetryMs);
    await anew?.plan();
    await anew?.scan(0, 0, 0);
    await anew?.judge(0, 0);
    await anew?.fold(0);
    resolve();
    await givenUp;
    expect(await anew?.finish()).toEqual({ is: 'done', value: null });
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'done', events: 181, lateAdded: 1 });
    expect(await readBatchHour(env.DB, place)).toMatchObject({ parts: 2, events: 181 });
    expect(await eventsIn()).toBe(181);
  });

  test('[DUP-1b] what the log of a new incarnation counted again counts once', async () => {
    const world = new BatchWorld();
    await usualHour(world);
    await world.seal();
    const anew = new BatchWorld(2);
    anew.receive(t0 + 1000, eventOf(t0 + 1000, 0), eventOf(t0 + 1000, 9001));
    await anew.emit(t0 + 2 * hourMs);
    expect(await eventsIn()).toBe(180 - 3 + 2);
    for (const [name, part] of world.parts) anew.parts.set(name, part);
    await anew.seal();
    const { run } = await computeAs('a', anew);
    expect(run).toMatchObject({ state: 'done', events: 181, lateTwins: 1 });
    expect(await eventsIn()).toBe(181);
  });
});
