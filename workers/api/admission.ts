import type { Env } from '../env.ts';
import { isListedOrigin } from './cors.ts';
import { isLoopback } from './loopback.ts';

/** Who may use a route: `public` is anyone; the others are what a credential stands for. */
export type Role = 'public' | 'viewer' | 'analyst' | 'admin' | 'producer';

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly code: 'unauthorized' | 'forbidden'; readonly detail: string };

/**
 * API-2: the one place that decides who may use a route. Until keys exist a local run admits callers on the same
 * machine and a deployment admits nobody but to public routes.
 */
export function admit(
  route: { readonly role: Role },
  request: Request,
  env: Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>,
): Admission {
  if (route.role === 'public') return { admitted: true };
  if (env.ENVIRONMENT === 'local' && isFromThisMachine(request, env)) return { admitted: true };
  return {
    admitted: false,
    code: 'unauthorized',
    detail: `This needs a credential of the role ${route.role}.`,
  };
}

/**
 * The name by which the caller asked is a loopback one, which stops DNS rebinding; and so is the page that made it
 * ask, since neither sockets nor simple POSTs of a strange page are stopped by its browser. The operator may list more
 * pages.
 */
function isFromThisMachine(request: Request, env: Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>): boolean {
  const origin = request.headers.get('origin');
  return isLoopback(request.url) && (origin === null || isLoopback(origin) || isListedOrigin(origin, env));
}
