import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { type Problem, problemContentType } from '../../../core/protocol/problem.ts';
import { liveSubprotocol } from '../../../core/protocol/version.ts';
import { version } from '../../../package.json';
import { latestMigration } from '../../../storage/migrated.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { createApp } from '../../../workers/api/app.ts';
import { routesOf } from '../../../workers/api/routes.ts';
import type { Env } from '../../../workers/env.ts';
import { groupBy, midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { credentialed, testAdminToken, testKey } from '../test-credentials.ts';
import { deployment } from './people.ts';

const events = vi.fn(async (request: Request) => new Response(await request.text(), { status: 202 }));
const app = createApp({ events });
const production: Env = deployment;

/** Past the edge's cache: a test that asks twice wants to be answered twice. */
async function ask(
  path: string,
  init: RequestInit = {},
  bindings: Env = env,
  { host = 'http://127.0.0.1:8787', shows = true } = {},
) {
  const ctx = createExecutionContext();
  const request = new Request(`${host}${path}`, init);
  request.headers.set('cache-control', 'no-cache');
  const response = await app.fetch(shows ? credentialed(request) : request, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe(problemContentType);
  const body = await response.json<Problem>();
  expect(body.status).toBe(response.status);
  return body;
}

async function get<T>(path: string): Promise<T> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return await response.json<T>();
}

const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const routes = routesOf({ events });
const guarded = routes.filter((route) => route.role !== 'public');

describe('[API-2] every route has a role, and it is enforced', () => {
  test('only the health of the service, its description, the page of embeds and the way in and out are public', () => {
    const open = routes
      .filter((route) => route.role === 'public')
      .map(({ method, path }) => `${method} ${path}`);
    const described = ['GET /health', 'GET /api/health', 'GET /openapi.json'];
    expect(open).toEqual([...described, 'GET /embed', 'POST /api/session', 'DELETE /api/session']);
  });

  test.each(guarded)('$method $path is refused to who shows nothing', async ({ method, path }) => {
    expect((await ask(path, { method }, production, { shows: false })).status).toBe(401);
    const response = await ask(path, { method }, env, { shows: false });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await problemOf(response)).toMatchObject({ code: 'unauthorized' });
  });

  test('a local run asks its own machine too, by whatever name', async () => {
    for (const host of [
      'http://127.0.0.1:1',
      'http://localhost',
      'http://[::1]:8787',
      'http://any.example',
    ]) {
      const origin = { origin: 'http://localhost:5173' };
      for (const headers of [{}, origin])
        expect((await ask('/api/stats/realtime', { headers }, env, { host, shows: false })).status).toBe(401);
      expect((await ask('/api/stats/realtime', {}, env, { host })).status).toBe(200);
    }
  });

  test('a key opens nothing but the door for events, a person everything else', async () => {
    const asWith = (credential: string, path: string, method: string) =>
      ask(path, { method, headers: { authorization: `Bearer ${credential}` } });
    for (const { method, path, role } of guarded) {
      const isEvents = role === 'producer';
      const { status } = await asWith(isEvents ? testAdminToken : testKey, path, method);
      expect([path, status]).toEqual([path, isEvents ? 403 : 401]);
    }
    expect(events).not.toHaveBeenCalled();
  });

  test('HEAD needs the role as GET does', async () => {
    expect((await ask('/api/stats/realtime', { method: 'HEAD' }, production, { shows: false })).status).toBe(
      401,
    );
  });
});

