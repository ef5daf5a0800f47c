// What every answer has around its body: ids, times, tags, the edge's two seconds, and who may read it from a browser.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Problem, problemContentType } from '../../../core/protocol/problem.ts';
import { createApp } from '../../../workers/api/app.ts';
import { cachedMsMax, cacheKey } from '../../../workers/api/edge-cache.ts';
import type { EventsDoor } from '../../../workers/api/events.ts';
import { routesOf } from '../../../workers/api/routes.ts';
import { credentialed } from '../test-credentials.ts';

const events = vi.fn<EventsDoor>(async () => Promise.resolve(new Response('{}', { status: 202 })));
const app = createApp({ events });
const realtime = '/api/stats/realtime?minutes=5';

afterEach(() => vi.useRealTimers());

async function ask(path: string, init: RequestInit = {}, shows = true): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(`http://127.0.0.1:8787${path}`, init);
  const response = await app.fetch(shows ? credentialed(request) : request, env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

const head = (response: Response, name: string): string | null => response.headers.get(name);

describe('[API-3] request ids', () => {
  test.each(['a', 'order-7.retry:2~x_Y', 'x'.repeat(64)])('%s is taken from the caller', async (id) => {
    expect(head(await ask('/health', { headers: { 'x-request-id': id } }), 'x-request-id')).toBe(id);
  });

  test.each(['', 'a b', 'x'.repeat(65), '"', 'a{b', 'ä', '<script>'])('%j is replaced', async (id) => {
    const given = head(await ask('/health', { headers: { 'x-request-id': id } }), 'x-request-id');
    expect(given).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('each request has its own', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => head(await ask('/health'), 'x-request-id')),
    );
    expect(new Set(ids).size).toBe(20);
  });

  test.each([
    ['/api/nothing', 'GET', 404],
    ['/health', 'DELETE', 405],
    ['/api/stats/realtime?minutes=0', 'GET', 400],
  ])('the problem of %s bears the id and an address of its documentation', async (path, method, status) => {
    const response = await ask(path, { method, headers: { 'x-request-id': 'asked-1' } });
    expect([response.status, head(response, 'content-type')]).toEqual([status, problemContentType]);
    const body = await response.json<Problem>();
    expect(body).toMatchObject({ status, request_id: 'asked-1', type: `/docs/problems#${body.code}` });
    expect(head(response, 'x-request-id')).toBe('asked-1');
  });

  test('an answer of ours gets its headers in place; one that was fetched is sealed, and gets them on a copy', async () => {
    const own = new Response('{}', { status: 202 });
    events.mockImplementationOnce(async () => Promise.resolve(own));
    const sent = { method: 'POST', body: '{}', headers: { 'x-request-id': 'asked-3' } };
    expect(await ask('/v1/events', sent)).toBe(own);
    expect([head(own, 'x-request-id'), head(own, 'x-content-type-options')]).toEqual(['asked-3', 'nosniff']);
    const sealed = Response.redirect('https://marquee.example/');
    events.mockImplementationOnce(async () => Promise.resolve(sealed));
    const copy = await ask('/v1/events', sent);
    expect([copy.status, head(copy, 'location')]).toEqual([302, 'https://marquee.example/']);
    expect([head(copy, 'x-request-id'), head(copy, 'x-content-type-options')]).toEqual([
      'asked-3',
      'nosniff',
    ]);
  });

  test('the door for events is told the id, and a problem of its own bears it too', async () => {
    const problem = { type: '/docs/problems#overloaded', status: 503, code: 'overloaded' };
    events.mockImplementationOnce(async () =>
      Promise.resolve(
        new Response(JSON.stringify(problem), {
          status: 503,
          headers: { 'content-type': problemContentType, 'retry-after': '1' },
        }),
      ),
    );
    const headers = { 'x-request-id': 'sent-1' };
    const response = await ask('/v1/events', { method: 'POST', body: '{}', headers });
    expect(events.mock.lastCall?.[3]).toMatchObject({ requestId: 'sent-1' });
    expect(await response.json()).toEqual({ ...problem, request_id: 'sent-1' });
    expect(head(response, 'retry-after')).toBe('1');
  });

  test('a log line of the request bears it', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    events.mockRejectedValueOnce(new Error('broken'));
    await ask('/v1/events', { method: 'POST', body: '{}', headers: { 'x-request-id': 'sent-2' } });
    expect(JSON.parse(String(logged.mock.lastCall?.[0]))).toMatchObject({ request_id: 'sent-2' });
    logged.mockRestore();
  });
});

describe('times', () => {
  test('the time that was waited for, in seconds and by part', async () => {
    const response = await ask(realtime, { headers: { 'cache-control': 'no-cache' } });
    expect(head(response, 'x-process-time')).toMatch(/^\d+\.\d{3}s$/);
    expect(head(response, 'server-timing')).toMatch(
      /^total;dur=\d+, (shards|d1);dur=\d+, (shards|d1);dur=\d+$/,
    );
  });

  test('a slow handler is told as slow', async () => {
    events.mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return new Response('{}', { status: 202 });
    });
    const response = await ask('/v1/events', { method: 'POST', body: '{}' });
    expect(Number.parseFloat(head(response, 'x-process-time') ?? '')).toBeGreaterThanOrEqual(0.05);
  });
});

