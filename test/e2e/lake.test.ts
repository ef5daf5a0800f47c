// Events that come hours too late, with twins and a crash: the batch layer's figures, the lake read by DuckDB, and a
// naive recount of what was sent are the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourPrefix } from '../../core/lake/part-name.ts';
import { findParts, type LocalPart } from '../../tools/lake/find-parts.ts';
import type { ProducedEvent } from '../../tools/producer/event.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime } from '../support/local-client.ts';
import { basicsOf, expectRows, type Row, viewingOf } from './expected-figures.ts';
import {
  allRuns,
  askLake,
  beginRuns,
  fireCron,
  hourlyCron,
  type Run,
  untilLogged,
  untilOver,
  watchCron,
} from './lake-client.ts';
import { minuteOf, type Sum, sumBy } from './messy-traffic.ts';
import { distinctEvents, hourMs, pastHours, pastRecords } from './past-traffic.ts';
import { TestProducer } from './producer.ts';
import type { SentEvent } from './traffic.ts';

const seed = Number(process.env.E2E_SEED ?? 1);
const regions = ['EU-London', 'US-Virginia', 'ASIA-Tokyo'];
const hours = pastHours(Date.now());
const perProducer = 3000;

let folder = '';
let runtime: Runtime;
let producers: TestProducer[] = [];
/** Each event that was accepted, once. */
let events: ProducedEvent[] = [];

const countable = (event: SentEvent): ProducedEvent =>
  ({ ...event, timestamp: Date.parse(event.timestamp) }) as unknown as ProducedEvent;

const recount = (): ProducedEvent[] =>
  distinctEvents(producers.flatMap(({ accepted }) => accepted)).map(countable);

const hourOf = ({ timestamp }: ProducedEvent): number => Math.floor(timestamp / hourMs);
const isoHour = (hour: number): string => new Date(hour * hourMs).toISOString();

interface Answer<T> {
  readonly data: T;
  readonly meta: { readonly source: string; readonly warnings?: readonly string[] };
}

