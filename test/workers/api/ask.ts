// The HTTP door as the admin of the tests sees it, past the edge's cache.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { type Problem, problemContentType } from '../../../core/protocol/problem.ts';
import { createApp } from '../../../workers/api/app.ts';
import { routesOf } from '../../../workers/api/routes.ts';
import type { Env } from '../../../workers/env.ts';
import { credentialed } from '../test-credentials.ts';

const doors = { events: async () => new Response(null, { status: 202 }) };
const app = createApp(doors);
export const routes = routesOf(doors);

export async function ask(
  path: string,
  init: RequestInit = {},
  bindings: Env = env,
  origin = 'http://127.0.0.1:8787',
): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(`${origin}${path}`, init);
  request.headers.set('cache-control', 'no-cache');
  const response = await app.fetch(credentialed(request), bindings, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe(problemContentType);
  const body = await response.json<Problem>();
  expect(body.status).toBe(response.status);
  return body;
}

export interface Rows {
  readonly data: Readonly<Record<string, unknown>>[];
  readonly count: number;
  readonly meta: { readonly next_cursor: string | null; readonly warnings?: readonly string[] };
}

export async function rowsOf(path: string, bindings: Env = env): Promise<Rows> {
  const response = await ask(path, {}, bindings);
  expect([path, response.status]).toEqual([path, 200]);
  return await response.json<Rows>();
}

/** A database whose every statement fails. */
export const brokenDatabase = new Proxy({} as D1Database, {
  get: () => () => {
    throw new Error('D1_ERROR: the network is away');
  },
});
