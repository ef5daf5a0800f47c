import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { partName } from '../../../core/lake/part-name.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { mergeWindows } from '../../../core/window/merge-windows.ts';
import { saveAlerts } from '../../../storage/alert-store.ts';
import { contentText } from '../../../storage/batch-hour-store.ts';
import { readHours } from '../../../storage/hour-store.ts';
import { beginReplay } from '../../../storage/replay-dispatch.ts';
import { readReplay, startReplay } from '../../../storage/replay-store.ts';
import { readWindows, saveWindows } from '../../../storage/window-store.ts';
import { passOn } from '../../../workers/batch/replay-round.ts';
import { reviveReplays } from '../../../workers/batch/watchdog.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask } from '../api/ask.ts';
import { hourMs } from './batch-world.ts';
import {
  clearReplays,
  doubled,
  faultyHours,
  first,
  hours,
  hurry,
  shard,
  textsIn,
  textsOf,
  untilOver,
} from './replay-world.ts';

beforeEach(async () => {
  for (const level of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(() => undefined);
  await clearReplays();
});

const iso = (hour: number): string => new Date(hour * hourMs).toISOString();

async function regionName(): Promise<string> {
  return (await env.DB.prepare('SELECT name FROM regions WHERE number = 1').first<string>('name')) ?? '';
}

async function begin(fromHour: number, toHour: number): Promise<string> {
  const body = JSON.stringify({ from: iso(fromHour), to: iso(toHour), regions: [await regionName()] });
  const response = await ask('/api/admin/replay', { method: 'POST', body });
  expect(response.status).toBe(202);
  return (await response.json<{ data: { id: string } }>()).data.id;
}

interface Report {
  readonly failures: readonly object[];
  readonly differences: readonly { readonly table: string; readonly metric: string }[];
}
const reportOf = async (id: string) =>
  (await (await ask(`/api/admin/replays/${id}`)).json<{ data: Report }>()).data;

const end = first + hours;
const perHour = 12 * 3;

describe('a fault of counting that was streamed', () => {
  test('[RPL-2, RPL-3, RPL-5] once put right it is replayed: the tables are right, and it is told what changed', async () => {
    const { right } = await faultyHours();
    const wrong = await textsIn(first, end);
    expect(wrong).toEqual(textsOf(right.map(doubled), first, end));
    const windowMinute = first * 60 + 5;
    await saveAlerts(env.DB, [buildAlert({ id: 'a', windowMinute, region: 'R', regionNumber: 1 })]);
    const alerts = async () => (await env.DB.prepare('SELECT * FROM alerts').all()).results;
    const alertsBefore = await alerts();
    await hurry();
    const id = await begin(first, end);
    await untilOver(id);

    expect(await textsIn(first, end)).toEqual(textsOf(right, first, end));
    const rows = await readHours(env.DB, shard, first, end);
    for (const [n, row] of rows.entries()) {
      const minutes = right.filter(({ minute }) => Math.floor(minute / 60) === first + n);
      const expected = { ...mergeWindows(minutes), regionNumber: 1, shard: 0, hour: first + n };
      expect(contentText(row)).toBe(contentText(expected));
    }
    const report = await reportOf(id);
    expect(report).toMatchObject({ state: 'done', hours, hours_done: hours, hours_failed: 0 });
    expect(report).toMatchObject({ parts: hours, parts_done: hours, rows: perHour * hours, seconds_left: 0 });
    expect(report).toMatchObject({ windows_changed: right.length });
    const views = { metric: 'views', before: 2 * perHour * hours, after: perHour * hours };
    expect(report.failures).toEqual([]);
    expect(report.differences).toEqual([
      { table: 'region_hours', ...views },
      { table: 'region_windows', ...views },
    ]);
    expect(await alerts()).toEqual(alertsBefore);

    // What the stream had under way from before comes after it.
    const stale = right.map((window) => ({
      ...doubled(window),
      revision: { ...window.revision, incarnation: 9, logRow: window.revision.logRow + 1000 },
    }));
    await saveWindows(env.DB, stale);
    expect(await textsIn(first, end)).toEqual(textsOf(right, first, end));
    const again = await begin(first, end);
    await untilOver(again);
    expect(await reportOf(again)).toMatchObject({ state: 'done', differences: [] });
  });

  test('[RPL-4] a part that was damaged is named, its hour stays as it was, and the others go on', async () => {
    const { right, parts } = await faultyHours();
    const name = partName(
      (parts.find(({ address }) => address.hour === first + 1) ?? parts[0])?.address as never,
    );
    const bytes = await (await env.LAKE.get(name))?.bytes();
    bytes?.fill(0, 100, 140);
    await env.LAKE.put(name, bytes as Uint8Array);
    await hurry();
    const id = await begin(first - 1, end);
    await untilOver(id);
    const report = await reportOf(id);
    expect(report).toMatchObject({ state: 'done_with_failures', hours: 4, hours_empty: 1, hours_done: 2 });
    expect(report.failures).toMatchObject([{ hour_start: iso(first + 1), part: name }]);
    const middle = [first + 1, first + 2] as const;
    expect(await textsIn(...middle)).toEqual(textsOf(right.map(doubled), ...middle));
    for (const hour of [first, first + 2])
      expect(await textsIn(hour, hour + 1)).toEqual(textsOf(right, hour, hour + 1));
  });
});

describe('[RPL-2] what lies in the log of a shard alone', () => {
  test('is sealed first, by the real shard and its sealer, and counted', async () => {
    const address = { regionNumber: 2, shard: 0 };
    const name = shardObjectName(2, 0);
    const hour = first + 1;
    const events = [1, 2, 3].map((n) => buildEvent({ timeMs: hour * hourMs + n, identityHi: n }));
    const chunk = buildChunk(events, { regionNumber: 2, receivedAtMs: Date.now() });
    const object = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(name));
    expect(await object.receive(address, [chunk])).toEqual([{ verdict: 'committed' }]);
    await hurry();
    const asked = { fromHour: first, toHour: end, regions: [2], startedBy: 'p' };
    await startReplay(env.DB, { id: 'real', ...asked }, Date.now());
    await beginReplay(env.REPLAY, { replayId: 'real', instance: 1 });
    await untilOver('real');
    const report = await reportOf('real');
    expect(report).toMatchObject({ state: 'done', hours_done: 1, hours_empty: 2, rows_listed: 3, rows: 3 });
    expect(report.differences).toContainEqual({
      table: 'region_windows',
      metric: 'events',
      before: 0,
      after: 3,
    });
    const [window] = await readWindows(env.DB, [address], first * 60, end * 60);
    expect(window).toMatchObject({ minute: hour * 60, revision: { generation: 1 } });
    expect(window?.counters[0]).toBe(3);
  });
});

