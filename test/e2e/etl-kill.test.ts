// The product is killed at every named failpoint of an ETL run; each time it goes on where it stood, and in the end the
// tables are those of a run that nothing disturbed, row for row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { etlFailpoints } from '../../core/lake/failpoints.ts';
import { fireCron } from '../../tools/batch-runs.ts';
import { beginEtl, readEtl, untilEtl, uploadFile } from '../../tools/etl-runs.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import {
  differences,
  dumpWarehouse,
  emptyWarehouse,
  importFiles,
  type WarehouseDump,
} from './import-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'marquee-etl-kill-'));
const files = importFiles(Number(process.env.E2E_SEED ?? 1), Date.now());
const watchCron = '*/5 * * * *';
/** Longer than a run may stand still before the watchdog takes it for dead. */
const stalledMs = 7 * 60_000;
/** 240 ends before they start, 240 with the id of another, 120 ratings of 11. */
const rejected = { ends_before_start: 240, duplicate_key: 240, out_of_range: 120 };
let runtime: Runtime;
let undisturbed: WarehouseDump;

async function start(
  vars: Readonly<Record<string, string>> = {},
  log?: (text: string) => void,
): Promise<void> {
  runtime = await startRuntime({ persistTo: folder, vars, ...(log ? { log } : {}) });
}

beforeAll(async () => {
  await start();
  for (const [name, text] of Object.entries(files)) await uploadFile(runtime, name, text);
});

afterAll(async () => {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('[ETL-1, ETL-3] a run by the API loads what is right, and says what is not', async () => {
  const run = await untilEtl(runtime, (await beginEtl(runtime)).id);
  expect(run).toMatchObject({ state: 'done', error: null, rows: 18_430, rows_rejected: 600 });
  expect(run.rejects.by_code).toEqual(rejected);
  await runtime.stop();
  undisturbed = await dumpWarehouse(folder);
  expect(undisturbed.viewing_sessions).toHaveLength(11_520);
  expect(undisturbed.ratings).toHaveLength(5_880);
  expect(undisturbed.users.length).toBeGreaterThan(400);
  expect(undisturbed.movies).toHaveLength(33);
});

test('[ETL-1, ETL-2] killed at every failpoint it goes on, and the tables are the same row for row', async () => {
  await emptyWarehouse(folder);
  let output = '';
  const vars = { FAILPOINTS: etlFailpoints.join(',') };
  const log = (text: string) => {
    output += text;
  };
  await start(vars, log);
  const reached = () =>
    [...output.matchAll(/"event":"failpoint"[^\n]*?"point":"([^"]+)"/g)].map(([, at]) => at ?? '');
  const { id } = await beginEtl(runtime);
  const killedAt = new Set<string>();
  for (let watches = 1; killedAt.size < etlFailpoints.length; watches++) {
    const endMs = Date.now() + 15_000;
    while (!reached().some((point) => !killedAt.has(point))) {
      if (Date.now() > endMs) throw new Error(`it stands: ${JSON.stringify(await readEtl(runtime, id))}`);
      await sleep(20);
    }
    for (const point of reached()) killedAt.add(point);
    if (killedAt.size % 8 === 5) {
      // The whole machine.
      await runtime.killGroup();
      await start(vars, log);
    } else {
      runtime.killRuntime();
      await runtime.ready();
    }
    await fireCron(runtime, watchCron, Date.now() + watches * stalledMs);
  }
  expect([...killedAt].sort()).toEqual([...etlFailpoints].sort());
  const run = await untilEtl(runtime, id);
  expect(run).toMatchObject({
    state: 'done',
    error: null,
    rows: 18_430,
    rows_rejected: 600,
    rows_loaded: 17_830,
  });
  expect(run.rejects.by_code).toEqual(rejected);
  await runtime.stop();
  expect(differences(undisturbed, await dumpWarehouse(folder))).toEqual([]);
});

test('[ETL-4] the same files again change nothing', async () => {
  await start();
  const run = await untilEtl(runtime, (await beginEtl(runtime)).id);
  expect(run.loaded.map(({ inserted, updated }) => [inserted, updated])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  await runtime.stop();
  expect(differences(undisturbed, await dumpWarehouse(folder))).toEqual([]);
});
