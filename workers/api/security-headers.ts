import type { MiddlewareHandler } from 'hono';
import { answerHeaders, framedHeaders, strictTransport } from '../../core/protocol/security-headers.ts';
import type { Env } from '../env.ts';

/** By which a handler says that its answer is a page, and which origins may frame it; it does not leave the Worker. */
export const framedByHeader = 'x-marquee-framed-by';

/**
 * SEC-1: outermost, so that no answer leaves without. What a handler or the asset store has said of the same is
 * overwritten: the list of core is the only one. All are set on one copy, since an answer that was fetched is sealed.
 */
export const securityHeaders: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  await next();
  const given = context.res;
  // Nothing of it is shown to anyone, and a copy would lose the socket.
  if (given.webSocket) return;
  const answer = new Response(given.body, given);
  for (const [name, value] of headersFor(context.req.url, given)) answer.headers.set(name, value);
  answer.headers.delete(framedByHeader);
  // Assigning alone would merge the headers of the two.
  context.res = undefined;
  context.res = answer;
};

function headersFor(url: string, given: Response): [string, string][] {
  const framedBy = given.headers.get(framedByHeader);
  const headers = Object.entries(framedBy === null ? answerHeaders : framedHeaders(framedBy));
  if (url.startsWith('https:')) headers.push(...Object.entries(strictTransport));
  // cors.ts has let the asking page of another site read it.
  if (given.headers.has('access-control-allow-origin'))
    headers.push(['cross-origin-resource-policy', 'cross-origin']);
  return headers;
}
