// A Marquee over one data folder that is killed and started again, and the controls of its fire entry.
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonRole } from '../../../core/access/caller.ts';
import { freePort } from '../../ports.ts';
import { prepareFolder } from '../../prepare.ts';
import { type Runtime, startRuntime } from '../../runtime.ts';
import type { Disorder, Fault, Fill, ObjectKind, QueueState } from '../protocol.ts';
import { type Held, heldBy } from './held.ts';

export interface WorldOptions {
  readonly folder: string;
  readonly configPath: string;
  readonly disorder?: Partial<Disorder>;
  /** More variables of the Worker. */
  readonly vars?: Readonly<Record<string, string>>;
}

export interface StartOptions {
  /** Another than that of the world, which it then keeps: its migrations are made too. */
  readonly configPath?: string;
  /** The clock of the Worker is so far ahead. */
  readonly aheadMs?: number;
  /** Failpoints to stop at, each once for the folder. */
  readonly stops?: readonly string[];
}

export class World {
  readonly folder: string;
  readonly #options: WorldOptions;
  #runtime: Runtime | null = null;
  #url = '';
  #output = '';
  #preparedBy = '';
  #configPath: string;
  /** Of the runtime's inspector. */
  #inspectorPort = 0;
  aheadMs = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.#configPath = options.configPath;
    mkdirSync(this.folder, { recursive: true });
  }

  /** Throws while it does not run. */
  get runtime(): Runtime {
    if (!this.#runtime) throw new Error('Marquee does not run now');
    return this.#runtime;
  }

  /** Where it is, or was last; empty before the first start. */
  get url(): string {
    return this.#url;
  }

  get isRunning(): boolean {
    return this.#runtime !== null;
  }

  async start({ aheadMs = 0, stops = [], configPath = this.#configPath }: StartOptions = {}): Promise<void> {
    const { disorder, vars: own = {} } = this.#options;
    if (this.#preparedBy !== configPath) await prepareFolder(this.folder, configPath);
    this.#preparedBy = configPath;
    this.#configPath = configPath;
    this.#inspectorPort = await freePort();
    const vars: Record<string, string> = {
      ...own,
      ...(disorder ? { FIRE_DISORDER: JSON.stringify(disorder) } : {}),
      ...(aheadMs > 0 ? { FIRE_CLOCK_AHEAD_MS: String(aheadMs) } : {}),
      ...(stops.length > 0 ? { FAILPOINTS: stops.join(',') } : {}),
    };
    this.aheadMs = aheadMs;
    const log = (text: string): void => {
      this.#output += text;
    };
    const { folder: persistTo } = this;
    const options = { persistTo, configPath, vars, log, prepares: false };
    this.#runtime = await startRuntime({ ...options, inspectorPort: this.#inspectorPort });
    this.#url = this.#runtime.url;
  }

  /** SIGKILL to wrangler and both workerds at once. */
  async kill(): Promise<void> {
    const { runtime } = this;
    this.#runtime = null;
    await runtime.killGroup();
  }

  /** SIGKILL to the workerd that runs the Worker; wrangler starts another at the same address, which is quicker. */
  async killRuntime(): Promise<void> {
    this.runtime.killRuntime();
    await this.runtime.ready();
  }

  async stop(): Promise<void> {
    const runtime = this.#runtime;
    this.#runtime = null;
    await runtime?.stop();
  }

  /** Of all runs over the folder, since it was last taken. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  /** Now, as the Worker has it. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  async ask(path: string, init: RequestInit & { readonly role?: PersonRole } = {}): Promise<Response> {
    const { url, credentials } = this.runtime;
    const { role = 'admin', ...rest } = init;
    const headers = new Headers(rest.headers);
    headers.set('authorization', `Bearer ${credentials[`${role}_token`]}`);
    headers.set('cache-control', 'no-cache');
    if (rest.body !== undefined) headers.set('content-type', 'application/json');
    return await fetch(new URL(path, url), { signal: AbortSignal.timeout(30_000), ...rest, headers });
  }

  /** An answer's body. Throws what the service said where it is no 2xx. */
  async read<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.ask(path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async data<T>(path: string, init?: RequestInit): Promise<T> {
    return (await this.read<{ data: T }>(path, init)).data;
  }

  /** Fires a cron of the Worker, as at its present. */
  async fireCron(cron: string, laterMs = 0): Promise<void> {
    const query = new URLSearchParams({ cron, time: String(this.now() + laterMs) });
    const response = await fetch(`${this.runtime.url}/cdn-cgi/local/scheduled?${query}`, {
      signal: AbortSignal.timeout(60_000),
    });
    if (!response.ok) throw new Error(`cron ${cron} answered ${response.status}: ${await response.text()}`);
  }

  async queue(): Promise<QueueState> {
    return await this.read<QueueState>('/fire/queue');
  }

  async lay(fault: Fault): Promise<void> {
    await this.read('/fire/faults', { method: 'POST', body: JSON.stringify(fault) });
  }

  /** Failpoints at which something has stood since the folder was new. */
  async reachedStops(): Promise<string[]> {
    return await this.read<string[]>('/fire/stops');
  }

  /** Calls that faults struck since the last start. */
  async faultHits(): Promise<number> {
    return (await this.read<{ hits: number }>('/fire/faults')).hits;
  }

  async lift(): Promise<void> {
    await this.ask('/fire/faults', { method: 'DELETE' });
  }

  /** MB that the Worker's isolate and process hold, behind a collection of garbage. */
  async held(): Promise<Held> {
    return await heldBy(this.runtime.pid, this.#inspectorPort);
  }

  async fill(region: string, fill: Fill): Promise<number> {
    const body = JSON.stringify({ region, ...fill });
    return (
      await this.read<{ counted: number }>('/fire/fill', {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(300_000),
      })
    ).counted;
  }

  async abort(kind: ObjectKind, of = ''): Promise<boolean> {
    const body = JSON.stringify({ kind, of });
    return (await this.read<{ aborted: boolean }>('/fire/abort', { method: 'POST', body })).aborted;
  }
}

/** Resolves once `reached` says so; what it throws counts as no. */
export async function until(what: string, reached: () => Promise<boolean>, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  let last = '';
  for (;;) {
    const is = await reached().catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
      return false;
    });
    if (is) return;
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what} ${last}`);
    await sleep(100);
  }
}