async function answerOf<T = readonly Row[]>(
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const whole = { from: isoHour(hours[0] as number), to: isoHour((hours.at(-1) as number) + 1) };
  const query = new URLSearchParams({ ...whole, ...parameters });
  const response = await askRuntime(runtime, `${path}?${query}`, {
    headers: { 'cache-control': 'no-cache' },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer<T>;
}

const ask = async (path: string, parameters?: Readonly<Record<string, string>>) =>
  (await answerOf(path, parameters)).data;

const regionOf = ({ region }: ProducedEvent): string => region;
const contentOf = (event: ProducedEvent): string => event.content_id;
const totalOf = (of: readonly ProducedEvent[]): Sum => sumBy(of, () => 'all').get('all') as Sum;

/** Every table of the stream's API over the range, against the recount. */
async function expectServed(): Promise<void> {
  const realtime = await answerOf<Row>('/api/stats/realtime');
  expect(realtime.meta).toMatchObject({ source: 'batch' });
  expect(realtime.meta.warnings).toBeUndefined();
  const sum = totalOf(events);
  expect(realtime.data).toMatchObject({ ...basicsOf(sum), ...viewingOf(sum) });
  const users = new Set(events.map((event) => event.user_id)).size;
  expect(Math.abs(Number(realtime.data.unique_users) / users - 1)).toBeLessThan(0.05);
  const both = (of: Sum) => ({ ...basicsOf(of), ...viewingOf(of) });
  expectRows(await ask('/api/stats/regions'), 'region', sumBy(events, regionOf), both);
  const trending = await ask('/api/stats/trending', { limit: '512' });
  expectRows(trending, 'content_id', sumBy(events, contentOf), basicsOf);
  const devices = sumBy(events, (event) => event.device_type);
  expectRows(await ask('/api/stats/devices'), 'device_type', devices, basicsOf);
  for (const hour of hours) {
    const inHour = events.filter((event) => hourOf(event) === hour);
    const rows = await ask('/api/stats/timeseries', { from: isoHour(hour), to: isoHour(hour + 1) });
    expectRows(rows, 'window_start', sumBy(inHour, minuteOf), basicsOf);
  }
}

/** The tables of the batch layer over the range. */
async function expectBatchTables(): Promise<void> {
  const popular = await answerOf('/api/batch/popular-movies', { limit: '500' });
  expect(popular.meta).toMatchObject({
    source: 'batch',
    hours: { computed: hours.length * regions.length, of: hours.length * regions.length },
  });
  const contents = sumBy(events, contentOf);
  const viewed = new Map([...contents].filter(([, { views }]) => views > 0));
  expectRows(popular.data, 'movie_id', viewed, (sum) => ({
    view_count: sum.views,
    complete_count: sum.completions,
    watched_seconds: sum.watched_ms / 1000,
  }));
  const rated = new Map([...contents].filter(([, sum]) => sum.rating_count > 0));
  expectRows(await ask('/api/batch/ratings-stats', { limit: '500' }), 'movie_id', rated, (sum) => ({
    rating_count: sum.rating_count,
    avg_rating: sum.rating_sum / sum.rating_count,
  }));
  const byHourOfDay = sumBy(events, (event) => String(hourOf(event) % 24));
  expectRows(await ask('/api/batch/hourly-stats'), 'hour', byHourOfDay, (sum) => ({
    total_events: sum.total_events,
    view_count: sum.views,
    download_count: sum.total_downloads,
    error_count: sum.errors,
  }));
  for (const hour of hours) {
    const range = { from: isoHour(hour), to: isoHour(hour + 1), by: 'hour', limit: '500' };
    const inHour = events.filter((event) => hourOf(event) === hour);
    const rows = await ask('/api/batch/content', range);
    expectRows(rows, 'content_id', sumBy(inHour, contentOf), (sum) => ({
      total_events: sum.total_events,
      view_count: sum.views,
      failed_downloads: sum.failed_downloads,
      watched_seconds: sum.watched_ms / 1000,
    }));
  }
}

/** ING-6c: each hour is what came late, less its twins, and nothing else. */
async function expectExplained(): Promise<void> {
  const range = { from: isoHour(hours[0] as number), to: isoHour((hours.at(-1) as number) + 1) };
  const response = await askRuntime(runtime, `/api/reconcile?${new URLSearchParams(range)}`);
  const { hours: judged } = (await response.json()) as { hours: readonly Row[] };
  expect(judged).toHaveLength(hours.length * regions.length);
  for (const hour of judged) expect(hour).toMatchObject({ state: 'explained', stream: 0 });
  const batch = Map.groupBy(events, (event) => `${event.region} ${isoHour(hourOf(event))}`);
  expect(new Map(judged.map((row) => [`${String(row.region)} ${String(row.hour)}`, row.batch]))).toEqual(
    new Map([...batch].map(([key, of]) => [key, of.length])),
  );
}

/** Users of the last day that is over, as the lake's figures by pseudonym have them. */
async function usersOfDay(date: string): Promise<string[]> {
  const rows: string[] = [];
  let cursor: string | null = null;
  do {
    const parameters = { from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z`, limit: '500' };
    const query = new URLSearchParams({ ...parameters, ...(cursor === null ? {} : { cursor }) });
    const response = await askRuntime(runtime, `/api/batch/user-stats?${query}`);
    const page = (await response.json()) as { data: Row[]; meta: { next_cursor: string | null } };
    for (const { region, total_events, movies_watched, avg_duration_seconds } of page.data)
      rows.push(JSON.stringify([region, total_events, movies_watched, avg_duration_seconds]));
    cursor = page.meta.next_cursor;
  } while (cursor !== null);
  return rows.sort();
}

function usersSent(date: string): string[] {
  const ofDay = events.filter(({ timestamp }) => new Date(timestamp).toISOString().startsWith(date));
  const users = Map.groupBy(ofDay, (event) => `${event.region} ${event.user_id}`);
  const rows = [...users].map(([key, of]) => {
    const durations = of.flatMap(({ duration }) => (duration === undefined ? [] : [duration]));
    const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
    const films = new Set(of.filter((event) => event.event_type === 'view').map(contentOf)).size;
    return JSON.stringify([key.split(' ')[0], of.length, films, durations.length === 0 ? null : mean]);
  });
  return rows.sort();
}

const summed = (runs: readonly Run[], of: 'events' | 'late_added' | 'late_twins' | 'windows_changed') =>
  runs.reduce((sum, run) => sum + run[of], 0);

const recordsOf = (name: string, of: number, count = perProducer) =>
  pastRecords({ name, seed: seed * 100 + of, count, hours, regions });

/** What the door numbered so far; a kill may have lost some of it. */
const numbered = (): number => producers.reduce((sum, producer) => sum + producer.numbered, 0);

/** What the regions logged so far. */
let logged = 0;

beforeAll(async () => {
  console.log(`E2E_SEED=${seed}`);
  folder = await mkdtemp(join(tmpdir(), 'marquee-lake-e2e-'));
  runtime = await startRuntime({ persistTo: folder });
  producers = [new TestProducer(runtime), new TestProducer(runtime)];
  const sending = Promise.all(producers.map((producer, i) => producer.sendAll(recordsOf(`p${i}`, i), 50)));
  await sleep(1200);
  // What the emulated queue held is gone, and is sent again.
  runtime.killRuntime();
  await runtime.ready();
  await sending;
  const sent = numbered();
  await Promise.all(producers.map((producer) => producer.resend()));
  events = recount();
  logged = await untilLogged(runtime, numbered() - sent);
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('hours of which everything came too late', () => {
  it('[BAT-1, BAT-2, DUP-1b, WIN-5b, ING-6c] once they are computed every table equals a naive recount', async () => {
    expect(events.length).toBeGreaterThan(perProducer);
    const runs = await untilOver(runtime, await beginRuns(runtime, hours, regions));
    expect(runs).toHaveLength(hours.length * regions.length);
    expect(summed(runs, 'events')).toBe(events.length);
    expect(summed(runs, 'late_added')).toBe(events.length);
    expect(summed(runs, 'late_twins')).toBe(logged - events.length);
    await expectServed();
    await expectBatchTables();
    await expectExplained();
  });

  it('[BAT-3, BAT-4] the users of a day that is over equal a naive recount', async () => {
    await fireCron(runtime, watchCron);
    const date = isoHour(hours[0] as number).slice(0, 10);
    const expected = usersSent(date);
    await expect.poll(async () => (await usersOfDay(date)).length, { timeout: 30_000 }).toBe(expected.length);
    expect(await usersOfDay(date)).toEqual(expected);
  });

  it('[LAK-1] DuckDB over the parts counts the same', async () => {
    const distinct = `(SELECT DISTINCT ON (event_identity, event_time, region) * FROM events)`;
    const per = async (key: string) => {
      const sql = `SELECT ${key} AS key, count(*)::INTEGER AS events, count(DISTINCT user_id)::INTEGER AS users,
        sum(duration_ms)::DOUBLE AS watched FROM ${distinct} GROUP BY 1`;
      const rows = await askLake<{ key: string; events: number; users: number; watched: number }>(
        folder,
        sql,
      );
      return new Map(
        rows.map(({ key: name, events: count, users, watched }) => [
          name,
          { count, users, watched: watched ?? 0 },
        ]),
      );
    };
    const expected = (keyOf: (event: ProducedEvent) => string) => {
      const groups = Map.groupBy(events, keyOf);
      return new Map(
        [...groups].map(([name, of]) => [
          name,
          {
            count: of.length,
            users: new Set(of.map((event) => event.user_id)).size,
            watched: totalOf(of).watched_ms,
          },
        ]),
      );
    };
    expect(await per('region')).toEqual(expected(regionOf));
    expect(await per('content_id')).toEqual(expected(contentOf));
    expect(await per('event_type')).toEqual(expected((event) => event.event_type));
    expect(await per("strftime(event_time, '%Y-%m-%dT%H:%M:00.000Z')")).toEqual(expected(minuteOf));
    const perHour = await per("strftime(date, '%Y-%m-%d') || ' ' || hour");
    const hourName = (event: ProducedEvent) => {
      const at = new Date(event.timestamp).toISOString();
      return `${at.slice(0, 10)} ${Number(at.slice(11, 13))}`;
    };
    expect(perHour).toEqual(expected(hourName));
    const [all] = await askLake<{ logged: number; doors: number }>(
      folder,
      'SELECT count(*)::INTEGER AS logged, count(DISTINCT (region, door, door_number))::INTEGER AS doors FROM events',
    );
    expect(all).toEqual({ logged, doors: logged });
  });

  it('[BAT-1] computing them again changes nothing', async () => {
    const runs = await untilOver(runtime, await beginRuns(runtime, hours, regions));
    expect(summed(runs, 'windows_changed')).toBe(0);
    expect(runs.flatMap(({ differences }) => differences)).toEqual([]);
    await expectServed();
  });

  it('[BAT-1] what comes after that makes its hours stale, and the cron puts them right', async () => {
    const producer = producers[0] as TestProducer;
    const stale = [hours[0] as number, hours.at(-1) as number];
    const known = new Set((await allRuns(runtime)).map(({ id }) => id));
    const more = { name: 'more', seed: seed + 7, count: 200, hours: stale, regions: regions.slice(0, 2) };
    const sentBefore = numbered();
    await producer.sendAll(pastRecords(more), 50);
    // Twins of what was computed long ago.
    await producer.resend();
    events = recount();
    logged = await untilLogged(runtime, logged + numbered() - sentBefore);
    // Parts come when the shards' time has come, or when they are asked: here, by a run over one hour of each.
    await untilOver(runtime, await beginRuns(runtime, stale.slice(0, 1), regions));
    await fireCron(runtime, hourlyCron);
    const begun = (await allRuns(runtime)).filter(({ id, reason }) => !known.has(id) && reason !== 'demand');
    expect(new Set(begun.map(({ reason }) => reason))).toEqual(new Set(['stale']));
    const runs = await untilOver(runtime, begun);
    expect(summed(runs, 'windows_changed')).toBeGreaterThan(0);
    await expectServed();
    await expectBatchTables();
    await expectExplained();
    await fireCron(runtime, hourlyCron);
    expect(await allRuns(runtime)).toHaveLength(known.size + runs.length + regions.length);
  });

  it('[BAT-1] a corrupt part fails the run of its hour by name, the others go on, and once it is whole all is right', async () => {
    const producer = producers[1] as TestProducer;
    const region = regions[0] as string;
    const [hour, other] = [hours[0] as number, hours.at(-1) as number];
    const sentBefore = numbered();
    const more = { name: 'last', seed: seed + 8, count: 100, hours: [hour, other], regions: [region] };
    await producer.sendAll(pastRecords(more), 50);
    logged = await untilLogged(runtime, logged + numbered() - sentBefore);
    const prefix = hourPrefix(region, hour);
    const part = findParts(folder, 'marquee-lake').find(({ name }) => name.startsWith(prefix)) as LocalPart;
    const whole = readFileSync(part.blob);
    writeFileSync(part.blob, Buffer.from(whole).fill(0, 100, 160));
    const begun = await beginRuns(runtime, [hour, other], [region]);
    const ends = { timeout: 60_000, interval: 200 };
    const endsOf = async () => {
      const runs = (await allRuns(runtime)).filter(({ id }) => begun.some((run) => run.id === id));
      return runs.map(({ hour_start, state }) => `${hour_start} ${state}`).sort();
    };
    await expect.poll(endsOf, ends).toEqual([`${isoHour(hour)} failed`, `${isoHour(other)} done`]);
    const failed = (await allRuns(runtime)).find(({ state }) => state === 'failed');
    expect(failed?.error).toContain(part.name);
    // Of the hour that failed nothing was written; the other has what came last.
    const of = (at: number) => (event: ProducedEvent) => hourOf(event) === at;
    const totalAt = async (at: number) => {
      const range = { from: isoHour(at), to: isoHour(at + 1) };
      return (await answerOf<Row>('/api/stats/realtime', range)).data.total_events;
    };
    expect(await totalAt(hour)).toBe(events.filter(of(hour)).length);
    events = recount();
    expect(await totalAt(other)).toBe(events.filter(of(other)).length);
    writeFileSync(part.blob, whole);
    await untilOver(runtime, await beginRuns(runtime, [hour], [region]));
    await expectServed();
    await expectExplained();
  });
});
