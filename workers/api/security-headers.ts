import { answerHeaders, framedHeaders, strictTransport } from '../../core/protocol/security-headers.ts';

/** By which a handler says that its answer is a page, and which origins may frame it; it does not leave the Worker. */
export const framedByHeader = 'x-marquee-framed-by';

const ofAnswers = Object.entries(answerHeaders);

/**
 * SEC-1: set last, so that no answer leaves without. What a handler or the asset store has said of the same is
 * overwritten: the list of core is the only one.
 */
export function setSecurity(headers: Headers, url: string): void {
  const framedBy = headers.get(framedByHeader);
  const entries = framedBy === null ? ofAnswers : Object.entries(framedHeaders(framedBy));
  if (framedBy !== null) headers.delete(framedByHeader);
  for (const [name, value] of entries) headers.set(name, value);
  if (url.startsWith('https:'))
    for (const [name, value] of Object.entries(strictTransport)) headers.set(name, value);
  // cors.ts has let the asking page of another site read it.
  if (headers.has('access-control-allow-origin')) headers.set('cross-origin-resource-policy', 'cross-origin');
}
