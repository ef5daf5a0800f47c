import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from '../env.ts';
import type { Route } from './route.ts';

const taggedTags: ReadonlySet<Route['tag']> = new Set(['Statistics', 'Stream', 'Alerts', 'Analytics']);
/** Browsers keep an answer, but ask with its tag before they use it: the edge's two seconds are not to be added to. */
export const browserPolicy = 'private, max-age=0, must-revalidate';
/** Bytes of the digest in a tag: 96 bits never meet by chance. */
const tagBytes = 12;

/** Whether its answers are tagged: what a client asks again and again. */
export function isTagged({ method, role, tag }: Pick<Route, 'method' | 'role' | 'tag'>): boolean {
  return method === 'GET' && role === 'viewer' && taggedTags.has(tag);
}

/** A strong tag: the digest of the very bytes, so that JSON and CSV of the same numbers differ. */
export const entityTags: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  await next();
  if (context.res.status !== 200 || context.res.headers.has('etag')) return;
  const bytes = await context.res.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, tagBytes);
  const tag = btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  replace(context, new Response(bytes, context.res));
  context.header('etag', `"${tag}"`);
  context.header('cache-control', browserPolicy);
};

/** Answers 304 where the caller holds what it would get. */
export const notModified: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  await next();
  const tag = context.res.headers.get('etag');
  const held = context.req.header('if-none-match');
  if (context.res.status !== 200 || tag === null || held === undefined || !holds(held, tag)) return;
  const headers = new Headers(context.res.headers);
  headers.delete('content-type');
  headers.delete('content-length');
  await context.res.body?.cancel();
  replace(context, new Response(null, { status: 304, headers }));
};

/** If-None-Match compares weakly: a proxy that compresses may have weakened the tag. */
function holds(header: string, tag: string): boolean {
  const held = header.split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  return held.includes('*') || held.includes(tag);
}

/** Assigning alone would merge the headers of the two. */
function replace(context: Context<{ Bindings: Env }>, response: Response): void {
  context.res = undefined;
  context.res = response;
}
