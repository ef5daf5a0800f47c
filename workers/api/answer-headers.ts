import type { MiddlewareHandler } from 'hono';
import { type Problem, problemContentType } from '../../core/protocol/problem.ts';
import type { Env } from '../env.ts';
import { setCors } from './cors.ts';
import { setProcessTime } from './process-time.ts';
import { requestIdOf } from './request-id.ts';
import { inScope } from './request-scope.ts';
import { setSecurity } from './security-headers.ts';

/**
 * Outermost: what is inside runs in the scope of the request, and no answer leaves without the headers that all have. They
 * are set in one place and on the answer itself, since `context.header` makes a copy of it for each, which cost the door
 * more than the judging of an event (docs/decisions/0022-posts-share-messages.md).
 */
export const answerHeaders: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  const startedMs = Date.now();
  await inScope(requestIdOf(context.req.raw), async ({ id, spans }) => {
    await next();
    const given = context.res;
    const answer = await withId(given, id);
    const { headers } = answer;
    setProcessTime(headers, startedMs, spans);
    // Of an upgrade nothing is shown to anyone.
    if (!answer.webSocket) {
      setCors(context, headers);
      setSecurity(headers, context.req.url);
    }
    if (answer === given) return;
    // Assigning alone would merge the headers of the two.
    context.res = undefined;
    context.res = answer;
  });
};

/** API-3. The headers of an answer that was fetched are sealed: then it is a copy. */
async function withId(given: Response, id: string): Promise<Response> {
  const isProblem = given.headers.get('content-type') === problemContentType;
  const answer = isProblem ? await namedProblem(given, id) : given;
  try {
    answer.headers.set('x-request-id', id);
    return answer;
  } catch {
    const copy = new Response(answer.body, answer);
    copy.headers.set('x-request-id', id);
    return copy;
  }
}

async function namedProblem(given: Response, id: string): Promise<Response> {
  const body = await given.json<Problem>();
  return new Response(JSON.stringify({ ...body, request_id: id }), given);
}
