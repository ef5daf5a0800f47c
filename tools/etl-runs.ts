// Uploads files to a running Marquee, has them loaded into the warehouse, and follows the run.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from './runtime.ts';

type Running = Pick<Runtime, 'url' | 'credentials'>;

export interface EtlRunState {
  readonly id: string;
  readonly state: 'running' | 'cancelling' | 'done' | 'refused' | 'cancelled' | 'failed';
  readonly phase: string;
  readonly rows: number;
  readonly rows_rejected: number;
  readonly rows_loaded: number;
  readonly rejects: { readonly by_code: Readonly<Record<string, number>> };
  readonly loaded: readonly { readonly table: string; readonly inserted: number; readonly updated: number }[];
  readonly warnings: readonly string[];
  readonly error: string | null;
  readonly share_done: number;
  readonly seconds_left: number | null;
  readonly started_at: string;
  readonly finished_at: string | null;
}

async function askAdmin<T>({ url, credentials }: Running, path: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${credentials.admin_token}`);
  const response = await fetch(`${url}${path}`, { ...init, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

export async function uploadFile(runtime: Running, name: string, bytes: BodyInit): Promise<void> {
  await askAdmin(runtime, `/api/admin/imports/${name}`, { method: 'PUT', body: bytes });
}

/** Over all uploaded files, or some. */
export async function beginEtl(runtime: Running, body: { files?: string[] } = {}): Promise<EtlRunState> {
  return await askAdmin(runtime, '/api/admin/run-etl', { method: 'POST', body: JSON.stringify(body) });
}

export async function readEtl(runtime: Running, id: string): Promise<EtlRunState> {
  return await askAdmin(runtime, `/api/admin/etl/${id}`);
}

/** The first state of the run that is wanted; one that is over, where nothing else is said. */
export async function untilEtl(
  runtime: Running,
  id: string,
  isWanted: (run: EtlRunState) => boolean = ({ finished_at }) => finished_at !== null,
  withinMs = 120_000,
): Promise<EtlRunState> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const run = await readEtl(runtime, id);
    if (isWanted(run)) return run;
    if (performance.now() > deadline) throw new Error(`the run stays ${JSON.stringify(run)}`);
    await sleep(50);
  }
}
