// A Marquee of which every billable operation is counted, and whose clock is set by who counts.
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareFolder } from '../prepare.ts';
import { type Runtime, startRuntime } from '../runtime.ts';
import type { Counts } from './counts.ts';

export interface PendingAlarm {
  readonly className: string;
  readonly atMs: number;
}

export class CountedWorld {
  readonly runtime: Runtime;
  nowMs = 0;

  private constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Stands at `atMs`, with nothing counted of the start. */
  static async start(folder: string, configPath: string, atMs: number): Promise<CountedWorld> {
    await prepareFolder(folder, configPath);
    const runtime = await startRuntime({ persistTo: folder, configPath, prepares: false });
    const world = new CountedWorld(runtime);
    await world.setClock(atMs);
    await world.take();
    return world;
  }

  async stop(): Promise<void> {
    await this.runtime.stop();
  }

  /** Alarms on the way go off. */
  async setClock(atMs: number, flows = false): Promise<void> {
    for (;;) {
      const { isThere } = await this.#control<{ isThere: boolean }>('clock', { atMs, flows });
      if (isThere) break;
    }
    this.nowMs = atMs;
  }

  /** Until nothing is under way: no call, no message and no run. */
  async settle(): Promise<void> {
    const { isSettled } = await this.#control<{ isSettled: boolean }>('settle', {});
    if (!isSettled) throw new Error(`it does not settle\n${this.runtime.recentOutput()}`);
  }

  /** What was counted since the last time. */
  async take(): Promise<Counts> {
    return await this.#control<Counts>('take', {});
  }

  async pendingAlarms(): Promise<PendingAlarm[]> {
    return (await (await fetch(`${this.runtime.url}/cost/alarms`)).json()) as PendingAlarm[];
  }

  /** Sends a body until it is taken, and waits until all of it is counted. */
  async post(events: readonly object[]): Promise<void> {
    const { url, credentials } = this.runtime;
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${credentials.ingest_key}`,
    };
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify(events),
    });
    const text = await response.text();
    const { accepted } = JSON.parse(text) as { readonly accepted?: number };
    if (accepted !== events.length) throw new Error(`${response.status}: ${text.slice(0, 500)}`);
    await this.settle();
  }

  async fireCron(cron: string): Promise<void> {
    const query = new URLSearchParams({ cron, time: String(this.nowMs) });
    const response = await fetch(`${this.runtime.url}/cdn-cgi/local/scheduled?${query}`);
    if (!response.ok) throw new Error(`cron ${cron}: ${response.status} ${await response.text()}`);
    await this.settle();
  }

  async read<T>(path: string): Promise<T> {
    const { url, credentials } = this.runtime;
    const headers = { authorization: `Bearer ${credentials.admin_token}`, 'cache-control': 'no-cache' };
    const response = await fetch(`${url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async #control<T>(name: string, body: object): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const response = await fetch(`${this.runtime.url}/cost/${name}`, {
          method: 'POST',
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(120_000),
        });
        if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
        return (await response.json()) as T;
      } catch (error) {
        if (tries === 3 || !(error instanceof TypeError)) throw error;
        await sleep(100);
      }
    }
  }
}
