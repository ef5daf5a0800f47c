/**
 * What goes into the audit log of each request (AUD-3): changes, refusals, exports, what was shown of people unmasked,
 * and the reading of the log.
 */
import type { MiddlewareHandler } from 'hono';
import type { AuditEntry } from '../../core/access/audit-entry.ts';
import type { Env } from '../env.ts';
import { recordAudit } from './audit-queue.ts';
import { countryOf } from './country.ts';
import { type RequestScope, requestScope } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';

/** By method and path. A change without a name here bears the route's own. */
const actions: Readonly<Record<string, string>> = {
  'POST /api/alerts/:id/ack': 'alert.acknowledge',
  'POST /api/alerts/:id/resolve': 'alert.close',
  'POST /api/alerts/rules': 'rule.create',
  'PUT /api/alerts/rules/:id': 'rule.change',
  'DELETE /api/alerts/rules/:id': 'rule.delete',
  'POST /api/annotations': 'annotation.create',
  'PUT /api/annotations/:id': 'annotation.change',
  'DELETE /api/annotations/:id': 'annotation.delete',
  'POST /api/views': 'view.create',
  'PUT /api/views/:id': 'view.change',
  'DELETE /api/views/:id': 'view.delete',
  'POST /api/embeds': 'embed.create',
  'POST /api/embeds/:id/revoke': 'embed.revoke',
  'POST /api/session': 'session.create',
  'DELETE /api/session': 'session.end',
  'POST /api/admin/keys': 'key.create',
  'POST /api/admin/keys/:id/revoke': 'key.revoke',
  'POST /api/admin/people': 'person.create',
  'POST /api/admin/people/:id/token': 'person.token',
  'POST /api/admin/people/:id/disable': 'person.disable',
  'POST /api/admin/dead-letters/redrive': 'letters.redrive',
  'POST /api/admin/batch/runs': 'batch.start',
  'POST /api/admin/batch/runs/:id/cancel': 'batch.cancel',
  'POST /api/admin/replay': 'replay.start',
  'POST /api/admin/replays/:id/cancel': 'replay.cancel',
  'PUT /api/admin/imports/:name': 'import.upload',
  'DELETE /api/admin/imports/:name': 'import.delete',
  'PUT /api/catalog/movies': 'movies.change',
  'PUT /api/catalog/movies/:id': 'movie.change',
  'PUT /api/catalog/regions/:name': 'region.change',
  'PUT /api/admin/regions/:name/shards': 'region.shards',
  'POST /api/admin/run-etl': 'etl.start',
  'POST /api/admin/etl/:id/cancel': 'etl.cancel',
  'GET /api/admin/audit': 'audit.read',
  'GET /api/admin/audit/check': 'audit.check',
};

type Outcome = Pick<AuditEntry, 'action' | 'target' | 'result' | 'details'>;

/** Around admission, so that it sees refusals. */
export function auditTrail(route: Route): MiddlewareHandler<{ Bindings: Env }> {
  return async (context, next) => {
    await next();
    const scope = requestScope();
    if (!scope) return;
    const { executionCtx } = context;
    for (const outcome of [outcomeOf(route, context, scope), unmaskedRead(route, context, scope)])
      if (outcome)
        recordAudit(context.env, entryOf(outcome, context, scope), {
          waitUntil: (work) => executionCtx.waitUntil(work),
        });
  };
}

function entryOf(outcome: Outcome, { req }: ApiContext, { caller, audit, id }: RequestScope): AuditEntry {
  const shown = caller.kind === 'person' ? caller : { id: 'nobody', role: '' };
  return {
    atMs: Date.now(),
    actor: audit.actor ?? shown.id,
    role: audit.role ?? shown.role,
    country: countryOf(req.raw),
    ...outcome,
    target: outcome.result === 'refused' ? outcome.target : (audit.target ?? outcome.target),
    details: { ...outcome.details, ...audit.details, request_id: id },
  };
}

function outcomeOf(route: Route, context: ApiContext, { audit }: RequestScope): Outcome | null {
  const { status } = context.res;
  const name = `${route.method} ${route.path}`;
  if (status === 401 || status === 403)
    return { action: 'request.refuse', target: name, result: 'refused', details: { status: String(status) } };
  const action = actions[name] ?? (route.method === 'GET' || route.role === 'producer' ? undefined : name);
  const format = formatOf(context);
  if (action !== undefined) {
    // What changed nothing for a fault of the caller's is no event.
    if (status >= 400 && status < 500) return null;
    const target = Object.values(context.req.param()).join(' ');
    const result = status >= 500 ? 'failed' : 'ok';
    // Anyone may sign out without being signed in: that is no event.
    if (route.role === 'public' && result === 'ok' && audit.target === undefined) return null;
    return { action, target, result, details: { ...askedFor(route, context), ...format } };
  }
  if (format.format === undefined) return null;
  return { action: 'export.csv', target: route.path, result: 'ok', details: askedFor(route, context) };
}

/**
 * A line of its own, beside that of an export or a change. Also for 304, since its caller shows what it holds. Handlers
 * say what they show, so a route that has one is never answered by the shared cache (isShared).
 */
function unmaskedRead(route: Route, context: ApiContext, { audit }: RequestScope): Outcome | null {
  const { unmasked: count = 0 } = audit;
  if (route.unmasked === undefined || count === 0) return null;
  if (context.req.method === 'HEAD' || context.res.status >= 500) return null;
  const target = Object.values(context.req.param()).join(' ') || route.path;
  const details = { ...askedFor(route, context), ...formatOf(context), unmasked: String(count) };
  return { action: route.unmasked, target, result: 'ok', details };
}

function formatOf({ res }: ApiContext): Readonly<Record<string, string>> {
  const isCsv = res.headers.get('content-type')?.startsWith('text/csv') === true;
  return isCsv ? { format: 'csv' } : {};
}

/** The parameters that the route knows. Others may hold anything, secrets too. */
function askedFor({ doc }: Route, { req }: ApiContext): Readonly<Record<string, string>> {
  const names = Object.keys(doc.query?.shape ?? {}).filter((name) => name !== 'cursor');
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = req.query(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