describe('[RPL-2] a replay that stands still', () => {
  const asked = { fromHour: first, toHour: end, regions: [1], startedBy: 'p' };

  test('is begun by the watchdog where its instance was never made, and left alone while it gets on', async () => {
    const { right } = await faultyHours();
    await startReplay(env.DB, { id: 'lost', ...asked }, Date.now());
    await hurry();
    await reviveReplays(env.DB, env.REPLAY, Date.now());
    await expect(env.REPLAY.get('lost-1')).rejects.toThrow();
    await reviveReplays(env.DB, env.REPLAY, Date.now() + 7 * 60_000);
    await untilOver('lost');
    expect(await readReplay(env.DB, 'lost')).toMatchObject({ state: 'done', parts: hours });
    expect(await textsIn(first, end)).toEqual(textsOf(right, first, end));
  });

  test('is carried on by the next instance, once, however often it is passed on', async () => {
    await faultyHours();
    await startReplay(env.DB, { id: 'long', ...asked }, Date.now());
    await hurry();
    const params = { replayId: 'long', instance: 1 };
    await passOn(env, params, Date.now());
    await passOn(env, params, Date.now());
    await untilOver('long');
    expect(await readReplay(env.DB, 'long')).toMatchObject({ state: 'done', instance: 2 });
    await expect(env.REPLAY.get('long-3')).rejects.toThrow();
  });
});
