/**
 * API-4: answers that do not depend on who asks are shared at the edge for two seconds, as long as a person takes to
 * notice. A hundred open dashboards then cost as much as one. It stands behind admission, so a cached answer is only
 * given to who may have it. The regions that a caller may see are part of the key: two callers share an answer only if
 * they would have been given the same. What is masked by role is not shared at all.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { Person } from '../../core/access/caller.ts';
import type { Env } from '../env.ts';
import { prefersCsv } from './csv.ts';
import { browserPolicy } from './entity-tag.ts';
import { person } from './request-scope.ts';
import type { Route } from './route.ts';

/** SPEC API-4. Of the time at which the answer was begun. */
export const cachedMsMax = 2_000;
/** Alerts are not among them: who has acknowledged one wants to see it acknowledged. */
const sharedTags: ReadonlySet<Route['tag']> = new Set(['Statistics', 'Stream', 'Batch', 'Analytics']);
/** Goes with the stored copy only: ages of the platform's cache are whole seconds. */
const begunHeader = 'x-begun-at-ms';

export function isShared({
  method,
  role,
  tag,
  unmasked,
}: Pick<Route, 'method' | 'role' | 'tag' | 'unmasked'>): boolean {
  return method === 'GET' && role === 'viewer' && sharedTags.has(tag) && unmasked === undefined;
}

export const edgeCache: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  const request = context.req.raw;
  if (request.method !== 'GET' || /\bno-(cache|store)\b/i.test(request.headers.get('cache-control') ?? '')) {
    await next();
    finish(context, 'bypass');
    return;
  }
  const key = cacheKey(request, person());
  const begunMs = Date.now();
  const stored = await fresh(key, begunMs);
  if (stored) {
    context.res = stored;
    finish(context, 'hit');
    return;
  }
  await next();
  if (context.res.status === 200) context.executionCtx.waitUntil(store(key, context.res.clone(), begunMs));
  finish(context, 'miss');
};

/** Of the whole query, known or not, in one order, of what Accept comes to, and of the regions that are seen. */
export function cacheKey(request: Request, { regions }: Pick<Person, 'regions'>): Request {
  const url = new URL(request.url);
  url.searchParams.sort();
  const type = prefersCsv(request.headers.get('accept')) ? 'csv' : 'json';
  const seen = regions === '*' ? 'all' : `of:${encodeURIComponent(JSON.stringify([...regions].sort()))}`;
  return new Request(`${url.origin}/~cache/${type}/${seen}${url.pathname}${url.search}`);
}

async function fresh(key: Request, nowMs: number): Promise<Response | undefined> {
  const stored = await caches.default.match(key);
  const begunMs = Number(stored?.headers.get(begunHeader));
  if (!stored || nowMs - begunMs >= cachedMsMax) {
    await stored?.body?.cancel();
    return undefined;
  }
  const response = new Response(stored.body, stored);
  response.headers.delete(begunHeader);
  response.headers.delete('cf-cache-status');
  response.headers.set('cache-control', browserPolicy);
  response.headers.set('age', String(Math.floor((nowMs - begunMs) / 1000)));
  return response;
}

async function store(key: Request, response: Response, begunMs: number): Promise<void> {
  response.headers.set('cache-control', `public, max-age=${cachedMsMax / 1000}`);
  response.headers.set(begunHeader, String(begunMs));
  // A stored answer that varies would never be found again; what it varies by is in the key.
  response.headers.delete('vary');
  await caches.default.put(key, response);
}

function finish(context: Context<{ Bindings: Env }>, outcome: 'hit' | 'miss' | 'bypass'): void {
  context.header('x-cache', outcome);
  if (context.res.status === 200) context.header('vary', 'accept', { append: true });
}
