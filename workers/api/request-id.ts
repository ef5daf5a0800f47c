/** API-3: every answer, every problem and every log line of a request bears its id. */
import type { MiddlewareHandler } from 'hono';
import { type Problem, problemContentType } from '../../core/protocol/problem.ts';
import type { Env } from '../env.ts';
import { inScope } from './request-scope.ts';

/** What other services call an id. Anything else could forge log lines or headers downstream, so we make our own. */
const saneId = /^[\w.:~-]{1,64}$/;

function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id');
  return given !== null && saneId.test(given) ? given : crypto.randomUUID();
}

/** Outermost: what is inside runs in the scope of the request. */
export const requestIds: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  await inScope(requestIdOf(context.req.raw), async ({ id }) => {
    await next();
    if (context.res.headers.get('content-type') === problemContentType) {
      const body = await context.res.json<Problem>();
      const answer = new Response(JSON.stringify({ ...body, request_id: id }), context.res);
      context.res = undefined;
      context.res = answer;
    }
    context.header('x-request-id', id);
  });
};
