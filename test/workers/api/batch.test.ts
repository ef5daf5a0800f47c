import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { dayHours } from '../../../core/protocol/batch-limits.ts';
import type { EventType } from '../../../core/protocol/event-type.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { readDayHours, readDayMark, writeDay } from '../../../storage/day-store.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { groupBy, type ModelEvent, midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { ask, problemOf, type Rows, routes, rowsOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

const paths = ['content', 'popular-movies', 'ratings-stats', 'hourly-stats', 'user-stats'].map(
  (name) => `/api/batch/${name}`,
);
const firstHour = midnight / 60;
const firstDay = firstHour / dayHours;
/** Two and a half days of three regions. */
const events = modelEvents(71, 3000, 3600).filter(({ shard }) => shard === 0);
const hourOf = ({ minute }: ModelEvent): number => Math.floor(minute / 60);
/** One hour in nine is not computed yet. */
const isComputed = (regionNumber: number, hour: number): boolean => (regionNumber + hour) % 9 !== 0;
const computed = events.filter((event) => isComputed(event.regionNumber, hourOf(event)));
const isoHour = (hour: number): string => new Date(hour * 3_600_000).toISOString();
const range = `from=${isoHour(firstHour)}&to=${isoHour(firstHour + 60)}`;
/** Hours that are no days. */
const odd = { from: firstHour + 7, to: firstHour + 55 };
const oddRange = `from=${isoHour(odd.from)}&to=${isoHour(odd.to)}`;
const inOdd = computed.filter((event) => hourOf(event) >= odd.from && hourOf(event) < odd.to);

const topUsers = [
  { user: '1-00000000000000aa', events: 9, films: 2, durationMs: 3_000, durations: 2 },
  { user: '1-00000000000000ab', events: 4, films: 0, durationMs: 0, durations: 0 },
];

async function writeDayOf(regionNumber: number, day: number): Promise<void> {
  const place = { regionNumber, day };
  const mark = await readDayMark(env.DB, place);
  const rows = await readDayHours(env.DB, place);
  const account = { userEvents: 13, users: 2, topUsers, computedAtMs: 0 };
  await writeDay(env.DB, { ...place, ...mark, rows, ...account });
}

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(events));
  for (const regionNumber of [1, 2, 3]) {
    for (let hour = firstHour; hour < firstHour + 60; hour++) {
      await rollUpHour(env.DB, regionNumber, 0, hour);
      if (!isComputed(regionNumber, hour)) continue;
      await env.DB.prepare(
        `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
           computed_at) VALUES (?1, 'run', 1, 1, '', 0, 0, 0, ?2)`,
      )
        .bind(packedKey(regionNumber, 0, hour), isoHour(hour + 2))
        .run();
    }
  }
  // The first day of all regions, the second of one; that of region 2 is stale and holds what was before.
  for (const regionNumber of [1, 2, 3]) await writeDayOf(regionNumber, firstDay);
  await writeDayOf(1, firstDay + 1);
  await env.DB.batch([
    env.DB.prepare('UPDATE batch_hours SET generation = 2 WHERE key = ?1').bind(
      packedKey(2, 0, firstHour + ((7 - (firstHour % 9) + 9) % 9) + 1),
    ),
    env.DB.prepare("UPDATE region_days SET dimensions = '{}', events = 0 WHERE key = ?1").bind(
      packedKey(2, 0, firstDay),
    ),
  ]);
});

const ofType = (group: readonly ModelEvent[], type: EventType) =>
  group.filter((event) => event.type === type);
const watched = (group: readonly ModelEvent[]): number =>
  group.reduce((sum, { watchedMs }) => sum + watchedMs, 0) / 1000;
const titleOf = (content: string) => (content === '42' ? null : `Title of ${content}`);
const all = async (path: string): Promise<Rows['data']> => (await rowsOf(`${path}&limit=1000`)).data;

