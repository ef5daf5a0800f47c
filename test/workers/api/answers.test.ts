import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as z from 'zod';
import { credentialOutageMs } from '../../../core/protocol/limits.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import type { Env } from '../../../workers/env.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask, brokenDatabase, problemOf, routes, rowsOf } from './ask.ts';

const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:03:00Z';
const stored = modelEvents(31, 400).filter(({ shard }) => shard === 0);
const paged = [
  '/api/stats/trending',
  '/api/stats/devices',
  '/api/stream/movie-views',
  '/api/stream/user-activity',
  '/api/stream/event-distribution',
  '/api/stream/ratings',
];
const streams = paged.filter((path) => path.startsWith('/api/stream/'));
const ranged = ['/api/stats/realtime', '/api/stats/regions', '/api/stats/timeseries', ...paged];

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(stored));
});

function schemaOf(path: string): z.ZodType {
  const route = routes.find((one) => one.path === path && one.method === 'GET');
  if (!route?.doc?.answer) throw new Error(`${path} has no schema of its answer`);
  return route.doc.answer;
}

describe('[API-6] answers are what their schemas say', () => {
  const filters = ['', '&region=US-Virginia', '&content_id=mov_1', '&device_type=tv', '&content_type=music'];
  const questions = ranged.flatMap((path) => filters.map((filter) => [path, `${range}${filter}`] as const));

  test.each([
    ...questions,
    ...ranged.map((path) => [path, 'minutes=5'] as const),
    ...streams.map((path) => [path, `${range}&by=minute`] as const),
    ['/api/stats/timeseries', `${range}&resolution=10`] as const,
  ])('%s?%s', async (path, query) => {
    const response = await ask(`${path}?${query}`);
    if (response.status === 400) {
      expect((await problemOf(response)).detail).toMatch(/count contents and devices each by itself/);
      return;
    }
    expect(response.status).toBe(200);
    schemaOf(path).parse(await response.json());
  });
});

describe('pages', () => {
  test.each([...paged, ...streams.map((path) => `${path}?by=minute`)])(
    'of %s together are all rows',
    async (path) => {
      const address = `${path}${path.includes('?') ? '&' : '?'}${range}`;
      const all = await rowsOf(`${address}&limit=1000`);
      expect(all.meta.next_cursor).toBeNull();
      expect(all.data.length).toBeGreaterThan(2);
      const rows: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await rowsOf(`${address}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect(page.count).toBe(page.data.length);
        rows.push(...page.data);
        cursor = page.meta.next_cursor;
      }
      expect(rows).toEqual(all.data);
    },
  );

  test('stay about the range of the first', async () => {
    const first = await rowsOf('/api/stats/devices?minutes=1440&to=2026-11-21T00:03:00Z&limit=1');
    const cursor = first.meta.next_cursor;
    // Who asks is believed for so long, too.
    vi.useFakeTimers({ now: Date.now() + credentialOutageMs - 1_000, toFake: ['Date'] });
    try {
      const next = await rowsOf(
        `/api/stats/devices?minutes=1440&to=2026-11-21T00:03:00Z&limit=1&cursor=${cursor}`,
      );
      expect(next.meta).toMatchObject({ from: (first.meta as unknown as { from: string }).from });
    } finally {
      vi.useRealTimers();
    }
  });

  test('by default are five of trending', async () => {
    expect((await rowsOf(`/api/stats/trending?${range}`)).count).toBe(5);
  });
});

describe('CSV', () => {
  test.each([...paged, '/api/stats/regions', '/api/stats/timeseries', '/api/stats/alerts'])(
    '%s has the rows of JSON',
    async (path) => {
      const json = await rowsOf(`${path}?${range}`);
      const response = await ask(`${path}?${range}`, { headers: { accept: 'text/csv' } });
      expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="marquee-${path.slice(5).replace('/', '-')}.csv"`,
      );
      const text = await response.text();
      expect(text.endsWith('\r\n')).toBe(true);
      const columns = text.slice(0, text.indexOf('\r\n')).split(',');
      if (json.data[0]) expect(columns).toEqual(Object.keys(json.data[0]));
      // Ids of the model have line breaks in none of them.
      expect(text.split('\r\n')).toHaveLength(json.count + 2);
    },
  );

  test('names the next page in a Link header', async () => {
    const headers = { accept: 'text/csv' };
    const response = await ask(`/api/stats/trending?${range}&limit=2`, { headers });
    const { meta } = await rowsOf(`/api/stats/trending?${range}&limit=2`);
    expect(response.headers.get('x-next-cursor')).toBe(meta.next_cursor);
    const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
    const following = await ask(next, { headers });
    expect(following.status).toBe(200);
    expect((await following.text()).split('\r\n')).toHaveLength(4);
    const last = await ask(`/api/stats/trending?${range}&limit=1000`, { headers });
    expect([last.headers.get('link'), last.headers.get('x-next-cursor')]).toEqual([null, null]);
  });

  test('JSON stays what is given without a wish', async () => {
    for (const accept of ['*/*', 'application/json', 'text/html,*/*;q=0.8']) {
      const response = await ask(`/api/stats/regions?${range}`, { headers: { accept } });
      expect(response.headers.get('content-type')).toBe('application/json');
    }
  });
});

