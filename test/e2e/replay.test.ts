// A replay in the running service: by the API, through both Workflows, with the runtime killed in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fireCron } from '../../tools/batch-runs.ts';
import { hourMs, hourOfParts, storeParts } from '../../tools/lake-hour.ts';
import { prepareFolder } from '../../tools/prepare.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';

const persistTo = mkdtempSync(join(tmpdir(), 'marquee-replay-'));
const hour = Math.floor(Date.now() / hourMs) - 30;
const events = 100_000;
let runtime: Runtime;

interface Report {
  readonly id: string;
  readonly state: string;
  readonly differences: readonly object[];
}

beforeAll(async () => {
  await prepareFolder(persistTo);
  await storeParts(persistTo, hourOfParts(hour, events, 50_000, 0));
  runtime = await startRuntime({ persistTo, prepares: false });
});

afterAll(async () => {
  await runtime.stop();
  rmSync(persistTo, { recursive: true, force: true });
});

async function ask(address: string, body?: object): Promise<Report> {
  const headers = {
    authorization: `Bearer ${runtime.credentials.admin_token}`,
    'content-type': 'application/json',
  };
  const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(`${runtime.url}${address}`, init);
  expect(response.ok).toBe(true);
  return ((await response.json()) as { data: Report }).data;
}

test('[RPL-2] a replay in which the runtime is killed goes on once the watchdog has looked, and counts all', async () => {
  const [from, to] = [hour - 1, hour + 2].map((at) => new Date(at * hourMs).toISOString());
  const { id } = await ask('/api/admin/replay', { from, to });
  await sleep(300);
  runtime.killRuntime();
  await runtime.ready();
  // Ten minutes from now nothing has got on.
  await fireCron(runtime, '*/5 * * * *', Date.now() + 10 * 60_000);
  let report = await ask(`/api/admin/replays/${id}`);
  for (let tries = 0; tries < 100 && report.state === 'running'; tries++) {
    await sleep(500);
    report = await ask(`/api/admin/replays/${id}`);
  }
  expect(report).toMatchObject({ state: 'done', hours: 36, hours_done: 1, hours_empty: 35, hours_failed: 0 });
  expect(report).toMatchObject({ rows: events, windows_changed: 60, seconds_left: 0 });
  expect(report.differences[0]).toEqual({
    table: 'region_windows',
    metric: 'events',
    before: 0,
    after: events,
  });
});
