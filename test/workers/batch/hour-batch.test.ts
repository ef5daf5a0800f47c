import { introspectWorkflowInstance } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { partName } from '../../../core/lake/part-name.ts';
import { dispatchRuns } from '../../../storage/batch-dispatch.ts';
import { readBatchHour } from '../../../storage/batch-hour-store.ts';
import { addRuns, openRetryMs, putOff, readRun, startRuns } from '../../../storage/batch-store.ts';
import { encodePart } from '../../../storage/lake/encode-part.ts';
import { reviveRuns } from '../../../workers/batch/watchdog.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { lakeRows, type MadePart } from '../../support/logged-events.ts';
import { BatchWorld, eventOf, hour0, hourMs, t0, usualHour } from './batch-world.ts';

beforeEach(clearBatch);

const place = { regionNumber: 1, hour: hour0 };
const asked = (id: string) => ({ id, ...place, reason: 'demand', replayId: null }) as const;

/** The parts as the sealer writes them. */
async function putParts(parts: readonly MadePart[]): Promise<void> {
  for (const { address, events } of parts) {
    const { bytes } = await encodePart(lakeRows(events), address);
    await env.LAKE.put(partName(address), bytes);
  }
}

async function lateHour(): Promise<void> {
  const world = new BatchWorld();
  await usualHour(world);
  await putParts(await world.seal());
  const late = eventOf(t0 + 5 * 60_000 + 4000, 9001);
  world.receive(t0 + 2 * hourMs, late, late, eventOf(t0 + 1000, 0));
  await putParts(await world.seal());
}

async function untilOver(id: string, sealed = 'done') {
  const instance = await introspectWorkflowInstance(env.HOUR_BATCH, id);
  onTestFinished(() => instance.dispose());
  await instance.modify(async (modifier) => {
    await modifier.mockStepResult(
      { name: 'seal' },
      sealed === 'done' ? { is: 'done', value: null } : { is: sealed },
    );
    await modifier.disableRetryDelays();
  });
  return instance;
}

const workLeft = async (id: string) => (await env.LAKE.list({ prefix: `lake/work/${id}/` })).objects.length;

describe('the Workflow of a run', () => {
  test('[BAT-1, WIN-5b, DUP-1b] reads the parts in R2, puts the hour right, and leaves nothing behind', async () => {
    await lateHour();
    await addRuns(env.DB, [asked('run-a')], Date.now());
    const instance = await untilOver('run-a');
    expect(await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now())).toBe(1);
    await instance.waitForStatus('complete');
    expect(await readRun(env.DB, 'run-a')).toMatchObject({
      state: 'done',
      parts: 2,
      partsDone: 2,
      events: 181,
      lateAdded: 1,
      lateTwins: 2,
      windowsChanged: 1,
    });
    expect(await readBatchHour(env.DB, place)).toMatchObject({ runId: 'run-a', generation: 1 });
    expect(await workLeft('run-a')).toBe(0);
  });

  test('[BAT-1] a part that was damaged in R2 fails the run by name, and the next run may begin', async () => {
    await lateHour();
    const { objects } = await env.LAKE.list({ prefix: 'lake/events/' });
    const name = objects.find(({ key }) => key.endsWith('counted.parquet'))?.key as string;
    const bytes = await (await env.LAKE.get(name))?.bytes();
    bytes?.fill(0, 100, 140);
    await env.LAKE.put(name, bytes as Uint8Array);
    await addRuns(env.DB, [asked('run-b')], Date.now());
    const instance = await untilOver('run-b');
    await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now());
    await instance.waitForStatus('complete');
    const run = await readRun(env.DB, 'run-b');
    expect(run?.state).toBe('failed');
    expect(run?.error).toContain(name);
    expect(await workLeft('run-b')).toBe(0);
    expect((await addRuns(env.DB, [asked('run-c')], Date.now())).size).toBe(1);
  });

  test('[BAT-1] one that was put off is begun again, by the same id', async () => {
    await lateHour();
    await addRuns(env.DB, [asked('run-d')], Date.now());
    const instance = await untilOver('run-d', 'open');
    await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now());
    await instance.waitForStatus('complete');
    await putOff(env.DB, 'run-d', 'not sealed', Date.now());
    expect(await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now())).toBe(0);
    expect(await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now() + openRetryMs)).toBe(1);
    expect(await readRun(env.DB, 'run-d')).toMatchObject({ state: 'running', error: null });
  });

  test('[BAT-1] the watchdog begins a run whose instance was never made, and leaves one that gets on', async () => {
    await lateHour();
    await addRuns(env.DB, [asked('run-e')], Date.now());
    // Whoever made it running died before it made the instance.
    await startRuns(env.DB, 9, Date.now());
    const instance = await untilOver('run-e');
    await reviveRuns(env.DB, env.HOUR_BATCH, Date.now());
    expect(await readRun(env.DB, 'run-e')).toMatchObject({ state: 'running', partsDone: 0 });
    await reviveRuns(env.DB, env.HOUR_BATCH, Date.now() + 7 * 60_000);
    await instance.waitForStatus('complete');
    expect(await readRun(env.DB, 'run-e')).toMatchObject({ state: 'done' });
  });

  test('[BAT-1] storage that is away for a moment is asked again; for longer, the run waits, says why, and is begun again', async () => {
    await lateHour();
    await addRuns(env.DB, [asked('run-f')], Date.now());
    const instance = await untilOver('run-f');
    const away = new Error('R2 is away');
    await instance.modify(async (modifier) => {
      await modifier.mockStepError({ name: 'judge 0.0' }, away, 2);
      // As often as a step is tried.
      await modifier.mockStepError({ name: 'fold 0' }, away, 5);
    });
    await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now());
    await instance.waitForStatus('complete');
    expect(await readRun(env.DB, 'run-f')).toMatchObject({ state: 'waiting', error: 'Error: R2 is away' });
    expect(await readBatchHour(env.DB, place)).toBeNull();
    expect(await workLeft('run-f')).toBe(0);
    expect(await dispatchRuns(env.DB, env.HOUR_BATCH, Date.now() + openRetryMs)).toBe(1);
  });
});
