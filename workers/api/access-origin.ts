import type { Person } from '../../core/access/caller.ts';
import type { Env } from '../env.ts';
import { isListedOrigin } from './cors.ts';
import { isLoopback } from './loopback.ts';

type OriginEnv = Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>;

/** Whether an origin is that of the service itself or one that the operator lists; of a local run, or of its machine. */
export function isTrustedOrigin(origin: string, request: Request, env: OriginEnv): boolean {
  const isOwn = origin === new URL(request.url).origin || (env.ENVIRONMENT === 'local' && isLoopback(origin));
  return isOwn || isListedOrigin(origin, env);
}

/**
 * Whether a page that is neither ours nor listed would change something with a credential that its browser adds by
 * itself. A page that shows a bearer has got it from its person.
 */
export function isStrangePage(request: Request, { via }: Person, env: OriginEnv): boolean {
  const origin = request.headers.get('origin');
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (origin === null || isReading || via === 'bearer' || via === 'embed') return false;
  return !isTrustedOrigin(origin, request, env);
}

/**
 * Whether a socket may be opened (ACC-5): browsers ask no leave for one, but always say which page wants it. Who says
 * nothing is no browser, and has to show a credential that none adds by itself.
 */
export function mayOpenSocket(request: Request, { via }: Person, env: OriginEnv): boolean {
  const origin = request.headers.get('origin');
  return origin === null ? via === 'bearer' || via === 'embed' : isTrustedOrigin(origin, request, env);
}
