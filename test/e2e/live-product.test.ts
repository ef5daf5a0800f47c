// Every live question of the seeds (004's /api/stats/*, 002's /api/stream/*), asked of the real service after messy
// traffic, against a naive recount of what was sent.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProducedEvent } from '../../tools/producer/event.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime } from '../support/local-client.ts';
import { basicsOf, expectRows, type Row, ratio, viewingOf } from './expected-figures.ts';
import { type MessyTraffic, messyTraffic, minuteOf, type Sum, sendAll, sumBy } from './messy-traffic.ts';

const seed = Number(process.env.E2E_SEED ?? 1);
const rate = 60;

let folder = '';
let runtime: Runtime;
let traffic: MessyTraffic;

async function get(
  path: string,
  parameters: Readonly<Record<string, string>> = {},
  accept = 'application/json',
) {
  const query = new URLSearchParams({
    from: String(traffic.fromMs),
    to: String(traffic.toMs),
    ...parameters,
  });
  const response = await askRuntime(runtime, `${path}?${query}`, {
    headers: { accept, 'cache-control': 'no-cache' },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

async function ask<T = readonly Row[]>(
  path: string,
  parameters?: Readonly<Record<string, string>>,
): Promise<T> {
  const { data } = (await (await get(path, parameters)).json()) as { data: T };
  return data;
}

/** Regions with three windows in a row, of those with 20 downloads or more, in which over a tenth failed. */
function regionsInError(windows: ReadonlyMap<string, Sum>): Set<string> {
  const runs = new Map<string, number>();
  const found = new Set<string>();
  for (const [key, sum] of [...windows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const region = key.split(' ')[0] as string;
    if (sum.total_downloads < 20) continue;
    const run = sum.failed_downloads / sum.total_downloads > 0.1 ? (runs.get(region) ?? 0) + 1 : 0;
    runs.set(region, run);
    if (run >= 3) found.add(region);
  }
  return found;
}

const totalOf = (events: readonly ProducedEvent[]): Sum => sumBy(events, () => 'all').get('all') as Sum;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-product-'));
  runtime = await startRuntime({ persistTo: folder });
  console.log(`E2E_SEED=${seed}`);
  traffic = messyTraffic(seed, rate, Date.now());
  await sendAll(runtime, traffic.records);
  const wanted = traffic.counted.length;
  for (let waited = 0; waited < 150; waited++) {
    const { total_events: total } = await ask<{ total_events: number }>('/api/stats/realtime');
    if (total >= wanted) break;
    await sleep(200);
  }
  // Anything too much would still be on its way.
  await sleep(2000);
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('[DUP-1, WIN-2, API-1] the live questions over messy traffic equal a naive recount', () => {
  it('the traffic is messy', () => {
    const count = (expected: string) =>
      traffic.records.filter((record) => record.expected === expected).length;
    expect(traffic.counted.length).toBeGreaterThan(10_000);
    expect(count('twin')).toBeGreaterThan(500);
    expect(count('rejected')).toBeGreaterThan(200);
  });

  it('/api/stats/realtime', async () => {
    const sum = totalOf(traffic.counted);
    const data = await ask<Row>('/api/stats/realtime');
    expect(data).toMatchObject({ ...basicsOf(sum), ...viewingOf(sum) });
    expect(data.events_by_type).toEqual({
      view: sum.views,
      pause: sum.pauses,
      resume: sum.resumes,
      progress: sum.progresses,
      complete: sum.completions,
      rating: sum.ratings,
      download: sum.total_downloads,
      error: sum.errors,
    });
    expect(data.active_content).toBe(new Set(traffic.counted.map((event) => event.content_id)).size);
    const users = new Set(traffic.counted.map((event) => event.user_id)).size;
    // Three standard errors of the sketch.
    expect(Math.abs(Number(data.unique_users) / users - 1)).toBeLessThan(0.05);
  });

  it('/api/stats/regions', async () => {
    const sums = sumBy(traffic.counted, (event) => event.region);
    expectRows(await ask('/api/stats/regions'), 'region', sums, (sum) => ({
      ...basicsOf(sum),
      ...viewingOf(sum),
    }));
  });

  it('/api/stats/timeseries, by minute and by pane', async () => {
    const rows = await ask('/api/stats/timeseries');
    expectRows(rows, 'window_start', sumBy(traffic.counted, minuteOf), basicsOf);
    const panes = await ask('/api/stats/timeseries', { resolution: '10' });
    const paneOf = ({ timestamp }: ProducedEvent) =>
      new Date(Math.floor(timestamp / 10_000) * 10_000).toISOString();
    expectRows(panes, 'window_start', sumBy(traffic.counted, paneOf), basicsOf);
  });

  it('/api/stats/trending, ranked, page by page', async () => {
    const sums = sumBy(traffic.counted, (event) => event.content_id);
    expectRows(await ask('/api/stats/trending', { limit: '512' }), 'content_id', sums, basicsOf);
    const ranked = [...sums].sort(
      ([idA, a], [idB, b]) =>
        b.total_downloads - a.total_downloads ||
        b.views - a.views ||
        b.total_events - a.total_events ||
        (idA < idB ? -1 : 1),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const parameters = { limit: '50', ...(cursor === null ? {} : { cursor }) };
      const page = (await (await get('/api/stats/trending', parameters)).json()) as {
        data: Row[];
        meta: { next_cursor: string | null };
      };
      seen.push(...page.data.map((row) => String(row.content_id)));
      cursor = page.meta.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ranked.map(([id]) => id));
  });

  it('/api/stats/devices', async () => {
    const sums = sumBy(traffic.counted, (event) => event.device_type);
    expectRows(await ask('/api/stats/devices'), 'device_type', sums, basicsOf);
  });

  it('/api/stats/alerts has what the windows say, and nothing else', async () => {
    const windows = sumBy(traffic.counted, (event) => `${event.region} ${minuteOf(event)}`);
    const low = [...windows].filter(
      ([, sum]) => sum.total_downloads >= 20 && sum.successful_downloads / sum.total_downloads < 0.9,
    );
    // What came later than a window's close may have undone an alert, which is then marked as corrected.
    const told = async (type: string) => {
      const to = String(Date.now() + 1000);
      const rows = await ask('/api/stats/alerts', { to, alert_type: type, limit: '200' });
      return rows.filter((alert) => alert.resolution !== 'corrected');
    };
    const regionsOf = async (type: string) => new Set((await told(type)).map(({ region }) => region));
    // Windows that late data has changed are judged anew with their next emission, 10 s later at the latest.
    const soon = { timeout: 20_000, interval: 500 };
    const inBreach = new Set(low.map(([key]) => key.split(' ')[0]));
    expect(inBreach.size).toBeGreaterThan(0);
    await expect.poll(() => regionsOf('LOW_SUCCESS_RATE'), soon).toEqual(inBreach);
    await expect.poll(() => regionsOf('HIGH_ERROR_RATE'), soon).toEqual(regionsInError(windows));
    // A window that follows one in breach belongs to the same alert.
    for (const alert of await told('LOW_SUCCESS_RATE'))
      expect(low.map(([key]) => key)).toContain(`${String(alert.region)} ${String(alert.window_start)}`);
  });

  it('/api/stream/movie-views', async () => {
    const viewed = traffic.counted.filter((event) => event.event_type === 'view');
    const sums = sumBy(traffic.counted, (event) => event.content_id);
    const named = new Set(viewed.map((event) => event.content_id));
    const expected = new Map([...sums].filter(([id]) => named.has(id)));
    expectRows(await ask('/api/stream/movie-views', { limit: '512' }), 'movie_id', expected, (sum) => ({
      view_count: sum.views,
      complete_count: sum.completions,
      watched_seconds: sum.watched_ms / 1000,
    }));
  });

  it('/api/stream/user-activity', async () => {
    const sums = sumBy(traffic.counted, (event) => event.region);
    expectRows(await ask('/api/stream/user-activity'), 'region', sums, (sum) => ({
      total_events: sum.total_events,
      view_count: sum.views,
      pause_count: sum.pauses,
      resume_count: sum.resumes,
      progress_count: sum.progresses,
      complete_count: sum.completions,
      rating_count: sum.ratings,
      watched_seconds: sum.watched_ms / 1000,
      buffering_count: sum.buffering_count,
    }));
  });

  it('/api/stream/event-distribution', async () => {
    const total = traffic.counted.length;
    const sums = sumBy(traffic.counted, (event) => event.event_type);
    expectRows(await ask('/api/stream/event-distribution'), 'event_type', sums, (sum) => ({
      event_count: sum.total_events,
      event_share: sum.total_events / total,
    }));
  });

  it('/api/stream/ratings', async () => {
    const rated = traffic.counted.filter((event) => event.rating !== undefined);
    const sums = sumBy(rated, (event) => event.content_id);
    expectRows(await ask('/api/stream/ratings', { limit: '512' }), 'movie_id', sums, (sum) => ({
      rating_count: sum.rating_count,
      avg_rating: ratio(sum.rating_sum, sum.rating_count),
    }));
  });

  it('filters: a region, a content, a device, a content type', async () => {
    const one = traffic.counted[Math.floor(traffic.counted.length / 2)] as ProducedEvent;
    const filters = [
      ['region', one.region, (event: ProducedEvent) => event.region],
      ['content_id', one.content_id, (event: ProducedEvent) => event.content_id],
      ['device_type', one.device_type, (event: ProducedEvent) => event.device_type],
      ['content_type', one.content_type, (event: ProducedEvent) => event.content_type],
    ] as const;
    for (const [name, value, of] of filters) {
      const events = traffic.counted.filter((event) => of(event) === value);
      const sum = totalOf(events);
      expect(await ask<Row>('/api/stats/realtime', { [name]: value }), name).toMatchObject(basicsOf(sum));
      const rows = await ask('/api/stats/timeseries', { [name]: value });
      expectRows(rows, 'window_start', sumBy(events, minuteOf), basicsOf);
      const activity = await ask('/api/stream/user-activity', { [name]: value });
      const perRegion = sumBy(events, (event) => event.region);
      expectRows(activity, 'region', perRegion, ({ total_events }) => ({ total_events }));
    }
  });

  it('CSV says what JSON says', async () => {
    for (const path of ['/api/stats/regions', '/api/stats/devices', '/api/stream/event-distribution']) {
      const rows = await ask(path);
      const text = await (await get(path, {}, 'text/csv')).text();
      const [head = '', ...lines] = text.trimEnd().split('\r\n');
      expect(lines).toHaveLength(rows.length);
      const names = head.split(',');
      const at =
        names.indexOf('total_events') < 0 ? names.indexOf('event_count') : names.indexOf('total_events');
      const name = names[at] as string;
      expect(lines.map((line) => Number(line.split(',')[at]))).toEqual(rows.map((row) => row[name]));
    }
  });
});
