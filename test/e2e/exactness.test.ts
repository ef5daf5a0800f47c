import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime } from '../support/local-client.ts';
import { countOf, LiveViewer } from './live-viewer.ts';
import { TestProducer } from './producer.ts';
import { type Count, naiveCount, producerRecords } from './traffic.ts';

const seed = Number(process.env.E2E_SEED ?? 1);
const recordsTotal = 20_000;
const producersTotal = 4;
const regions = ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'];

let folder = '';
let runtime: Runtime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-e2e-'));
  runtime = await startRuntime({ persistTo: folder });
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Rows = readonly Readonly<Record<string, number | string>>[];

async function ask<T>(path: string): Promise<T> {
  const response = await askRuntime(runtime, path, { headers: { 'cache-control': 'no-cache' } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

const byName = (rows: Rows, key: string, value: string): Record<string, number> =>
  Object.fromEntries(
    rows.filter((row) => Number(row[value]) > 0).map((row) => [String(row[key]), Number(row[value])]),
  );

/** What the API says, in the form of the naive count; zeros are left out. */
async function countOfApi(): Promise<Count> {
  const [totals, perRegion, perContent, perMinute] = await Promise.all([
    ask<Record<string, number> & { events_by_type: Record<string, number> }>(
      '/api/stats/realtime?minutes=30',
    ),
    ask<Rows>('/api/stats/regions?minutes=30'),
    ask<Rows>('/api/stats/trending?minutes=30&limit=512'),
    ask<Rows>('/api/stats/timeseries?minutes=30'),
  ]);
  const types = Object.entries(totals.events_by_type).filter(([, count]) => count > 0);
  const slow = Number(totals.slow_downloads);
  return {
    total: Number(totals.total_events),
    perRegion: byName(perRegion, 'region', 'total_events'),
    perContent: byName(perContent, 'content_id', 'total_events'),
    perType: Object.fromEntries(types),
    perMinute: byName(perMinute, 'window_start', 'total_events'),
    downloads: {
      success: Number(totals.successful_downloads) - slow,
      failed: Number(totals.failed_downloads),
      slow,
    },
  };
}

async function until(what: string, reached: () => Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await reached().catch(() => false))) {
    if (Date.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await sleep(200);
  }
}

describe('from the POST to the picture', () => {
  it('[ING-1, DUP-1, LOG-2, WIN-2, LIV-1] 20,000 events, twins, late, bad, a restart: exactly the distinct ones', async () => {
    console.log(`E2E_SEED=${seed}`);
    const producers = Array.from({ length: producersTotal }, () => new TestProducer(runtime));
    const share = recordsTotal / producersTotal;
    const half = share / 2;
    const streams = producers.map((_, i) => producerRecords(`p${i}`, seed * 100 + i, share, regions));
    const take = function* (i: number, count: number) {
      for (let n = 0; n < count; n++) {
        const next = streams[i]?.next();
        if (!next || next.done) return;
        yield next.value;
      }
    };
    // The first half runs into a SIGKILL of the runtime; what the emulated queue held then is sent again.
    const firstHalf = Promise.all(producers.map((producer, i) => producer.sendAll(take(i, half), 50)));
    await sleep(1500);
    runtime.killRuntime();
    await runtime.ready();
    await firstHalf;
    await Promise.all(producers.map((producer) => producer.resend()));
    const viewer = new LiveViewer(runtime);
    await Promise.all(producers.map((producer, i) => producer.sendAll(take(i, half), 50)));

    const expected = naiveCount(producers.flatMap((producer) => producer.accepted));
    expect(producers.reduce((sum, producer) => sum + producer.rejected, 0)).toBeGreaterThan(
      recordsTotal * 0.01,
    );
    expect(expected.total).toBeGreaterThan(recordsTotal * 0.7);
    await until('the API counts all', async () => (await countOfApi()).total >= expected.total);
    await until('the socket shows all', async () => countOf(viewer.state).total >= expected.total);
    await sleep(1000);
    expect(await countOfApi()).toEqual(expected);
    expect(countOf(viewer.state)).toEqual(expected);
    viewer.close();
  });
});
