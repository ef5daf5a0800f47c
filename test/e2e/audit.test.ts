// The audit log of the running service: written behind its answers, whole over a restart, and tampering is found.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime } from '../support/local-client.ts';

let persistTo = '';
let runtime: Runtime;

beforeAll(async () => {
  persistTo = await mkdtemp(join(tmpdir(), 'marquee-audit-'));
  runtime = await startRuntime({ persistTo });
});

afterAll(async () => {
  await runtime?.stop();
  await rm(persistTo, { recursive: true, force: true });
});

interface Check {
  readonly ok: boolean;
  readonly rows: number;
  readonly fault: { readonly seq: number; readonly kind: string } | null;
  readonly newest_anchor: { readonly seq: number } | null;
}

async function get<T>(path: string): Promise<T> {
  const answer = await askRuntime(runtime, path);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: T }).data;
}

const check = () => get<Check>('/api/admin/audit/check');

/** The database of a service that is stopped, as somebody who holds its file sees it. */
async function tamper(sql: string): Promise<void> {
  const paths = await readdir(persistTo, { recursive: true });
  for (const path of paths.filter((name) => name.endsWith('.sqlite') && name.includes('d1'))) {
    const database = new DatabaseSync(join(persistTo, path));
    const isIt = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit_log'").get();
    if (isIt) database.exec(sql);
    database.close();
  }
}

async function restarted(between: () => Promise<void>): Promise<void> {
  await runtime.stop();
  await between();
  runtime = await startRuntime({ persistTo, prepares: false });
}

test('[AUD-2, AUD-3] many at once are all noted and chained; a restart keeps the log whole; a cut end is found', async () => {
  const made = Array.from({ length: 20 }, (_, n) =>
    askRuntime(runtime, '/api/admin/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'a', name: `key ${n}` }),
    }),
  );
  for (const answer of await Promise.all(made)) expect(answer.status).toBe(200);
  await expect
    .poll(() => get<unknown[]>('/api/admin/audit?action=key.create'), { timeout: 10_000 })
    .toHaveLength(20);
  await restarted(async () => Promise.resolve());
  const whole = await check();
  expect(whole).toMatchObject({ ok: true, fault: null });
  expect(whole.rows).toBeGreaterThan(20);
  await restarted(() => tamper('DELETE FROM audit_log WHERE seq > 15'));
  expect(await check()).toMatchObject({ ok: false, rows: 15, fault: { seq: 16, kind: 'truncated_end' } });
});
