// Hours of a region that a faulty stream has counted, with their parts in R2, and replays over them.
import { introspectWorkflow } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, onTestFinished, vi } from 'vitest';
import { counterNames } from '../../../core/aggregate/counters.ts';
import { partName } from '../../../core/lake/part-name.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import { computableBefore } from '../../../storage/batch-due.ts';
import { contentText } from '../../../storage/batch-hour-store.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { encodePart } from '../../../storage/lake/encode-part.ts';
import { readReplay } from '../../../storage/replay-store.ts';
import { readWindows } from '../../../storage/window-store.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { lakeRows, type MadePart } from '../../support/logged-events.ts';
import { BatchWorld, eventOf, hourMs } from './batch-world.ts';

const minute = 60_000;
export const hours = 3;
/** The first of them; their lateness is over. */
export const first = computableBefore(Date.now()) - hours;
export const shard = [{ regionNumber: 1, shard: 0 }];

const views = counterNames.indexOf('views');

/** Counts each view twice, and forgets devices. */
export const doubled = (window: PackedWindow): PackedWindow => ({
  ...window,
  counters: window.counters.map((value, at) => (at === views ? 2 * value : value)),
  dimensions: { ...window.dimensions, device: [] },
});

export async function clearReplays(): Promise<void> {
  await clearBatch();
  await env.DB.exec('DELETE FROM replays');
}

/** Three hours, streamed with the fault, rolled up and sealed. `right` is what a stream without it would have said. */
export async function faultyHours(): Promise<{
  readonly world: BatchWorld;
  readonly right: readonly PackedWindow[];
  readonly parts: readonly MadePart[];
}> {
  const t = first * hourMs;
  const world = new BatchWorld(1, t);
  const right: PackedWindow[] = [];
  world.fault = (window) => {
    right.push(window);
    return doubled(window);
  };
  for (let n = 0; n < 60 * hours; n += 5) {
    const timeMs = t + n * minute + 1000;
    const events = [0, 1, 2].map((i) => eventOf(timeMs + i * 9000, n * 10 + i));
    world.receive(timeMs + 30_000, ...events, events[0] as (typeof events)[number]);
  }
  await world.emit(t + (hours + 2) * hourMs);
  for (let n = 0; n < hours; n++) await rollUpHour(env.DB, 1, 0, first + n);
  const parts = await world.seal();
  for (const { address, events } of parts) {
    const { bytes } = await encodePart(lakeRows(events), address);
    await env.LAKE.put(partName(address), bytes);
  }
  return { world, right, parts };
}

/** What D1 says of the minutes of hours, whatever wrote it. */
export async function textsIn(fromHour: number, toHour: number): Promise<string[]> {
  return (await readWindows(env.DB, shard, fromHour * 60, toHour * 60)).map(contentText);
}

export const textsOf = (windows: readonly PackedWindow[], fromHour: number, toHour: number): string[] =>
  windows
    .filter(({ minute: at }) => at >= fromHour * 60 && at < toHour * 60)
    .toSorted((a, b) => a.minute - b.minute)
    .map(contentText);

/** Workflows without their pauses. */
export async function hurry(): Promise<void> {
  const [replays, runs] = [await introspectWorkflow(env.REPLAY), await introspectWorkflow(env.HOUR_BATCH)];
  await replays.modifyAll(async (modifier) => {
    await modifier.disableSleeps();
    await modifier.disableRetryDelays();
  });
  await runs.modifyAll((modifier) => modifier.disableRetryDelays());
  onTestFinished(async () => {
    await replays.dispose();
    await runs.dispose();
  });
}

export async function untilOver(id: string): Promise<void> {
  await vi.waitFor(async () => expect((await readReplay(env.DB, id))?.state).not.toBe('running'), {
    timeout: 40_000,
    interval: 200,
  });
}
