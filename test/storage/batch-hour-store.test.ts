import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { mergeWindows } from '../../core/window/merge-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { readBatchHour, writeHour } from '../../storage/batch-hour-store.ts';
import { endRun, readRun } from '../../storage/batch-store.ts';
import { readHours, rollUpHour } from '../../storage/hour-store.ts';
import { readWindows, saveWindows } from '../../storage/window-store.ts';
import { clearBatch, hour0, hourWrite, nowMs, runningRun } from './batch-rows.ts';
import { midnight, modelEvents, windowsOf } from './packed-windows.ts';

beforeEach(clearBatch);

const place = { regionNumber: 1, hour: hour0 };
const shard = [{ regionNumber: 1, shard: 0 }];
const stream = windowsOf(modelEvents(3, 400, 60, 1).filter((event) => event.shard === 0)).sort(
  (a, b) => a.minute - b.minute,
);

/** The windows as a run of a generation would have them: with one event more. */
const corrected = (windows: readonly PackedWindow[], generation: number): PackedWindow[] =>
  windows.map((window) => ({
    ...window,
    counters: window.counters.map((value, index) => (index === 0 ? value + generation : value)),
    revision: { ...window.revision, generation },
  }));

const hourOf = (windows: readonly PackedWindow[], generation: number) => {
  const merged = mergeWindows(windows);
  return { ...merged, revision: { ...merged.revision, generation }, regionNumber: 1, shard: 0, hour: hour0 };
};

const readAll = async () => ({
  windows: await readWindows(env.DB, shard, midnight, midnight + 60),
  hours: await readHours(env.DB, shard, hour0, hour0 + 1),
  account: await readBatchHour(env.DB, place),
});

describe('what a run says of an hour', () => {
  test('[BAT-1] is written whole with its account: a row for each window that differs, the hour, the account', async () => {
    await saveWindows(env.DB, stream);
    await rollUpHour(env.DB, 1, 0, hour0);
    await runningRun('a');
    const changed = corrected(stream.slice(0, 2), 1);
    const all = [...changed, ...stream.slice(2)];
    const differences = [{ table: 'region_windows', metric: 'events', before: 1, after: 3 }];
    const write = hourWrite('a', 1, { windows: changed, hours: [hourOf(all, 1)], differences });
    const { written, rowsWritten } = await writeHour(env.DB, write);
    // 2 windows, the hour, the account; the run's row and the entry of its state in the index.
    expect({ written, rowsWritten }).toEqual({ written: true, rowsWritten: 2 + 1 + 1 + 2 });
    const { windows, hours, account } = await readAll();
    expect(windows).toEqual(all);
    expect(hours).toEqual([hourOf(all, 1)]);
    expect(account).toMatchObject({ runId: 'a', generation: 1, events: 3, lateAdded: 1, lateTwins: 1 });
    expect(await readRun(env.DB, 'a')).toMatchObject({ state: 'done', windowsChanged: 2, differences });
  });

  test('[BAT-1] written twice changes nothing', async () => {
    await saveWindows(env.DB, stream);
    await runningRun('a');
    const write = hourWrite('a', 1, { windows: corrected(stream, 1), hours: [hourOf(stream, 1)] });
    await writeHour(env.DB, write);
    const before = await readAll();
    expect(await writeHour(env.DB, { ...write, generation: 2 })).toEqual({ written: false, rowsWritten: 0 });
    expect(await readAll()).toEqual(before);
  });

  test('[BAT-1, DUP-2] an older run never overwrites a newer one', async () => {
    await runningRun('a');
    await writeHour(env.DB, hourWrite('a', 2, { windows: corrected(stream, 2), hours: [hourOf(stream, 2)] }));
    const before = await readAll();
    await runningRun('b');
    const late = hourWrite('b', 1, { windows: corrected(stream, 1), hours: [hourOf(stream, 1)] });
    expect(await writeHour(env.DB, late)).toEqual({ written: false, rowsWritten: 0 });
    expect(await writeHour(env.DB, { ...late, generation: 2 })).toEqual({ written: false, rowsWritten: 0 });
    expect(await readAll()).toEqual(before);
    expect(await readRun(env.DB, 'b')).toMatchObject({ state: 'running' });
  });

  test('[BAT-1] one that was cancelled writes nothing', async () => {
    await saveWindows(env.DB, stream);
    await runningRun('a');
    await endRun(env.DB, 'a', 'cancelled', null, nowMs);
    const write = hourWrite('a', 1, { windows: corrected(stream, 1), hours: [hourOf(stream, 1)] });
    expect(await writeHour(env.DB, write)).toEqual({ written: false, rowsWritten: 0 });
    expect((await readAll()).windows).toEqual(stream);
  });

  test('[BAT-1] a frozen hour is left as it is', async () => {
    await runningRun('a');
    await writeHour(env.DB, hourWrite('a', 1));
    await env.DB.exec('UPDATE batch_hours SET frozen = 1');
    await env.DB.exec("UPDATE batch_runs SET state = 'running' WHERE id = 'a'");
    expect((await writeHour(env.DB, hourWrite('a', 2, { windows: stream }))).written).toBe(false);
    expect((await readAll()).windows).toEqual([]);
  });

  test('[DUP-2, BAT-1] what the stream emits afterwards, and its roll-up, undo nothing', async () => {
    await saveWindows(env.DB, stream);
    await runningRun('a');
    const changed = corrected(stream.slice(0, 1), 1);
    const all = [...changed, ...stream.slice(1)];
    await writeHour(env.DB, hourWrite('a', 1, { windows: changed, hours: [hourOf(all, 1)] }));
    const before = await readAll();
    const emittedLate = stream.map((window) => ({
      ...window,
      revision: { ...window.revision, incarnation: window.revision.incarnation + 1, logRow: 1e6 },
    }));
    await saveWindows(env.DB, emittedLate.slice(0, 1));
    await rollUpHour(env.DB, 1, 0, hour0);
    expect(await readAll()).toEqual(before);
    // A window that was the same for both may be emitted again, and says the same.
    await saveWindows(env.DB, emittedLate.slice(1));
    await rollUpHour(env.DB, 1, 0, hour0);
    const { hours } = await readAll();
    expect(hours.map(({ counters }) => counters)).toEqual(before.hours.map(({ counters }) => counters));
  });
});
