import { Hono, type MiddlewareHandler } from 'hono';
import { errorFields } from '../../core/protocol/log-line.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import type { Env } from '../env.ts';
import { accessSettings } from './access-settings.ts';
import { type Admission, admit } from './admission.ts';
import { answerHeaders } from './answer-headers.ts';
import { auditTrail } from './audit-trail.ts';
import { edgeCache, isShared } from './edge-cache.ts';
import { entityTags, isTagged, notModified } from './entity-tag.ts';
import { problemResponse } from './problem-response.ts';
import { NothingAnswersError } from './range-reader.ts';
import { logForRequest, requestScope } from './request-scope.ts';
import type { Route } from './route.ts';
import { type Doors, routesOf } from './routes.ts';
import type { ApiContext } from './stats-query.ts';

/** The HTTP door: every route behind its role, and an answer for everything else. */
export function createApp(doors: Doors): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  const routes = routesOf(doors);
  app.use(answerHeaders, configured);
  for (const route of routes) {
    app.on(route.method, route.path, auditTrail(route), behindRole(route), ...around(route), (context) =>
      route.handler(context),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = allowedMethods(routes.filter((route) => route.path === path));
    app.options(path, () => new Response(null, { status: 204, headers: { allow } }));
    app.all(path, () =>
      problemResponse('method_not_allowed', `${path} takes ${allow}.`, { headers: { allow } }),
    );
  }
  app.notFound(({ req }) => problemResponse('not_found', `${req.path} is not an address of this service.`));
  app.onError(answerToError);
  return app;
}

/** ACC-4: with a secret that is missing or weak nothing is answered, or a lock would be one in name only. */
const configured: MiddlewareHandler<{ Bindings: Env }> = async ({ env }, next) => {
  const { faults } = accessSettings(env);
  if (faults.length === 0) return await next();
  return problemResponse('not_configured', `Missing or not valid: ${faults.join('; ')}.`);
};

function behindRole(route: Route): MiddlewareHandler<{ Bindings: Env }> {
  return async (context, next) => {
    const admission = await admissionTo(route, context);
    if (admission === null)
      return problemResponse('storage_unavailable', 'The database does not answer: who asks is not known.');
    const scope = requestScope();
    if (!scope) throw new Error('a request is answered outside of its scope');
    scope.caller = admission.caller;
    if (admission.admitted) return await next();
    const challenge =
      admission.code === 'unauthorized' ? { 'www-authenticate': 'Bearer realm="marquee"' } : {};
    return problemResponse(admission.code, admission.detail, { headers: challenge });
  };
}

/** Null where D1 does not answer: then nobody is admitted by a session. */
async function admissionTo(route: Route, { req, env }: ApiContext): Promise<Admission | null> {
  try {
    return await admit(route, req.raw, env, Date.now());
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', 'caller_unread', errorFields(error));
    return null;
  }
}

/** The cache holds tagged answers, and is asked before a caller's tag is compared. */
function around(route: Route): MiddlewareHandler<{ Bindings: Env }>[] {
  if (!isTagged(route)) return [];
  return isShared(route) ? [notModified, edgeCache, entityTags] : [notModified, entityTags];
}

/** Hono answers HEAD by the handler of GET. */
function allowedMethods(routes: readonly Route[]): string {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...methods, 'OPTIONS'].join(', ');
}

/** What a handler throws is our fault, never the caller's: it is logged whole and told in general. */
function answerToError(error: Error, context: ApiContext): Response {
  if (error instanceof NotMigratedError) return problemResponse('not_migrated', error.message);
  if (error instanceof NothingAnswersError) return problemResponse('storage_unavailable', error.message);
  const { method, path } = context.req;
  logForRequest('error', 'request_failed', { method, path, ...errorFields(error), stack: error.stack });
  return problemResponse('internal_error', 'The service failed to answer this. It is in its log.');
}
