/** How tests have hours computed by a running Marquee, and read its lake. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findParts, linkParts } from '../../tools/lake/find-parts.ts';
import { openLake } from '../../tools/lake/query.ts';
import type { Runtime } from '../../tools/runtime.ts';
import { readWranglerConfig } from '../../tools/wrangler-config.ts';
import { askRuntime } from '../support/local-client.ts';
import { hourMs } from './past-traffic.ts';

/** As wrangler.toml has them: what begins runs, and what revives them. */
export const [hourlyCron = '', watchCron = ''] = readWranglerConfig().triggers.crons ?? [];

type Running = Pick<Runtime, 'url' | 'credentials'>;

export interface Run {
  readonly id: string;
  readonly region: string;
  readonly hour_start: string;
  readonly reason: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly parts: number;
  readonly events: number;
  readonly late_added: number;
  readonly late_twins: number;
  readonly windows_changed: number;
  readonly differences: readonly { readonly table: string; readonly metric: string }[];
  readonly error: string | null;
}

/** `data` of an answer. Throws what the service said where it did not answer. */
export async function askData<T>(runtime: Running, path: string, init?: RequestInit): Promise<T> {
  const response = await askRuntime(runtime, path, {
    ...init,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

/** Asks for runs over the hours of the regions; hours over which one goes on are passed over. */
export async function beginRuns(
  runtime: Running,
  hours: readonly number[],
  regions: readonly string[],
): Promise<Run[]> {
  const begun: Run[] = [];
  for (const hour of hours) {
    const [from, to] = [hour, hour + 1].map((at) => new Date(at * hourMs).toISOString());
    const body = JSON.stringify({ from, to, regions });
    begun.push(...(await askData<Run[]>(runtime, '/api/admin/batch/runs', { method: 'POST', body })));
  }
  return begun;
}

export async function allRuns(runtime: Running): Promise<Run[]> {
  const from = Date.now() - 72 * hourMs;
  return await askData<Run[]>(runtime, `/api/admin/batch/runs?from=${from}&limit=500`);
}

/** Once none of them waits or runs. Throws on one that failed. */
export async function untilOver(runtime: Running, begun: readonly Run[], withinMs = 90_000): Promise<Run[]> {
  const ids = new Set(begun.map(({ id }) => id));
  const endMs = Date.now() + withinMs;
  for (;;) {
    const runs = (await allRuns(runtime)).filter(({ id }) => ids.has(id));
    const failed = runs.find(({ state }) => state === 'failed');
    if (failed) throw new Error(`run ${failed.id} failed: ${failed.error}`);
    if (runs.length === ids.size && runs.every(({ state }) => state === 'done')) return runs;
    if (Date.now() > endMs) throw new Error(`not over within ${withinMs} ms: ${JSON.stringify(runs)}`);
    await sleep(200);
  }
}

/** Fires a cron, as the platform would at `atMs`. */
export async function fireCron({ url }: Running, cron: string, atMs = Date.now()): Promise<void> {
  const query = new URLSearchParams({ cron, time: String(atMs) });
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?${query}`);
  if (!response.ok) throw new Error(`cron ${cron} answered ${response.status}: ${await response.text()}`);
}

/** What the regions have logged as too late, in all. */
async function lateTotal(runtime: Running): Promise<number> {
  return (await askData<{ late_total: number }>(runtime, '/api/stats/realtime')).late_total;
}

/** Once so much is logged, and nothing more comes. */
export async function untilLogged(runtime: Running, atLeast: number): Promise<number> {
  let [before, still] = [-1, 0];
  for (let tries = 0; tries < 200; tries++) {
    const logged = await lateTotal(runtime).catch(() => -1);
    still = logged >= atLeast && logged === before ? still + 1 : 0;
    if (still === 3) return logged;
    before = logged;
    await sleep(250);
  }
  throw new Error(`${before} events are logged, of at least ${atLeast}`);
}

/** Rows of a statement over the parts of a data folder, by DuckDB: the view `events` has an event a row. */
export async function askLake<Row>(persistTo: string, sql: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-lake-'));
  try {
    linkParts(findParts(persistTo, 'marquee-lake'), folder, () => undefined);
    const connection = await openLake(folder);
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    connection.closeSync();
    return rows as Row[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
