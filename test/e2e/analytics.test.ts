// Every figure of the analytics API beside an independent computation: DuckDB, over the very files that were imported.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginEtl, untilEtl, uploadFile } from '../../tools/etl-runs.ts';
import { writeDataSet } from '../../tools/generate/write-data-set.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { type Question, Recount, type Row } from './warehouse-recount.ts';

const untilMs = Date.UTC(2026, 10, 20);
const data = { movies: 40, users: 300, sessions: 6_000, ratings: 800, days: 100, untilMs, seed: 6 };
/** The clocks of Chatham change in it on 27 September, those of Berlin on 25 October, of St John's on 1 November. */
const range = { from: '2026-09-20T12:00:00Z', to: '2026-11-08T12:00:00Z' };
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Chatham'];

let folder = '';
let runtime: Runtime;
let recount: Recount;

/** Holes in the files: users and films that are not told of, and columns that are empty. */
async function makeFiles(to: string): Promise<void> {
  const made = join(to, 'made');
  writeDataSet({ data, format: 'csv', folder: made });
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  const copy = async (table: string, select: string) => {
    const from = `read_csv('${made}/${table}.csv', header = true, all_varchar = true)`;
    await duck.run(`COPY (${select.replace('$', from)}) TO '${to}/${table}.csv' (HEADER)`);
  };
  await copy('users', 'SELECT * FROM $ WHERE hash(id) % 11 > 0');
  await copy(
    'movies',
    `SELECT * REPLACE (CASE WHEN hash(title) % 9 > 0 THEN genre END AS genre) FROM $ WHERE hash(id) % 13 > 0`,
  );
  await copy('ratings', 'SELECT * FROM $');
  const holes = [
    'device_type',
    'quality',
    'user_country',
    'subscription_type',
    'region',
    'completion_rate',
  ].map((name, n) => `CASE WHEN hash(id || '${name}') % ${7 + n} > 0 THEN ${name} END AS ${name}`);
  await copy('viewing_sessions', `SELECT * REPLACE (${holes.join(', ')}) FROM $`);
  duck.closeSync();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-analytics-'));
  await makeFiles(folder);
  recount = await Recount.of(folder);
  runtime = await startRuntime({ persistTo: join(folder, 'state') });
  for (const table of ['users', 'movies', 'ratings', 'viewing_sessions'])
    await uploadFile(runtime, `${table}.csv`, await readFile(join(folder, `${table}.csv`)));
  const run = await untilEtl(runtime, (await beginEtl(runtime)).id);
  expect([run.state, run.error, run.rows_rejected]).toEqual(['done', null, 0]);
});

