import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localTime } from '../../tools/generate/calendar.ts';
import { makeDataSet } from '../../tools/generate/data-set.ts';
import { readSettings } from '../../tools/generate/settings.ts';
import type { FileFormat } from '../../tools/generate/table-file.ts';
import { writeDataSet } from '../../tools/generate/write-data-set.ts';
import { buildCatalogue } from '../../tools/producer/catalogue.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import { buildUsers } from '../../tools/producer/users.ts';

const untilMs = Date.UTC(2026, 10, 20, 12, 34, 56);
const standard = { movies: 200, users: 5_000, sessions: 50_000, ratings: 20_000, days: 90, untilMs, seed: 1 };
const small = { ...standard, users: 300, sessions: 2_000, ratings: 500, days: 20 };
const folder = mkdtempSync(join(tmpdir(), 'marquee-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Rows = Record<string, string>[];

function written(name: string, data = small, format: FileFormat = 'csv'): string {
  const to = join(folder, name);
  writeDataSet({ data, format, folder: to });
  return to;
}

/** What a field holds may have commas and quotes; no field of ours has a line break. */
function readCsv(path: string): Rows {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const fields = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain as string) : quoted.replaceAll('""', '"'),
    );
  const names = fields(header);
  return lines.map((line) => Object.fromEntries(fields(line).map((field, n) => [names[n] as string, field])));
}

const tables = { users: [] as Rows, movies: [] as Rows, ratings: [] as Rows, viewing_sessions: [] as Rows };
const movieOf = new Map<string, Rows[number]>();
const userOf = new Map<string, Rows[number]>();

beforeAll(() => {
  const to = written('standard', standard);
  for (const table of Object.keys(tables) as (keyof typeof tables)[])
    tables[table] = readCsv(join(to, `${table}.csv`));
  for (const movie of tables.movies) movieOf.set(movie.id as string, movie);
  for (const user of tables.users) userOf.set(user.id as string, user);
});

const start = (session: Rows[number]): number => Date.parse(session.start_time as string);
const completion = (session: Rows[number]): number => Number(session.completion_rate);
const mean = (values: readonly number[]): number => values.reduce((sum, n) => sum + n, 0) / values.length;

/** Of the sessions that `where` takes, the share that `what` takes. */
function share(
  what: (row: Rows[number]) => boolean,
  where: (row: Rows[number]) => boolean = () => true,
): number {
  const all = tables.viewing_sessions.filter(where);
  return all.filter(what).length / all.length;
}

function likes({ user_id, movie_id }: Rows[number]): boolean {
  const user = userOf.get(user_id as string);
  return user !== undefined && user.preferred_genre === movieOf.get(movie_id as string)?.genre;
}

function localTimeOf(session: Rows[number]) {
  const region = trafficRegions.find(({ name }) => name === session.region);
  return localTime(start(session), region?.utcOffsetHours ?? Number.NaN);
}

