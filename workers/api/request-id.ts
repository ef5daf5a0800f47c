/** API-3: every answer, every problem and every log line of a request bears its id. */

/** What other services call an id. Anything else could forge log lines or headers downstream, so we make our own. */
const saneId = /^[\w.:~-]{1,64}$/;

export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id');
  return given !== null && saneId.test(given) ? given : crypto.randomUUID();
}
