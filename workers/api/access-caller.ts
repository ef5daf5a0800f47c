/** Finds out who asks (ACC-1): every credential that is shown is checked, and they must agree. */
import { type Caller, nobody, type Person } from '../../core/access/caller.ts';
import { personIdOf } from '../../core/access/sign-in-token.ts';
import { sessionPerson } from '../../storage/session-store.ts';
import type { Env } from '../env.ts';
import { digestOf } from './access-digest.ts';
import { accessSettings, type JwtIssuer } from './access-settings.ts';
import { embedCaller, shownEmbed } from './embed-caller.ts';
import { type Verified, verifyJwt } from './jwt.ts';
import { shownSecrets } from './session-cookie.ts';
import { tokenPerson } from './token-person.ts';

type Found = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly detail: string };

/** Session cookie, bearer, Access assertion. Throws what D1 throws. */
export async function findCaller(request: Request, env: Env, nowMs: number): Promise<Found> {
  const embed = shownEmbed(request);
  // It speaks for itself alone: who looks at the page may be signed in, and must not lend it more.
  if (embed !== null) {
    const found = await embedCaller(env, embed, nowMs);
    return found.ok ? { ok: true, caller: found.person } : found;
  }
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
  if (!first) return { ok: true, caller: nobody };
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
  if (personIdOf(token) !== null) {
    const person = await tokenPerson(env.DB, token, nowMs);
    return person ? { ok: true, person } : { ok: false, detail: 'This token signs nobody in.' };
  }
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