afterAll(async () => {
  recount?.close();
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly data: Row[];
  readonly meta: Row;
}

async function ask(path: string, query: string): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${runtime.credentials.analyst_token}`,
    'cache-control': 'no-cache',
  };
  const response = await fetch(`${runtime.url}${path}?${query}`, { headers });
  const body = (await response.json()) as Answer;
  expect([path, query, response.status, response.status === 200 ? '' : JSON.stringify(body)]).toEqual([
    path,
    query,
    200,
    '',
  ]);
  return body;
}

/** Sums are exact in both; their quotients may differ in the last digits. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, each: unknown) => {
    const number = typeof each === 'string' && /^-?\d+(\.\d+)?(e-?\d+)?$/.test(each) ? Number(each) : each;
    return typeof number === 'number' ? Number(number.toPrecision(10)) : number;
  });
const sorted = (rows: readonly Row[]): unknown[] =>
  (plain(rows) as Row[])
    .map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort();
const without = (rows: readonly Row[], ...names: string[]): Row[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))));
const renamed = (rows: readonly Row[], names: Readonly<Record<string, string>>): Row[] =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value])),
  );

const filters: readonly (readonly [query: string, where: string, whereUser?: string])[] = [
  ['', 'TRUE'],
  ['country=US,DE', `s.country IN ('US', 'DE')`, `u.country IN ('US', 'DE')`],
  ['country=!US', `s.country IS DISTINCT FROM 'US'`, `u.country IS DISTINCT FROM 'US'`],
  ['device_type=Unknown,tv', `(device_type = 'tv' OR device_type IS NULL)`],
  ['device_type=!Unknown,tv', `device_type IS NOT NULL AND device_type <> 'tv'`],
  ['genre=Drama', `genre = 'Drama'`],
  ['genre=!Drama,Unknown', `genre IS NOT NULL AND genre <> 'Drama'`],
  ['region=EU-London,US-Virginia', `region IN ('EU-London', 'US-Virginia')`],
  ['region=!EU-London', `region IS DISTINCT FROM 'EU-London'`],
  [
    'subscription_type=!Free',
    `s.subscription_type IS DISTINCT FROM 'Free'`,
    `u.subscription_type IS DISTINCT FROM 'Free'`,
  ],
];

async function questionOf(tz: string, [query, where, whereUser = 'TRUE']: (typeof filters)[number]) {
  const question: Question = { ...range, tz, where, whereUser, isOfRegion: query.startsWith('region') };
  await recount.ask(question);
  return { question, query: `from=${range.from}&to=${range.to}&tz=${tz}&compare=previous&${query}` };
}

const asked = [
  ...zones.map((tz) => [tz, filters[0]] as const),
  ...filters.slice(1).map((filter, n) => [zones[n % zones.length] as string, filter] as const),
].map(
  ([tz, filter]) =>
    [tz, (filter as (typeof filters)[number])[0], filter as (typeof filters)[number]] as const,
);

describe.each(asked)('[ANA-3] in %s with "%s", DuckDB finds the same', (tz, _, filter) => {
  test('metrics', async () => {
    const { question, query } = await questionOf(tz, filter);
    const { data: found } = await ask('/api/dashboard/metrics', query);
    const { previous, change: _change, ...current } = found as unknown as Row;
    expect(plain([current, previous])).toEqual(plain(await recount.metrics(question)));
    expect(Number(current.total_views)).toBeGreaterThan(10);
  });

  test('genres, devices, countries and qualities', async () => {
    const { query } = await questionOf(tz, filter);
    const genres = without(await recount.groups('genre'), 'buffering_per_hour');
    expect(sorted((await ask('/api/analytics/genres', query)).data)).toEqual(
      sorted(renamed(genres, { name: 'genre', users: 'unique_users' })),
    );
    const devices = renamed(await recount.groups('device_type'), {
      name: 'device_type',
      users: 'unique_users',
    });
    expect(sorted((await ask('/api/analytics/devices', query)).data)).toEqual(sorted(devices));
    const countries = without(await recount.groups('country'), 'buffering_per_hour');
    expect(sorted((await ask('/api/analytics/geographic', `${query}&limit=200`)).data)).toEqual(
      sorted(renamed(countries, { name: 'country', users: 'user_count' })),
    );
    expect(sorted((await ask('/api/analytics/quality', query)).data)).toEqual(
      sorted(await recount.quality()),
    );
  });

  test('hours and days', async () => {
    const { query } = await questionOf(tz, filter);
    expect(plain((await ask('/api/analytics/hourly-trends', query)).data)).toEqual(
      plain(await recount.hours(false)),
    );
    const byWeekday = await ask('/api/analytics/hourly-trends', `${query}&by=weekday`);
    expect(plain(byWeekday.data)).toEqual(plain(await recount.hours(true)));
    expect(plain((await ask('/api/analytics/daily-trends', query)).data)).toEqual(
      plain(await recount.days()),
    );
  });

  test('films and users, page by page, and cohorts', async () => {
    const { query } = await questionOf(tz, filter);
    const sorts = {
      views: 'views DESC',
      completion: 'avg_completion_rate DESC NULLS LAST',
      rating: 'avg_rating DESC NULLS LAST',
      title: 'coalesce(title, movie_id)',
    };
    for (const [sort, order] of Object.entries(sorts)) {
      const pages = await allPages('/api/analytics/top-movies', `${query}&sort=${sort}&limit=7`);
      expect([sort, plain(pages)]).toEqual([sort, plain(await recount.movies(order))]);
    }
    for (const sort of ['views', 'watch_hours', 'last_seen']) {
      const pages = await allPages('/api/analytics/users', `${query}&sort=${sort}&limit=90`);
      expect(sorted(without(pages, 'user_id'))).toEqual(sorted(await recount.users()));
      const keys = pages.map((row) => row[sort] as number | string);
      expect(keys).toEqual(keys.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0)));
    }
    for (const weeks of [3, 12])
      expect(plain((await ask('/api/analytics/retention', `${query}&weeks=${weeks}`)).data)).toEqual(
        plain(await recount.cohorts(weeks)),
      );
  });
});

async function allPages(path: string, query: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor = '';
  do {
    const page = await ask(path, `${query}${cursor}`);
    rows.push(...page.data);
    cursor = page.meta.next_cursor === null ? '' : `&cursor=${page.meta.next_cursor as string}`;
  } while (cursor !== '');
  return rows;
}
