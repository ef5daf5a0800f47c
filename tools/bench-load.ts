// Traffic beside a measurement, from a thread of its own, so that making bodies delays no clock of the one who measures.

import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import { Bodies, send, underWay } from './bench-traffic.ts';

export interface LoadOptions {
  readonly url: string;
  readonly key: string;
  readonly regions: readonly string[];
  readonly eventsPerBody: number;
  /** As many as are taken where it is null. */
  readonly eventsPerSecond: number | null;
}

export interface Load {
  /** Answered 202 from the beginning on; once all that is under way is answered. */
  stop(): Promise<{ readonly events: number; readonly seconds: number }>;
}

export function startLoad(options: LoadOptions): Load {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const ended = new Promise<{ events: number; seconds: number }>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Whoever stops it hears of its failure.
  ended.catch(() => undefined);
  return {
    stop: async () => {
      worker.postMessage('stop');
      return await ended;
    },
  };
}

async function work({ url, key, regions, eventsPerBody, eventsPerSecond }: LoadOptions): Promise<void> {
  let stopped = false;
  parentPort?.once('message', () => {
    stopped = true;
  });
  const bodies = new Bodies();
  const pool = new Pool(url, { connections: 2 * underWay });
  const from = performance.now();
  let events = 0;
  const next = (): string => {
    events += eventsPerBody;
    return bodies.make(regions, eventsPerBody);
  };
  if (eventsPerSecond === null) await send(pool, key, () => (stopped ? undefined : next()));
  const underWayNow = new Set<Promise<void>>();
  while (!stopped && eventsPerSecond !== null) {
    let left = 1;
    const one = send(pool, key, () => (left-- > 0 ? next() : undefined));
    underWayNow.add(one);
    void one.then(() => underWayNow.delete(one));
    await sleep(Math.max(0, from + (events * 1000) / eventsPerSecond - performance.now()));
  }
  await Promise.all(underWayNow);
  const seconds = (performance.now() - from) / 1000;
  await pool.close();
  parentPort?.postMessage({ events, seconds });
}

if (!isMainThread) await work(workerData as LoadOptions);
