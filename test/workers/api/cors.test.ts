// Which pages of other sites may use the API from a browser.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../../workers/api/app.ts';
import type { Env } from '../../../workers/env.ts';
import { credentialed } from '../test-credentials.ts';
import { deployment } from './people.ts';

const app = createApp({ events: async () => Promise.resolve(new Response('{}', { status: 202 })) });
const listed = 'https://dashboard.example';
const production: Env = {
  ...deployment,
  CORS_ORIGINS: ` ${listed} ,https://other.example:8443`,
};

async function ask(path: string, init: RequestInit, bindings: Env, shows = true): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(`http://127.0.0.1:8787${path}`, init);
  const response = await app.fetch(shows ? credentialed(request) : request, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

const containing = (text: string): unknown => expect.stringContaining(text);

const corsHeaders = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

function preflight(origin: string, method = 'POST'): RequestInit {
  return { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } };
}

describe('[API-5] origins', () => {
  test.each([listed, 'https://other.example:8443'])('%s is listed', async (origin) => {
    const response = await ask('/health', { headers: { origin } }, production);
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': containing('x-request-id'),
    });
    expect(response.headers.get('vary')).toMatch(/origin/i);
  });

  test.each([
    'https://dashboard.example.evil.example',
    'https://evil.example',
    'http://dashboard.example',
    'https://dashboard.example:443',
    'https://sub.dashboard.example',
    'HTTPS://DASHBOARD.EXAMPLE',
    'null',
    '*',
    '',
    'http://localhost:5173',
  ])('%j is not', async (origin) => {
    for (const init of [{ headers: { origin } }, preflight(origin)]) {
      const response = await ask('/health', init, production);
      expect(corsHeaders(response)).toEqual({});
      expect(response.headers.get('vary')).toMatch(/origin/i);
    }
  });

  test('none is listed by default', async () => {
    for (const CORS_ORIGINS of ['', ' ', ',']) {
      const bindings = { ...production, CORS_ORIGINS };
      expect(corsHeaders(await ask('/health', { headers: { origin: listed } }, bindings))).toEqual({});
    }
    const { CORS_ORIGINS: _, ...without } = production;
    expect(corsHeaders(await ask('/health', { headers: { origin: '' } }, without))).toEqual({});
  });

  test('a preflight tells methods and headers, without a credential', async () => {
    const response = await ask('/v1/events', preflight(listed), production);
    expect(response.status).toBe(204);
    expect(corsHeaders(response)).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': containing('content-type'),
      'access-control-max-age': '7200',
    });
  });

  test('a refused answer is readable by a listed page', async () => {
    const response = await ask('/api/stats/realtime', { headers: { origin: listed } }, production, false);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, listed]);
  });

  test('in a local run a loopback page reads with a bearer but no cookie, and a listed one with either', async () => {
    const local = { ...env, CORS_ORIGINS: listed };
    const loopback = await ask(
      '/api/stats/realtime',
      { headers: { origin: 'http://localhost:5173' } },
      local,
    );
    expect([loopback.status, corsHeaders(loopback)]).toEqual([
      200,
      {
        'access-control-allow-origin': 'http://localhost:5173',
        'access-control-expose-headers': containing('etag'),
      },
    ]);
    const known = await ask('/api/stats/realtime', { headers: { origin: listed } }, local);
    expect([known.status, known.headers.get('access-control-allow-origin')]).toEqual([200, listed]);
    expect(known.headers.get('access-control-allow-credentials')).toBe('true');
    const strange = await ask('/api/stats/realtime', { headers: { origin: 'https://evil.example' } }, local);
    expect(corsHeaders(strange)).toEqual({});
  });

  test('an answer out of the cache is for its reader, not for the one before', async () => {
    const path = '/api/stats/realtime?minutes=11';
    const first = await ask(path, { headers: { origin: 'http://localhost:1' } }, env);
    const second = await ask(path, { headers: { origin: 'http://localhost:2' } }, env);
    expect(second.headers.get('x-cache')).toBe('hit');
    expect(first.headers.get('access-control-allow-origin')).toBe('http://localhost:1');
    expect(second.headers.get('access-control-allow-origin')).toBe('http://localhost:2');
  });
});
