import type { Person } from '../../core/access/caller.ts';
import type { Env } from '../env.ts';
import { isListedOrigin } from './cors.ts';

type OriginEnv = Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>;

/** Whether an origin is that of the service itself, or one that the operator lists. */
export function isTrustedOrigin(origin: string, request: Request, env: OriginEnv): boolean {
  return origin === new URL(request.url).origin || isListedOrigin(origin, env);
}

/**
 * Whether a page that is neither ours nor listed would change something with a credential that its browser adds by
 * itself. A page that shows a bearer has got it from its person; a local caller has been looked at before.
 */
export function isStrangePage(request: Request, { via }: Person, env: OriginEnv): boolean {
  const origin = request.headers.get('origin');
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (origin === null || isReading || via === 'bearer' || via === 'local') return false;
  return !isTrustedOrigin(origin, request, env);
}
