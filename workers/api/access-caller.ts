/** Finds out who asks (ACC-1): every credential that is shown is checked, and they must agree. */
import { type Caller, nobody, type Person } from '../../core/access/caller.ts';
import { sessionPerson } from '../../storage/session-store.ts';
import type { Env } from '../env.ts';
import { digestOf } from './access-digest.ts';
import { accessSettings, type JwtIssuer } from './access-settings.ts';
import { isListedOrigin } from './cors.ts';
import { type Verified, verifyJwt } from './jwt.ts';
import { isLoopback } from './loopback.ts';
import { shownSecrets } from './session-cookie.ts';

type Found = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly detail: string };

/** Whoever asks on the same machine of a run that has no locks yet. */
const localPerson: Person = {
  kind: 'person',
  id: 'local',
  name: 'local',
  role: 'admin',
  regions: '*',
  via: 'local',
  sessionId: null,
  expiresAtMs: null,
};

/** Session cookie, bearer, Access assertion, else the local rule. Throws what D1 throws. */
export async function findCaller(request: Request, env: Env, nowMs: number): Promise<Found> {
  const shown = (
    await Promise.all([
      ...shownSecrets(request).map((secret) => sessionOf(env.DB, secret, nowMs)),
      bearerOf(request, env, nowMs),
      assertionOf(request, env, nowMs),
    ])
  ).filter((each) => each !== null);
  const refused = shown.find((each) => !each.ok);
  if (refused && !refused.ok) return refused;
  const [first, ...others] = shown.flatMap((each) => (each.ok ? [each.person] : []));
  if (!first) return { ok: true, caller: isFromThisMachine(request, env) ? localPerson : nobody };
  if (others.some((other) => !isSame(first, other)))
    return { ok: false, detail: 'The credentials of the request are not of one person. Show one of them.' };
  return { ok: true, caller: first };
}

async function sessionOf(db: D1Database, secret: string, nowMs: number): Promise<Verified> {
  const person = secret === '' ? null : await sessionPerson(db, await digestOf(secret), nowMs);
  return person ? { ok: true, person } : { ok: false, detail: 'The session has ended. Sign in again.' };
}

async function bearerOf(request: Request, env: Env, nowMs: number): Promise<Verified | null> {
  const shown = request.headers.get('authorization');
  if (shown === null) return null;
  const token = /^bearer +(\S+)$/i.exec(shown)?.[1] ?? '';
  return await verified(token, accessSettings(env).bearer, 'bearer', nowMs);
}

/** Cloudflare Access puts it on every request that it lets through. */
async function assertionOf(request: Request, env: Env, nowMs: number): Promise<Verified | null> {
  const token = request.headers.get('cf-access-jwt-assertion');
  return token === null ? null : await verified(token, accessSettings(env).access, 'access', nowMs);
}

async function verified(
  token: string,
  issuer: JwtIssuer | null,
  via: 'bearer' | 'access',
  nowMs: number,
): Promise<Verified> {
  if (issuer) return await verifyJwt(token, issuer, via, nowMs);
  return { ok: false, detail: 'The request shows a token, and this deployment names no issuer of such.' };
}

function isSame(a: Person, b: Person): boolean {
  const told = ({ id, role, regions }: Person) => JSON.stringify([id, role, regions]);
  return told(a) === told(b);
}

/**
 * The name by which the caller asked is a loopback one, which stops DNS rebinding; and so is the page that made it
 * ask, since neither sockets nor simple POSTs of a strange page are stopped by its browser. The operator may list more
 * pages.
 */
function isFromThisMachine(request: Request, env: Pick<Env, 'ENVIRONMENT' | 'CORS_ORIGINS'>): boolean {
  if (env.ENVIRONMENT !== 'local') return false;
  const origin = request.headers.get('origin');
  return isLoopback(request.url) && (origin === null || isLoopback(origin) || isListedOrigin(origin, env));
}
