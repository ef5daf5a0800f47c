/** Pages of other sites that may use the API from a browser: those of CORS_ORIGINS, and none by default. */
import type { Env } from '../env.ts';
import { isLoopback } from './loopback.ts';
import type { ApiContext } from './stats-query.ts';

type OriginEnv = Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>;

/** What a page may send and read beside what every page may. */
const allowedHeaders =
  'authorization, cache-control, content-encoding, content-type, if-none-match, x-request-id';
const exposedHeaders =
  'content-disposition, etag, link, ratelimit, ratelimit-policy, retry-after, server-timing, x-cache, x-next-cursor, x-process-time, x-request-id';
/** As long as any browser remembers a preflight. */
const preflightSeconds = 7_200;

/** Whether the operator lists exactly this origin: scheme, host and port, no patterns. */
export function isListedOrigin(origin: string, env: OriginEnv): boolean {
  return listedOrigins(env).includes(origin);
}

export const listedOrigins = ({ CORS_ORIGINS = '' }: OriginEnv): string[] =>
  CORS_ORIGINS.split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/**
 * Credentials go with listed origins only; a page on another port of this machine may ask a local run with a bearer
 * token. A strange page gets the answer without the headers that would let it read it; admission.ts keeps it from
 * changing anything.
 */
export function setCors({ req, env }: ApiContext, headers: Headers): void {
  headers.append('vary', 'origin');
  const origin = req.raw.headers.get('origin');
  if (origin === null) return;
  const listed = isListedOrigin(origin, env);
  if (!listed && !(env.ENVIRONMENT === 'local' && isLoopback(origin))) return;
  headers.set('access-control-allow-origin', origin);
  if (listed) headers.set('access-control-allow-credentials', 'true');
  if (req.method !== 'OPTIONS') {
    headers.set('access-control-expose-headers', exposedHeaders);
  } else if (req.raw.headers.has('access-control-request-method')) {
    headers.set('access-control-allow-methods', headers.get('allow') ?? '');
    headers.set('access-control-allow-headers', allowedHeaders);
    headers.set('access-control-max-age', String(preflightSeconds));
  }
}