describe('bad input', () => {
  test.each([
    ['/api/stats/realtime?content_id=a&device_type=b', 'device_type'],
    ['/api/stats/regions?content_id=a&content_type=b', 'content_type'],
    ['/api/stats/timeseries?content_id=', 'content_id'],
    [`/api/stats/timeseries?content_id=${'x'.repeat(129)}`, 'content_id'],
    [`/api/stats/timeseries?device_type=${'x'.repeat(33)}`, 'device_type'],
    ['/api/stats/timeseries?resolution=10&minutes=5&device_type=tv', 'resolution'],
    ['/api/stats/trending?device_type=tv', 'device_type'],
    ['/api/stats/trending?device_type=', 'device_type'],
    ['/api/stats/devices?content_id=a', 'content_id'],
    ['/api/stats/devices?content_type=film', 'content_type'],
    ['/api/stream/movie-views?device_type=tv', 'device_type'],
    ['/api/stream/ratings?device_type=tv', 'device_type'],
    ['/api/stream/ratings?by=hour', 'by'],
    ['/api/stream/ratings?by=', 'by'],
    ['/api/stream/ratings?by=minute&minutes=61', 'by'],
    ['/api/stream/movie-views?by=minute&minutes=61', 'by'],
    ...paged.flatMap((path) => [
      [`${path}?limit=0`, 'limit'],
      [`${path}?limit=-1`, 'limit'],
      [`${path}?limit=1001`, 'limit'],
      [`${path}?limit=abc`, 'limit'],
      [`${path}?cursor=abc`, 'cursor'],
      [`${path}?cursor=`, 'cursor'],
      [`${path}?minutes=0`, 'minutes'],
      [`${path}?minutes=-1`, 'minutes'],
      [`${path}?minutes=1e9`, 'minutes'],
      [`${path}?minutes=abc`, 'minutes'],
      [`${path}?region=Atlantis`, 'region'],
      [`${path}?from=2026-11-21T02:00:00Z&to=2026-11-21T01:00:00Z`, 'from'],
    ]),
  ] as [string, string][])('%s', async (path, parameter) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    const { code, errors } = await problemOf(response);
    expect([code, errors?.map((error) => error.parameter)]).toEqual(['invalid_parameter', [parameter]]);
  });

  test('a cursor of another question is none', async () => {
    const { meta } = await rowsOf(`/api/stats/trending?${range}&limit=1`);
    for (const other of [
      `/api/stats/trending?${range}&region=EU-London&cursor=${meta.next_cursor}`,
      `/api/stats/devices?${range}&cursor=${meta.next_cursor}`,
    ])
      expect((await ask(other)).status).toBe(400);
  });
});

describe('while D1 does not answer', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  /** A binding that has told the regions once, and then fails. */
  function failingAfterRegions(): { bindings: Env; fail: () => void } {
    let fails = false;
    const database = new Proxy(env.DB, {
      get: (target, name) => {
        if (fails) throw new Error('D1_ERROR: the network is away');
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    return {
      bindings: { ...env, DB: database },
      fail: () => {
        fails = true;
      },
    };
  }

  test.each([...ranged, '/api/stats/alerts'])(
    '%s says what the regions hold, and that something is missing',
    async (path) => {
      const regionNumber = 4;
      const shard = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, 0)));
      const now = Date.now();
      await shard.receive({ regionNumber, shard: 0 }, [
        buildChunk([buildEvent({ timeMs: now, identityLo: minuteOf(now) })], {
          regionNumber,
          receivedAtMs: now,
        }),
      ]);
      const { bindings, fail } = failingAfterRegions();
      await rowsOf(path, bindings);
      fail();
      const response = await ask(path, {}, bindings);
      expect(response.status).toBe(200);
      const answer = await response.json<{ meta: { warnings: string[] } }>();
      expect(answer.meta.warnings).toEqual([expect.stringMatching(/^The database does not answer/)]);
      schemaOf(path).parse(answer);
    },
  );

  test('an old list of regions serves; without one nothing can be said', async () => {
    const { bindings, fail } = failingAfterRegions();
    await rowsOf('/api/stats/regions', bindings);
    fail();
    // Who asks is believed for so long, too.
    vi.useFakeTimers({ now: Date.now() + credentialOutageMs - 1_000, toFake: ['Date'] });
    try {
      expect((await rowsOf('/api/stats/regions', bindings)).count).toBe(12);
    } finally {
      vi.useRealTimers();
    }
    const response = await ask('/api/stats/regions', {}, { ...env, DB: brokenDatabase });
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'storage_unavailable' });
  });

  test('and no region either: 503', async () => {
    const { bindings, fail } = failingAfterRegions();
    await rowsOf('/api/stats/regions', bindings);
    fail();
    const away = { ...bindings, REGION_WINDOW: brokenDatabase as unknown as Env['REGION_WINDOW'] };
    for (const path of [...ranged, '/api/stats/alerts'])
      expect(await problemOf(await ask(path, {}, away))).toMatchObject({
        status: 503,
        code: 'storage_unavailable',
      });
  });
});