describe('[BAT-2] the tables of the batch layer are the recount of the computed hours', () => {
  test.each(['', '&region=US-Virginia'])('popular movies%s', async (filter) => {
    const counted = filter === '' ? inOdd : inOdd.filter(({ regionNumber }) => regionNumber === 2);
    const expected = [...groupBy(counted, ({ content }) => content)].flatMap(([movie_id, group]) => {
      const view_count = ofType(group, 'view').length;
      const complete_count = ofType(group, 'complete').length;
      const title = titleOf(movie_id);
      return view_count === 0
        ? []
        : [{ movie_id, title, view_count, complete_count, watched_seconds: watched(group) }];
    });
    const rows = await all(`/api/batch/popular-movies?${oddRange}${filter}`);
    expect(new Set(rows)).toEqual(new Set(expected));
    expect(rows.map(({ view_count }) => view_count)).toEqual(
      expected.map(({ view_count }) => view_count).sort((a, b) => b - a),
    );
  });

  test('ratings', async () => {
    const rows = await all(`/api/batch/ratings-stats?${oddRange}`);
    const rated = groupBy(ofType(inOdd, 'rating'), ({ content }) => content);
    expect(
      new Map(rows.map((row) => [row.movie_id, [row.rating_count, Number(row.avg_rating).toFixed(9)]])),
    ).toEqual(
      new Map(
        [...rated].map(([content, group]) => {
          const sum = group.reduce((milli, { ratingMilli }) => milli + (ratingMilli as number), 0);
          return [content, [group.length, (sum / group.length / 1000).toFixed(9)]];
        }),
      ),
    );
  });

  test.each(['', '&content_id=mov_1'])('hours of the day%s', async (filter) => {
    const counted = filter === '' ? inOdd : inOdd.filter(({ content }) => content === 'mov_1');
    const rows = await all(`/api/batch/hourly-stats?${oddRange}${filter}`);
    const hours = [...groupBy(counted, (event) => hourOf(event) % 24)].sort(([a], [b]) => a - b);
    expect(rows.map((row) => [row.hour, row.days, row.total_events, row.avg_events, row.view_count])).toEqual(
      hours.map(([hour, group]) => {
        const days = new Set(group.map((event) => Math.floor(hourOf(event) / 24))).size;
        return [hour, days, group.length, group.length / days, ofType(group, 'view').length];
      }),
    );
  });

  test.each([
    ['hour', 1],
    ['day', 24],
  ] as const)('contents by %s', async (by, step) => {
    const rows = await all(`/api/batch/content?${oddRange}&by=${by}`);
    const groups = groupBy(inOdd, (event) =>
      JSON.stringify([isoHour(hourOf(event) - (hourOf(event) % step)), event.content]),
    );
    const expected = new Map(
      [...groups].map(([key, group]) => [
        key,
        [group.length, ofType(group, 'view').length, ofType(group, 'download').length, watched(group)],
      ]),
    );
    const found = rows.map(
      (row) =>
        [
          JSON.stringify([row.window_start, row.content_id]),
          [row.total_events, row.view_count, row.total_downloads, row.watched_seconds],
        ] as const,
    );
    if (by === 'day') expect(new Map(found)).toEqual(expected);
    else for (const [key, figures] of found) expect(figures).toEqual(expected.get(key));
    expect(found.length).toBe(Math.min(1000, expected.size));
  });

  test('the views say the same as the API', async () => {
    const view = await env.DB.prepare(
      'SELECT date, hour, total_events, view_count FROM batch_hourly_stats ORDER BY date, hour',
    ).all();
    const hours = [...groupBy(computed, (event) => hourOf(event))].sort(([a], [b]) => a - b);
    expect(view.results).toEqual(
      hours.map(([hour, group]) => ({
        date: isoHour(hour).slice(0, 10),
        hour: hour % 24,
        total_events: group.length,
        view_count: ofType(group, 'view').length,
      })),
    );
    const hourly = await env.DB.prepare('SELECT sum(total_events) AS n FROM content_hourly').first('n');
    expect(hourly).toBe(computed.length);
    const days = await env.DB.prepare(
      `SELECT content_id, total_events FROM content_daily WHERE date = ?1 ORDER BY content_id`,
    )
      .bind(isoHour(firstHour + 24).slice(0, 10))
      .all();
    const second = computed.filter(
      (event) => event.regionNumber === 1 && Math.floor(hourOf(event) / 24) === firstDay + 1,
    );
    expect(new Map(days.results.map((row) => [row.content_id, row.total_events]))).toEqual(
      new Map([...groupBy(second, ({ content }) => content)].map(([key, group]) => [key, group.length])),
    );
    const popular = await env.DB.prepare('SELECT * FROM batch_popular_movies WHERE rank = 1').all();
    expect(popular.results).toHaveLength(2);
    const ratings = await env.DB.prepare('SELECT sum(rating_count) AS n FROM batch_ratings_stats').first('n');
    expect(ratings).toBeGreaterThan(0);
  });

  test('meta says how many hours are computed, and a warning how many are not', async () => {
    const { meta } = await rowsOf(`/api/batch/popular-movies?${range}`);
    const heard = new Set(events.map((event) => `${event.regionNumber} ${hourOf(event)}`));
    const known = [1, 2, 3].flatMap((regionNumber) =>
      Array.from({ length: 60 }, (_, n) => [regionNumber, firstHour + n] as const).filter(([number, hour]) =>
        isComputed(number, hour),
      ),
    );
    for (const [number, hour] of known) heard.add(`${number} ${hour}`);
    expect(meta).toMatchObject({
      source: 'batch',
      from: isoHour(firstHour),
      to: isoHour(firstHour + 60),
      hours: { computed: known.length, of: heard.size },
      warnings: [
        `${heard.size - known.length} of ${heard.size} hours of regions are not computed yet and not in it`,
      ],
    });
  });

  test('an hour of parts alone is one that is not computed', async () => {
    const far = firstHour - 500;
    const empty = `from=${isoHour(far - 5)}&to=${isoHour(far + 5)}`;
    expect((await rowsOf(`/api/batch/popular-movies?${empty}`)).meta).toMatchObject({
      computed_at: null,
      hours: { computed: 0, of: 0 },
    });
    const part = "INSERT INTO lake_parts SELECT ?1, ?2, 0, 1, 1, 1, ?3, 'late', 1, 1, '', 1, 0, 0, ''";
    await env.DB.batch(
      [far - 6, far - 1, far - 1, far, far + 5].map((hour, n) =>
        env.DB.prepare(part).bind(`p${n}`, 1 + (n % 2), hour),
      ),
    );
    expect((await rowsOf(`/api/batch/popular-movies?${empty}`)).meta).toMatchObject({
      hours: { computed: 0, of: 3 },
    });
    expect((await rowsOf(`/api/batch/popular-movies?${empty}&region=US-Virginia`)).meta).toMatchObject({
      hours: { of: 2 },
    });
    await env.DB.exec('DELETE FROM lake_parts');
  });

  test('the busiest users of each region and day', async () => {
    const rows = await all(`/api/batch/user-stats?${range}&region=US-California`);
    expect(rows).toHaveLength(4);
    expect(rows.slice(0, 2)).toEqual([
      {
        date: isoHour(firstHour).slice(0, 10),
        region: 'US-California',
        user: '1-00000000000000aa',
        total_events: 9,
        movies_watched: 2,
        avg_duration_seconds: 1.5,
      },
      expect.objectContaining({ user: '1-00000000000000ab', avg_duration_seconds: null }),
    ]);
    expect(await all(`/api/batch/user-stats?${range}`)).toHaveLength(8);
  });
});

