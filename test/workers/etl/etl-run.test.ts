import { introspectWorkflowInstance } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { etlStepsMax } from '../../../core/protocol/warehouse-limits.ts';
import { beginEtlInstance } from '../../../storage/etl/etl-dispatch.ts';
import { reviveEtlRuns } from '../../../workers/etl/watchdog.ts';
import { dumpWarehouse, emptyWarehouse } from '../../storage/warehouse/warehouse-rows.ts';
import { begin, clearEtl, drive, runOf, smallFiles } from './etl-world.ts';

const minuteMs = 60_000;

beforeEach(async () => {
  await clearEtl();
  await emptyWarehouse();
});

async function instanceOf(id: string) {
  const instance = await introspectWorkflowInstance(env.ETL_RUN, id);
  onTestFinished(() => instance.dispose());
  return instance;
}

describe('the Workflow of an ETL run', () => {
  test('[ETL-1] carries it on to its end', async () => {
    await drive(await begin(smallFiles()));
    const wanted = await dumpWarehouse();
    await emptyWarehouse();
    const id = await begin(smallFiles());
    const instance = await instanceOf(`${id}-1`);
    await beginEtlInstance(env.ETL_RUN, { runId: id, instance: 1 });
    // Called again it begins nothing anew.
    await beginEtlInstance(env.ETL_RUN, { runId: id, instance: 1 });
    await instance.waitForStatus('complete');
    expect(await runOf(id)).toMatchObject({ state: 'done', instance: 1 });
    expect(await dumpWarehouse()).toEqual(wanted);
  });

  test('[ETL-1] passes it on to another instance after so many steps', async () => {
    const id = await begin(smallFiles());
    const [first, second] = [await instanceOf(`${id}-1`), await instanceOf(`${id}-2`)];
    await first.modify(async (modifier) => {
      for (let n = 0; n < etlStepsMax; n++)
        await modifier.mockStepResult({ name: `extract ${n}` }, 'extract');
    });
    await beginEtlInstance(env.ETL_RUN, { runId: id, instance: 1 });
    await first.waitForStatus('complete');
    await second.waitForStatus('complete');
    expect(await runOf(id)).toMatchObject({ state: 'done', instance: 2, progress: { rowsLoaded: 42 } });
  });

  test('[ETL-2] notes why a step failed for good, and ends', async () => {
    const id = await begin(smallFiles());
    const instance = await instanceOf(`${id}-1`);
    await instance.modify(async (modifier) => {
      await modifier.disableRetryDelays();
      await modifier.mockStepError({ name: 'extract 1' }, new Error('R2 is away'));
    });
    await beginEtlInstance(env.ETL_RUN, { runId: id, instance: 1 });
    await instance.waitForStatus('complete');
    const { state, error } = await runOf(id);
    expect(state).toBe('failed');
    expect(error).toContain('R2 is away');
    expect((await env.LAKE.list({ prefix: 'etl/work/' })).objects).toEqual([]);
  });
});

describe('the watchdog of ETL runs', () => {
  test('[ETL-1] begins one whose instance is gone, once it has stood still for six minutes', async () => {
    const startedAtMs = Date.now();
    const id = await begin(smallFiles(), { startedAtMs });
    const instance = await instanceOf(`${id}-1`);
    await reviveEtlRuns(env.DB, env.ETL_RUN, startedAtMs + 6 * minuteMs);
    expect((await runOf(id)).progressedAtMs).toBe(startedAtMs);
    await reviveEtlRuns(env.DB, env.ETL_RUN, startedAtMs + 6 * minuteMs + 1);
    await instance.waitForStatus('complete');
    expect((await runOf(id)).state).toBe('done');
  });

  test('[ETL-1] gives up one that has stood for a day, and then another may begin', async () => {
    const startedAtMs = Date.now();
    const id = await begin(smallFiles(), { startedAtMs });
    await reviveEtlRuns(env.DB, env.ETL_RUN, startedAtMs + 24 * 60 * minuteMs + 1);
    expect(await runOf(id)).toMatchObject({ state: 'failed', error: 'it stood still for a day' });
    expect((await drive(await begin(smallFiles()))).state).toBe('done');
  });
});