describe('[API-4] two seconds at the edge', () => {
  const asked = routesOf({ events }).filter(
    ({ method, path }) => method === 'GET' && /^\/api\/(stats|stream)\//.test(path),
  );

  test('the second of two equal questions is answered by the cache, whatever the order of its parts', async () => {
    const first = await ask('/api/stats/realtime?minutes=7&region=EU-London');
    const second = await ask('/api/stats/realtime?region=EU-London&minutes=7');
    expect([head(first, 'x-cache'), head(second, 'x-cache')]).toEqual(['miss', 'hit']);
    expect(await second.text()).toBe(await first.text());
    expect(head(second, 'etag')).toBe(head(first, 'etag'));
    expect(head(second, 'x-request-id')).not.toBe(head(first, 'x-request-id'));
    for (const response of [first, second]) {
      expect(head(response, 'cache-control')).toBe('private, max-age=0, must-revalidate');
      expect(head(response, 'x-begun-at-ms')).toBeNull();
    }
  });

  test('not after 2 s, and up to then', async () => {
    const beganMs = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: beganMs });
    await ask('/api/stats/realtime?minutes=8');
    vi.setSystemTime(beganMs + cachedMsMax - 1);
    const young = await ask('/api/stats/realtime?minutes=8');
    expect([head(young, 'x-cache'), head(young, 'age')]).toEqual(['hit', '1']);
    vi.setSystemTime(beganMs + cachedMsMax);
    expect(head(await ask('/api/stats/realtime?minutes=8'), 'x-cache')).toBe('miss');
  });

  test.each(['no-cache', 'max-age=0, no-store', 'No-Cache'])('%s asks anew', async (cacheControl) => {
    await ask('/api/stats/realtime?minutes=9');
    const response = await ask('/api/stats/realtime?minutes=9', {
      headers: { 'cache-control': cacheControl },
    });
    expect(head(response, 'x-cache')).toBe('bypass');
  });

  test('an error is not kept', async () => {
    for (let i = 0; i < 2; i++) {
      const response = await ask('/api/stats/realtime?minutes=0');
      expect([response.status, head(response, 'x-cache'), head(response, 'cache-control')]).toEqual([
        400,
        'miss',
        'no-store',
      ]);
    }
  });

  test('who may not ask is not told what others were', async () => {
    await ask('/api/stats/realtime?minutes=10');
    const response = await ask('/api/stats/realtime?minutes=10', {}, false);
    expect([response.status, head(response, 'x-cache')]).toEqual([401, null]);
  });

  test.each(['/health', '/api/health', '/api/stats/alerts'])('%s is never shared', async (path) => {
    for (let i = 0; i < 2; i++) expect(head(await ask(path), 'x-cache')).toBeNull();
  });

  test.each(asked)('$path is tagged, and 304 to who holds it', async ({ path }) => {
    const range = '?from=2026-11-20T00:00:00Z&to=2026-11-20T00:02:00Z';
    const first = await ask(`${path}${range}`);
    const tag = head(first, 'etag') ?? '';
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{16}"$/)]);
    for (const held of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await ask(`${path}${range}`, { headers: { 'if-none-match': held } });
      expect([again.status, await again.text(), head(again, 'etag')]).toEqual([304, '', tag]);
      expect(head(again, 'content-type')).toBeNull();
    }
    const other = await ask(`${path}${range}`, { headers: { 'if-none-match': '"other"' } });
    expect([other.status, (await other.text()).length > 0]).toEqual([200, true]);
  });

  test('HEAD has the tag of GET, and is not kept', async () => {
    const range = '?from=2026-11-20T00:00:00Z&to=2026-11-20T00:03:00Z';
    const response = await ask(`/api/stats/realtime${range}`, { method: 'HEAD' });
    expect([head(response, 'x-cache'), await response.text()]).toEqual(['bypass', '']);
    const full = await ask(`/api/stats/realtime${range}`);
    expect([head(full, 'x-cache'), head(full, 'etag')]).toEqual(['miss', head(response, 'etag')]);
  });

  test('CSV and JSON of one question are kept apart', async () => {
    const path = '/api/stats/trending?minutes=12';
    const types: (string | null)[] = [];
    for (const accept of ['text/csv', 'application/json', 'text/csv', '*/*']) {
      const response = await ask(path, { headers: { accept } });
      types.push(`${head(response, 'x-cache')} ${head(response, 'content-type')?.split(';')[0]}`);
      expect(head(response, 'vary')).toMatch(/accept/i);
    }
    expect(types).toEqual(['miss text/csv', 'miss application/json', 'hit text/csv', 'hit application/json']);
  });

  test('nothing that a caller writes makes two questions one', () => {
    const key = (path: string, accept?: string, regions: readonly string[] | '*' = '*') => {
      const headers = accept === undefined ? {} : { headers: { accept } };
      return cacheKey(new Request(`http://a.example${path}`, headers), { regions }).url;
    };
    const keys = [
      key('/api/stats/a'),
      key('/api/stats/a?accept=text/csv'),
      key('/api/stats/a', 'text/csv'),
      key('/csv/api/stats/a'),
      key('/api/stats/a?x=1'),
      key('/api/stats/a?x=1&x=2'),
      key('/api/stats/a?x=2&x=1'),
      key('/api/stats/a?x=1%26x=2'),
      key('/api/stats/a', '*/*', []),
      key('/api/stats/a', '*/*', ['all']),
      key('/api/stats/a', '*/*', ['EU-London']),
      key('/api/stats/a', '*/*', ['EU-London', 'EU-Paris']),
      key('/api/stats/a', '*/*', ['EU-London,EU-Paris']),
      key('/of:%5B%5D/api/stats/a'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key('/api/stats/a', '*/*')).toBe(key('/api/stats/a'));
    expect(key('/api/stats/a', '*/*', ['b', 'a'])).toBe(key('/api/stats/a', '*/*', ['a', 'b']));
    expect(key('/api/stats/a?b=1&a=2')).toBe(key('/api/stats/a?a=2&b=1'));
  });
});