describe('answers', () => {
  test.each(paths)('[API-6] of %s are what the schema says, as JSON and as CSV', async (path) => {
    const response = await ask(`${path}?${range}`);
    const answer = await response.json<Rows>();
    routes.find((route) => route.path === path)?.doc.answer?.parse(answer);
    routes
      .find((route) => route.path === path)
      ?.doc.answer?.parse(routes.find((route) => route.path === path)?.doc.example);
    expect(answer.count).toBeGreaterThan(2);
    const csv = await ask(`${path}?${range}`, { headers: { accept: 'text/csv' } });
    const text = await csv.text();
    expect(text.slice(0, text.indexOf('\r\n')).split(',')).toEqual(Object.keys(answer.data[0] ?? {}));
    expect(text.split('\r\n')).toHaveLength(answer.count + 2);
  });

  test.each([...paths, '/api/batch/content?by=hour'])('pages of %s together are all rows', async (path) => {
    const address = `${path}${path.includes('?') ? '&' : '?'}${range}`;
    const whole = await all(address);
    const rows: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Rows = await rowsOf(`${address}&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
      rows.push(...page.data);
      cursor = page.meta.next_cursor;
      if (rows.length >= 70) break;
    }
    expect(rows).toEqual(whole.slice(0, rows.length));
    expect(rows.length).toBe(Math.min(70, whole.length));
  });

  test('[ACC-2] one limited to a region is answered as if there were no others; a viewer has no users', async () => {
    const virginia = await cookieFor(await newPerson('analyst', ['US-Virginia']));
    const whole = await cookieFor(await newPerson('analyst'));
    const viewer = await cookieFor(await newPerson('viewer'));
    for (const path of paths) {
      const read = async (cookie: string, more = '') =>
        await (await askAs(cookie, `${path}?${range}${more}`)).json<Rows>();
      const own = await read(virginia);
      expect(own.count).toBeGreaterThan(0);
      expect(own).toEqual(await read(whole, '&region=US-Virginia'));
      expect(own.data).not.toEqual((await read(whole)).data);
      expect((await askAs(virginia, `${path}?${range}&region=US-Texas`)).status).toBe(400);
      expect((await askAs(viewer, `${path}?${range}`)).status).toBe(path.endsWith('user-stats') ? 403 : 200);
    }
  });

  test.each([
    ...paths.flatMap((path) => [
      [`${path}?days=0`, 'days'],
      [`${path}?days=93`, 'days'],
      [`${path}?days=-1`, 'days'],
      [`${path}?days=1&from=2026-11-20T00:00:00Z`, 'days'],
      [`${path}?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z`, 'from'],
      [`${path}?from=2026-01-01T00:00:00Z&to=2026-11-20T00:00:00Z`, 'from'],
      [`${path}?from=yesterday`, 'from'],
      [`${path}?region=Atlantis`, 'region'],
      [`${path}?limit=1001`, 'limit'],
      [`${path}?cursor=abc`, 'cursor'],
    ]),
    ['/api/batch/user-stats?days=8', 'days'],
    ['/api/batch/content?by=minute', 'by'],
    ['/api/batch/content?by=hour&days=4', 'by'],
    ['/api/batch/content?content_id=', 'content_id'],
  ] as [string, string][])('%s is refused', async (path, parameter) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    const { code, errors } = await problemOf(response);
    expect([code, errors?.map((error) => error.parameter)]).toEqual(['invalid_parameter', [parameter]]);
  });

  test.each([
    '/api/batch/content?by=hour&days=3',
    '/api/batch/popular-movies?days=92',
    '/api/batch/user-stats?days=7',
    ...paths,
  ])('%s is answered', async (path) => {
    expect((await ask(path)).status).toBe(200);
  });

  test('503 while D1 does not answer', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const database = new Proxy(env.DB, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (String(given[0]).includes('batch_')) throw new Error('D1_ERROR: the network is away');
          return Reflect.apply(value, target, given) as unknown;
        };
      },
    });
    for (const path of paths)
      expect(await problemOf(await ask(`${path}?${range}`, {}, { ...env, DB: database }))).toMatchObject({
        status: 503,
        code: 'storage_unavailable',
      });
    expect(log).toHaveBeenCalled();
    log.mockRestore();
  });
});
