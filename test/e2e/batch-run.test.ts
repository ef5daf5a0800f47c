// A run of the batch layer in the running service: by the API, through the Workflow, with the runtime killed in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginRun, fireCron, newestRun, untilRun } from '../../tools/batch-runs.ts';
import { hourMs, hourOfParts, storeParts } from '../../tools/lake-hour.ts';
import { prepareFolder } from '../../tools/prepare.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';

const persistTo = mkdtempSync(join(tmpdir(), 'marquee-batch-run-'));
const hour = Math.floor(Date.now() / hourMs) - 30;
const events = 600_000;
let runtime: Runtime;

beforeAll(async () => {
  await prepareFolder(persistTo);
  await storeParts(persistTo, hourOfParts(hour, events, 50_000, 4_000));
  runtime = await startRuntime({ persistTo, prepares: false });
});

afterAll(async () => {
  await runtime.stop();
  rmSync(persistTo, { recursive: true, force: true });
});

test('[BAT-1] a run in which the runtime is killed goes on once the watchdog has looked, and counts the same', async () => {
  // The runtime has one thread: it may answer when the run is over, some two seconds later.
  const answer = beginRun(runtime, hour * hourMs, (hour + 1) * hourMs, 'EU-London').catch(() => null);
  await sleep(1000);
  runtime.killRuntime();
  await runtime.ready();
  await answer;
  const begun = await newestRun(runtime);
  expect(begun.state).toBe('running');
  // Ten minutes from now nothing has got on.
  await fireCron(runtime, '*/5 * * * *', Date.now() + 10 * 60_000);
  const run = await untilRun(runtime, begun.id, ({ state }) => state !== 'running');
  expect(run).toMatchObject({ state: 'done', error: null, events: events + 2_000 });
  expect(run).toMatchObject({ late_added: 2_000, late_twins: 2_000, windows_changed: 60 });
});

test('[BAT-1] run again without a fault it finds nothing to change', async () => {
  const begun = await beginRun(runtime, hour * hourMs, (hour + 1) * hourMs, 'EU-London');
  const run = await untilRun(runtime, begun.id, ({ state }) => state !== 'running');
  expect(run).toMatchObject({ state: 'done', events: events + 2_000, windows_changed: 0 });
});
