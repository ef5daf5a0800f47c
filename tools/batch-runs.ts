// Asks a local run for hours to be computed, and follows the runs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from './runtime.ts';

export interface RunState {
  readonly id: string;
  readonly state: string;
  readonly parts: number;
  readonly parts_done: number;
  readonly events: number;
  readonly late_added: number;
  readonly late_twins: number;
  readonly windows_changed: number;
  readonly error: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

const path = '/api/admin/batch/runs';

async function askAdmin<T>({ url, credentials }: Runtime, address: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${address}`, {
    headers: { authorization: `Bearer ${credentials.admin_token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function beginRun(
  runtime: Runtime,
  fromMs: number,
  toMs: number,
  region: string,
): Promise<RunState> {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  const { data } = await askAdmin<{ data: RunState[] }>(runtime, path, { from, to, regions: [region] });
  return data[0] as RunState;
}

export async function newestRun(runtime: Runtime): Promise<RunState> {
  const { data } = await askAdmin<{ data: RunState[] }>(runtime, `${path}?limit=1`);
  return data[0] as RunState;
}

/** The first state of the run that is wanted. */
export async function untilRun(
  runtime: Runtime,
  id: string,
  isWanted: (run: RunState) => boolean,
  withinMs = 120_000,
): Promise<RunState> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { data } = await askAdmin<{ data: RunState }>(runtime, `${path}/${id}`);
    if (isWanted(data)) return data;
    if (performance.now() > deadline) throw new Error(`the run stays ${JSON.stringify(data)}`);
    await sleep(20);
  }
}

/** Fires a cron of the Worker, as at the time given. */
export async function fireCron({ url }: Runtime, cron: string, atMs: number): Promise<void> {
  const query = new URLSearchParams({ cron, time: String(atMs) });
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?${query}`);
  if (!response.ok) throw new Error(`cron: ${response.status} ${await response.text()}`);
}