describe('methods and addresses', () => {
  test('events go to their door', async () => {
    const response = await ask('/v1/events', { method: 'POST', body: '{"a":1}' });
    expect([response.status, await response.text()]).toEqual([202, '{"a":1}']);
  });

  test.each([
    ['/v1/events', 'GET', 'POST, OPTIONS'],
    ['/v1/events', 'HEAD', 'POST, OPTIONS'],
    ['/health', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/api/stats/realtime', 'POST', 'GET, HEAD, OPTIONS'],
  ])('%s does not take %s', async (path, method, allow) => {
    const response = await ask(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(await problemOf(response)).toMatchObject({ code: 'method_not_allowed' });
  });

  test('OPTIONS tells the methods', async () => {
    const response = await ask('/api/stats/realtime', { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  test('HEAD has the head of GET', async () => {
    const response = await ask('/health', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test.each([
    '/api',
    '/api/nothing',
    '/api/stats/',
    '/v1/events/',
    '/metrics',
    '/%E0%A4%A',
    '//',
    '/api/__proto__',
  ])('%s is nowhere', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({ code: 'not_found' });
  });

  test('what a handler throws is logged, not told', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    events.mockRejectedValueOnce(new Error('secret detail'));
    const response = await ask('/v1/events', { method: 'POST', body: '{}' });
    const text = await response.clone().text();
    expect(await problemOf(response)).toMatchObject({ status: 500, code: 'internal_error' });
    expect(text).not.toMatch(/secret|app\.ts/);
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({ error: 'Error: secret detail' });
    logged.mockRestore();
  });

  test.each([{}, { upgrade: 'h2c' }])('/api/live without a socket: %j', async (headers) => {
    for (const method of ['GET', 'HEAD'])
      expect((await ask('/api/live', { method, headers })).status).toBe(426);
  });

  test('[API-2] a socket is handed to the hub, but not from a page of another site', async () => {
    const headers = { upgrade: 'websocket', 'sec-websocket-protocol': liveSubprotocol };
    const response = await ask('/api/live', { headers });
    expect(response.status).toBe(101);
    response.webSocket?.accept();
    response.webSocket?.close();
    expect((await ask('/api/live', { headers: { ...headers, origin: 'https://site.example' } })).status).toBe(
      403,
    );
  });

  test('HEAD of a socket is no socket', async () => {
    const response = await ask('/api/live', { method: 'HEAD', headers: { upgrade: 'websocket' } });
    expect(response.status).toBe(426);
  });
});

describe('parameters', () => {
  const faults = [
    ['minutes=0', 'minutes'],
    ['minutes=-1', 'minutes'],
    ['minutes=1441', 'minutes'],
    ['minutes=1e9', 'minutes'],
    ['minutes=1000000000', 'minutes'],
    ['minutes=5.5', 'minutes'],
    ['minutes=abc', 'minutes'],
    ['minutes=', 'minutes'],
    ['minutes=0x10', 'minutes'],
    ['minutes=%00', 'minutes'],
    ['minutes=5&minutes=6', 'minutes'],
    ['minutes=5&from=2026-11-21T00:00:00Z', 'minutes'],
    ['region=Atlantis', 'region'],
    ['region=', 'region'],
    ['region=__proto__', 'region'],
    ['from=yesterday', 'from'],
    ['from=-5', 'from'],
    ['from=2026-02-30T00:00:00Z', 'from'],
    ['to=99999999999999999999', 'to'],
    ['to=5000000000000', 'to'],
    ['from=2026-11-21T02:00:00Z&to=2026-11-21T01:00:00Z', 'from'],
    ['from=2026-11-21T02:00:00Z&to=2026-11-21T02:00:00Z', 'from'],
    ['from=2026-11-19T00:00:00Z&to=2026-11-21T00:00:00Z', 'from'],
  ];
  const paths = ['realtime', 'timeseries', 'regions', 'trending'];
  const own = [
    ['timeseries', 'resolution=7', 'resolution'],
    ['timeseries', 'resolution=20', 'resolution'],
    ['timeseries', 'minutes=61&resolution=10', 'resolution'],
    ['trending', 'limit=0', 'limit'],
    ['trending', 'limit=1001', 'limit'],
  ];

  test.each([...paths.flatMap((path) => faults.map(([query, name]) => [path, query, name])), ...own])(
    '%s?%s: %s',
    async (path, query, parameter) => {
      const response = await ask(`/api/stats/${path}?${query}`);
      expect(response.status).toBe(400);
      const { code, errors } = await problemOf(response);
      expect(code).toBe('invalid_parameter');
      expect(errors).toContainEqual({ parameter, message: textLike(/\w/) });
    },
  );

  test('all faults are told at once', async () => {
    const { errors } = await problemOf(await ask('/api/stats/trending?minutes=0&limit=0&from=x'));
    expect(errors?.map(({ parameter }) => parameter).sort()).toEqual(['from', 'limit', 'minutes']);
  });

  test.each([
    'minutes=1',
    'minutes=1440',
    'unknown=1',
    'minutes=60&resolution=10',
    'region=EU-London',
    'limit=512',
  ])('%s is fine', async (query) => {
    for (const path of paths) expect((await ask(`/api/stats/${path}?${query}`)).status).toBe(200);
  });

  test('a range is told as it was taken, rounded outward to minutes', async () => {
    const meta = async (query: string) => (await get<{ meta: object }>(`/api/stats/realtime?${query}`)).meta;
    const expected = { from: '2026-11-21T00:00:00.000Z', to: '2026-11-21T00:03:00.000Z', source: 'stream' };
    expect(await meta('from=2026-11-21T00:00:30Z&to=2026-11-21T00:02:01Z')).toMatchObject(expected);
    expect(await meta('from=1795219230000&to=1795219321000')).toMatchObject(expected);
    expect(await meta('from=2026-11-21T02:00:30+02:00&to=2026-11-20T23:02:01-01:00')).toMatchObject(expected);
    expect(await meta('minutes=3&to=2026-11-21T00:03:00Z')).toMatchObject(expected);
  });

  test('the last N minutes hold the open one', async () => {
    const { meta } = await get<{ meta: { from: string; to: string } }>('/api/stats/realtime?minutes=5');
    const [from, to] = [Date.parse(meta.from), Date.parse(meta.to)];
    expect([to - from, to % 60_000]).toEqual([300_000, 0]);
    expect(to).toBeGreaterThan(Date.now() - 1000);
  });
});

describe('answers out of D1 and sleeping regions', () => {
  test('[API-1, WIN-7] say what is stored, and how fresh it is', async () => {
    const stored = modelEvents(31, 400).filter(({ shard }) => shard === 0);
    await saveWindows(env.DB, windowsOf(stored));
    const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:03:00Z';
    const realtime = await get<{ data: { total_events: number }; meta: object }>(
      `/api/stats/realtime?${range}`,
    );
    expect(realtime.data.total_events).toBe(stored.length);
    expect(realtime.meta).toEqual({
      from: '2026-11-21T00:00:00.000Z',
      to: '2026-11-21T00:03:00.000Z',
      watermark: textLike(/Z$/),
      updated_at: null,
      source: 'stream',
    });
    type Rows = { data: Record<string, unknown>[]; count: number };
    const rows = await get<Rows>(`/api/stats/timeseries?${range}`);
    expect(rows.data.map((row) => row.total_events)).toEqual(
      [0, 1, 2].map((i) => stored.filter(({ minute }) => minute === midnight + i).length),
    );
    expect(rows.count).toBe(3);
    const regions = await get<Rows>(`/api/stats/regions?${range}`);
    expect(regions.count).toBe(12);
    expect(regions.data.slice(0, 3).map((row) => row.total_events)).toEqual(
      [1, 2, 3].map((number) => stored.filter(({ regionNumber }) => regionNumber === number).length),
    );
    const contents = await get<Rows>(`/api/stats/trending?${range}&limit=512&region=US-Virginia`);
    const counted = groupBy(
      stored.filter(({ regionNumber }) => regionNumber === 2),
      ({ content }) => content,
    );
    counted.delete('__other__');
    expect(new Map(contents.data.map((row) => [row.content_id, row.total_events]))).toEqual(
      new Map([...counted].map(([content, group]) => [content, group.length])),
    );
  });
});

describe('health', () => {
  test('/health tells the version, and asks D1 once in an isolate', async () => {
    const asked = vi.spyOn(env.DB, 'prepare');
    const fresh = createApp({ events });
    const once = async () =>
      fresh.fetch(new Request('http://any.example/health'), production, createExecutionContext());
    expect(await (await once()).json()).toEqual({ status: 'ok', version, migrated: true });
    expect(asked).toHaveBeenCalledTimes(1);
    expect((await once()).status).toBe(200);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });

  test('/api/health tells the parts', async () => {
    expect(await get('/api/health')).toMatchObject({
      status: 'ok',
      version,
      environment: 'local',
      time: textLike(/Z$/),
      components: { d1: { status: 'ok' }, regions: { count: 12 } },
    });
  });

  test('before the newest migration both say what to run', async () => {
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?1').bind(latestMigration).run();
    const fresh = createApp({ events });
    for (const path of ['/health', '/api/health']) {
      const response = await fresh.fetch(
        new Request(`http://localhost${path}`),
        env,
        createExecutionContext(),
      );
      expect(await problemOf(response)).toMatchObject({
        status: 503,
        code: 'not_migrated',
        detail: textLike(/npm run migrate/),
      });
    }
  });
});