describe('the files are a function of the arguments', () => {
  test.each(['csv', 'ndjson', 'parquet'] as const)('the same bytes again, as %s', (format) => {
    const [once, again] = [written(`${format}-1`, small, format), written(`${format}-2`, small, format)];
    const names = readdirSync(once).toSorted();
    expect(names).toEqual(
      ['movies', 'ratings', 'users', 'viewing_sessions'].map((table) => `${table}.${format}`),
    );
    for (const name of names)
      expect(readFileSync(join(once, name)).equals(readFileSync(join(again, name)))).toBe(true);
  });

  test.each([{ seed: 2 }, { untilMs: untilMs + 1_000 }, { days: 21 }, { users: 301 }])(
    'others with %o',
    (other) => {
      const sessions = (data: typeof small) =>
        [...makeDataSet(data)]
          .filter(({ table }) => table === 'viewing_sessions')
          .map(({ row }) => row.join());
      expect(sessions({ ...small, ...other })).not.toEqual(sessions(small));
    },
  );

  test('NDJSON and Parquet hold what CSV holds', async () => {
    const [csv, ndjson, parquet] = (['csv', 'ndjson', 'parquet'] as const).map((format) =>
      written(`same-${format}`, small, format),
    ) as [string, string, string];
    for (const table of ['users', 'ratings', 'viewing_sessions']) {
      const rows = readCsv(join(csv, `${table}.csv`));
      const asText = (row: object) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')]));
      const lines = readFileSync(join(ndjson, `${table}.ndjson`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines.map((line) => asText(JSON.parse(line) as object))).toEqual(rows);
      const file = await asyncBufferFromFile(join(parquet, `${table}.parquet`));
      expect((await parquetReadObjects({ file })).map(asText)).toEqual(rows);
    }
  });
});

describe('what is in them', () => {
  test('as many as asked for, of ten genres, ten countries, five devices, on 91 days', () => {
    const distinct = (rows: Rows, column: string) => new Set(rows.map((row) => row[column])).size;
    const { users, movies, ratings, viewing_sessions: sessions } = tables;
    const counts = [users, movies, ratings, sessions].map((rows) => [rows.length, distinct(rows, 'id')]);
    expect(counts).toEqual([5_000, 200, 20_000, 50_000].map((count) => [count, count]));
    expect(distinct(movies, 'genre')).toBe(10);
    expect(distinct(users, 'country')).toBe(10);
    expect(distinct(sessions, 'user_country')).toBe(10);
    expect(distinct(sessions, 'device_type')).toBe(5);
    expect(new Set(sessions.map(({ start_time }) => start_time?.slice(0, 10))).size).toBe(91);
  });

  test('titles and viewers are those of the stream', () => {
    const titles = buildCatalogue(1).titles.filter(({ contentType }) => /film|series/.test(contentType));
    expect(tables.movies.map(({ id, title, genre }) => [id, title, genre])).toEqual(
      titles.map(({ id, title, genre }) => [id, title, genre]),
    );
    const viewers = new Set([...buildUsers(1, trafficRegions).values()].flat().map(({ id }) => id));
    expect(tables.users.every(({ id }) => viewers.has(id as string))).toBe(true);
  });

  test('more titles than the stream has: the first are its own, all have their own names', () => {
    const rows = [...makeDataSet({ ...small, movies: 500, sessions: 0, ratings: 0 })];
    const movies = rows.filter(({ table }) => table === 'movies').map(({ row }) => row);
    expect(movies.length).toBe(500);
    expect([new Set(movies.map(([id]) => id)).size, new Set(movies.map(([, title]) => title)).size]).toEqual([
      500, 500,
    ]);
    expect(movies[0]?.slice(0, 2)).toEqual([tables.movies[0]?.id, tables.movies[0]?.title]);
  });

  test('sessions are in order, nothing is after the end, nobody watches longer than they sit there', () => {
    let before = 0;
    for (const session of tables.viewing_sessions) {
      const [from, to] = [start(session), Date.parse(session.end_time as string)];
      expect(from).toBeGreaterThanOrEqual(before);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThanOrEqual(untilMs);
      expect(Number(session.watch_duration_minutes) * 60_000).toBeLessThanOrEqual(to - from);
      expect(completion(session)).toBeGreaterThanOrEqual(0);
      expect(completion(session)).toBeLessThanOrEqual(1);
      before = from;
    }
  });

  test('no session before the viewer had signed up or the title was out; ratings are of what was seen', () => {
    const seen = new Set<string>();
    for (const session of tables.viewing_sessions) {
      const day = session.start_time?.slice(0, 10) as string;
      expect(day >= (userOf.get(session.user_id as string)?.signup_date as string)).toBe(true);
      expect(day >= (movieOf.get(session.movie_id as string)?.release_date as string)).toBe(true);
      seen.add(`${session.user_id}/${session.movie_id}`);
    }
    expect(tables.ratings.every(({ user_id, movie_id }) => seen.has(`${user_id}/${movie_id}`))).toBe(true);
    expect(tables.ratings.every(({ rating_date }) => (rating_date as string) <= '2026-11-20')).toBe(true);
  });
});

describe('the structure is true', () => {
  test('by the local clock evenings are full and nights empty; weekends have more, above all by day', () => {
    const hours = Map.groupBy(tables.viewing_sessions, (session) => localTimeOf(session).hour);
    const at = (hour: number) => hours.get(hour)?.length ?? 0;
    expect(at(20)).toBeGreaterThan(10 * at(4));
    expect(at(20)).toBeGreaterThan(1.5 * at(17));
    const isWeekend = (session: Rows[number]) => localTimeOf(session).isWeekend;
    expect(share(isWeekend)).toBeGreaterThan(0.34);
    expect(share(isWeekend)).toBeLessThan(0.45);
    const isMorning = (session: Rows[number]) => Math.abs(localTimeOf(session).hour - 10) <= 2;
    expect(share(isMorning, isWeekend)).toBeGreaterThan(1.3 * share(isMorning, (row) => !isWeekend(row)));
    // Japan's evening is at noon of UTC.
    const hourOfUtc = (session: Rows[number]) => new Date(start(session)).getUTCHours();
    const isJapan = ({ user_country }: Rows[number]) => user_country === 'JP';
    expect(share((row) => hourOfUtc(row) === 11, isJapan)).toBeGreaterThan(0.07);
    expect(share((row) => hourOfUtc(row) === 19, isJapan)).toBeLessThan(0.01);
  });

  test('a few titles take much of it, and new ones rise and fade', () => {
    const views = [...Map.groupBy(tables.viewing_sessions, ({ movie_id }) => movie_id)]
      .map(([, { length }]) => length)
      .toSorted((a, b) => b - a);
    const top = (count: number) => views.slice(0, count).reduce((sum, n) => sum + n, 0) / 50_000;
    expect(views.length).toBeGreaterThan(190);
    expect(top(20)).toBeGreaterThan(0.4);
    expect(top(20)).toBeLessThan(0.7);
    const released = tables.movies.filter(
      ({ release_date = '' }) => '2026-08-30' < release_date && release_date < '2026-10-15',
    );
    expect(released.length).toBeGreaterThan(3);
    const isNew = new Set(released.map(({ id }) => id));
    const age = (row: Rows[number]) =>
      (start(row) - Date.parse(movieOf.get(row.movie_id as string)?.release_date as string)) / 86_400_000;
    const isOfNew = (row: Rows[number]) => isNew.has(row.movie_id as string);
    expect(share((row) => age(row) < 14, isOfNew)).toBeGreaterThan(
      2 * share((row) => age(row) >= 21 && age(row) < 35, isOfNew),
    );
  });

  test('people keep to the genre they like, and see it through more often', () => {
    expect(share(likes)).toBeGreaterThan(0.35);
    const of = (liked: boolean) =>
      mean(tables.viewing_sessions.filter((row) => likes(row) === liked).map(completion));
    expect(of(true)).toBeGreaterThan(of(false) + 0.08);
    const ratings = (liked: boolean) =>
      mean(tables.ratings.filter((row) => likes(row) === liked).map(({ rating }) => Number(rating)));
    expect(ratings(true)).toBeGreaterThan(ratings(false) + 0.8);
    expect(tables.ratings.every(({ rating }) => Number(rating) >= 1 && Number(rating) <= 10)).toBe(true);
  });

  test('the more it stalls, the less is seen', () => {
    const of = (stalls: (count: number) => boolean) =>
      mean(tables.viewing_sessions.filter((row) => stalls(Number(row.buffering_count))).map(completion));
    const falling = [of((n) => n === 0), of((n) => n === 1), of((n) => n === 2), of((n) => n > 2)];
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect((falling[0] as number) - (falling[3] as number)).toBeGreaterThan(0.08);
  });

  test('devices follow the country, quality the device', () => {
    const on = (device: string) => (row: Rows[number]) => row.device_type === device;
    const from = (country: string) => (row: Rows[number]) => row.user_country === country;
    expect(share(on('mobile'), from('IN'))).toBeGreaterThan(0.6);
    expect(share(on('mobile'), from('US'))).toBeLessThan(0.4);
    expect(share(on('smart_tv'), from('US'))).toBeGreaterThan(2 * share(on('smart_tv'), from('IN')));
    expect(share(({ quality }) => quality === '2160p', on('mobile'))).toBe(0);
    expect(share(({ quality }) => quality === '2160p', on('smart_tv'))).toBeGreaterThan(0.1);
  });

  test('of those who come first in a week, fewer are there later; the service grows all the same', () => {
    const week = (row: Rows[number]) =>
      Math.floor((start(row) - start(tables.viewing_sessions[0]!)) / (7 * 86_400_000));
    const weeksOf = new Map<string, Set<number>>();
    for (const row of tables.viewing_sessions) {
      const weeks = weeksOf.get(row.user_id as string) ?? new Set();
      weeksOf.set(row.user_id as string, weeks.add(week(row)));
    }
    const inWeek = (n: number) =>
      [...weeksOf.values()].filter((weeks) => weeks.has(0) && weeks.has(n)).length;
    const first = inWeek(0);
    expect(inWeek(1) / first).toBeGreaterThan(0.4);
    expect(inWeek(10)).toBeLessThan(0.85 * inWeek(1));
    const perWeek = (n: number) => tables.viewing_sessions.filter((row) => week(row) === n).length;
    expect(perWeek(11)).toBeGreaterThan(1.05 * perWeek(0));
    const left = tables.users.filter(({ is_active }) => is_active === 'false').length;
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThan(2_000);
  });
});

describe('arguments', () => {
  const now = Date.UTC(2026, 10, 21, 15);

  test('the standard data set without any', () => {
    const reading = readSettings([], now);
    expect(reading.kind === 'run' && reading.settings).toEqual({
      data: { ...standard, untilMs: now },
      format: 'csv',
      folder: '.cache/data',
    });
  });

  test('a date is its beginning', () => {
    const reading = readSettings(['--until', '2026-11-20'], now);
    expect(reading.kind === 'run' && reading.settings.data.untilMs).toBe(Date.UTC(2026, 10, 20));
  });

  test.each([
    ['--movies 0', '--movies is a whole number from 1 to 100000, not "0".'],
    ['--users many', '--users is a whole number from 1 to 1000000, not "many".'],
    ['--sessions -5', "Option '--sessions' argument is ambiguous"],
    ['--sessions 1.5', '--sessions is a whole number from 0 to 100000000, not "1.5".'],
    ['--days 1e3', '--days is a whole number from 1 to 3650, not "1e3".'],
    ['--ratings 50001', '--ratings is at most --sessions'],
    ['--until 2026-11-22', '--until is not ahead of now'],
    ['--until 2026-02-30', '--until is a date as in 2026-11-20'],
    ['--until 2026', '--until is a date as in 2026-11-20'],
    ['--format xlsx', '--format is one of csv, ndjson, parquet, not "xlsx".'],
    ['--film 3', "Unknown option '--film'"],
    ['extra', "Unexpected argument 'extra'"],
  ])('%s is refused', (args, message) => {
    const reading = readSettings(args.split(' '), now);
    expect(reading.kind === 'wrong' && reading.message).toContain(message);
  });

  test.each([
    { users: 1, movies: 1, sessions: 10, ratings: 10, days: 1 },
    { sessions: 0, ratings: 0 },
    { movies: 2, days: 400, sessions: 100, ratings: 1 },
    { untilMs: Date.UTC(2026, 10, 20), sessions: 100, ratings: 100 },
  ])('it gives as many rows as asked for with %o', (some) => {
    const data = { ...small, ...some };
    const counts = Map.groupBy(makeDataSet(data), ({ table }) => table);
    const of = (table: 'users' | 'movies' | 'ratings' | 'viewing_sessions') => counts.get(table)?.length ?? 0;
    expect([of('users'), of('movies'), of('viewing_sessions'), of('ratings')]).toEqual([
      data.users,
      data.movies,
      data.sessions,
      data.ratings,
    ]);
  });
});
