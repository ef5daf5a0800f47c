// Bodies of events for a running Marquee, and how they are sent and found again in the API's answer.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import { Random, Weighted } from './producer/random.ts';

const titles = 1_000;
const countedWithinMs = 60_000;
/** Requests under way at a time. */
export const underWay = 4;

/** Makes bodies whose events are like no others of this process, so that nothing is a twin. */
export class Bodies {
  readonly titles = titles;
  readonly #random = new Random('traffic');
  readonly #title = new Weighted(Array.from({ length: titles }, (_, n) => [n, 1 / (n + 1)] as const));
  #made = 0;

  /** Regions take turns, event by event. */
  make(regions: readonly string[], events: number, atMs = Date.now()): string {
    const timestamp = new Date(atMs).toISOString();
    return JSON.stringify(
      Array.from({ length: events }, (_, i) => ({
        event_id: `0190a5c2-7f1e-7000-8000-${(++this.#made).toString(16).padStart(12, '0')}`,
        event_type: i % 5 === 0 ? 'download' : 'progress',
        timestamp,
        region: regions[i % regions.length],
        content_id: `film-${this.#title.pick(this.#random)}`,
        user_id: `user-${this.#made % 50_000}`,
        session_id: `session-${this.#made % 40_000}`,
        device_type: 'tv',
        country: 'DE',
        ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
      })),
    );
  }
}

/** Asks for one body after the other until there is none; throws where one is not answered 202. */
export async function send(pool: Pool, key: string, next: () => string | undefined): Promise<void> {
  const one = async (): Promise<void> => {
    for (let body = next(); body !== undefined; body = next()) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const answer = await pool.request({ path: '/v1/events', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: underWay }, one));
}

export async function read<T>(pool: Pool, token: string, path: string): Promise<T> {
  const answer = await pool.request({ path, method: 'GET', headers: { authorization: `Bearer ${token}` } });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return (JSON.parse(text) as { readonly data: T }).data;
}

/** Of all regions that there are. What has no region is counted where its POST came from: it is all in one. */
export async function regionNames(pool: Pool, token: string): Promise<string[]> {
  const regions = await read<readonly { readonly region?: string }[]>(pool, token, '/api/catalog/regions');
  return regions.map(({ region }) => {
    if (!region) throw new Error('the catalogue names its regions otherwise');
    return region;
  });
}

/** Waits until the API has counted all of the last hour that was sent; throws where it counts more. */
export async function untilCounted(pool: Pool, token: string, sent: number, everyMs = 50): Promise<void> {
  const path = '/api/stats/realtime?minutes=60';
  const from = performance.now();
  for (;;) {
    const { total_events: total } = await read<{ readonly total_events: number }>(pool, token, path);
    if (total === sent) return;
    if (total > sent) throw new Error(`${total} events are counted, ${sent} were sent`);
    if (performance.now() - from > countedWithinMs) throw new Error(`${sent - total} events are not counted`);
    await sleep(everyMs);
  }
}
