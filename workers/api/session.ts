/** /api/session: signing in, signing out, and who one is (ACC-3). */
import * as z from 'zod';
import { type Person, personRoles } from '../../core/access/caller.ts';
import { once } from '../../core/protocol/once.ts';
import { isTrustedOrigin } from './access-origin.ts';
import { readActionBody } from './action-body.ts';
import { time } from './answer-schema.ts';
import { countryOf } from './country.ts';
import { isoTime } from './figures.ts';
import { jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { cookieName, sessionCookie } from './session-cookie.ts';
import { beginSession, endShownSessions } from './sign-in.ts';
import { SignInFailures } from './sign-in-failures.ts';
import type { ApiContext } from './stats-query.ts';
import { personOfToken } from './token-person.ts';

const body = once(() =>
  z
    .strictObject({
      token: z
        .string('must be a text')
        .max(256, 'is too long')
        .describe(DESCRIBED && 'Sign-in token, `mqp_...`'),
    })
    .describe(DESCRIBED && 'What shows who signs in'),
);

const identity =
  DESCRIBED &&
  z.strictObject({
    data: z.strictObject({
      id: z.string().describe('Id of the person'),
      name: z.string().describe('As others see it'),
      role: z.enum(personRoles).describe('Each may do what those before it may'),
      regions: z
        .array(z.string())
        .nullable()
        .describe('Names of the regions that the role is limited to; null for all'),
      via: z.enum(['session', 'bearer', 'access', 'embed']).describe('How it was shown'),
      expires_at: time('When the credential ends; null for never').nullable(),
    }),
  });

const example = {
  data: {
    id: '4q0h2k7mzx1c',
    name: 'Mei Tanaka',
    role: 'analyst',
    regions: ['ASIA-Tokyo'],
    via: 'session',
    expires_at: '2026-11-21T18:35:09.000Z',
  },
};

/** Per database binding: an isolate has one. */
const failures = new WeakMap<D1Database, SignInFailures>();

export const signInRoute: Route = {
  method: 'POST',
  path: '/api/session',
  role: 'public',
  handler: signIn,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Sign in',
    description:
      'Takes a sign-in token and sets a session cookie, which scripts cannot read. The session lasts 12 hours.',
    body: body(),
    bodyExample: { token: 'mqp_4q0h2k7mzx1c_' },
    answer: identity,
    example,
    problems: [
      'unauthorized',
      'forbidden',
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'too_many_requests',
      'not_migrated',
    ],
  },
};

export const whoAmIRoute: Route = {
  method: 'GET',
  path: '/api/session',
  role: 'viewer',
  handler: async () => jsonResponse(identityOf(person())),
  tag: 'Access',
  doc: DESCRIBED && { summary: 'Who asks', answer: identity, example },
};

export const signOutRoute: Route = {
  method: 'DELETE',
  path: '/api/session',
  role: 'public',
  handler: signOut,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Sign out',
    description: 'Ends the session of the cookie everywhere within ten seconds, and takes the cookie back.',
    answer: z.strictObject({
      data: z.strictObject({ signed_out: z.literal(true).describe('Whether there was a session or not') }),
    }),
    example: { data: { signed_out: true } },
    problems: ['forbidden', 'not_migrated'],
  },
};

async function signIn(context: ApiContext): Promise<Response> {
  const { req, env } = context;
  const refused = refusedPlace(context);
  if (refused) return refused;
  const nowMs = Date.now();
  const country = countryOf(req.raw);
  const meter = failures.get(env.DB) ?? new SignInFailures();
  failures.set(env.DB, meter);
  const waitSeconds = meter.waitSeconds(country, nowMs);
  if (waitSeconds > 0) {
    const headers = { 'retry-after': String(waitSeconds) };
    return problemResponse('too_many_requests', 'Too many sign-ins have failed.', { headers });
  }
  const read = await readActionBody(req.raw, body());
  if ('response' in read) return read.response;
  const found = await personOfToken(env.DB, read.value.token);
  if (!found) {
    meter.note(country, nowMs);
    return problemResponse('unauthorized', 'This token signs nobody in.');
  }
  await endShownSessions(env, req.raw, nowMs);
  const { secret, session } = await beginSession(env.DB, found.id, country, nowMs);
  const { id, name, role, regions } = found;
  noteForAudit({ actor: id, role, target: id });
  const response = jsonResponse(
    identityOf({ id, name, role, regions, via: 'session', expiresAtMs: session.expiresAtMs }),
  );
  const maxAgeMs = session.expiresAtMs - nowMs;
  response.headers.set('set-cookie', sessionCookie(req.url, secret, maxAgeMs));
  return response;
}

async function signOut(context: ApiContext): Promise<Response> {
  const { req, env } = context;
  const refused = refusedPlace(context);
  if (refused) return refused;
  const ended = await endShownSessions(env, req.raw, Date.now());
  const [first] = ended;
  if (first) noteForAudit({ actor: first.personId, target: ended.map(({ id }) => id).join(' ') });
  const response = jsonResponse({ data: { signed_out: true } });
  response.headers.set('set-cookie', sessionCookie(req.url, '', 0));
  return response;
}

/** A page of another site must not sign its visitors in as somebody else, and no secret goes in the open. */
function refusedPlace({ req, env }: ApiContext): Response | null {
  if (cookieName(req.url) === null)
    return problemResponse('forbidden', 'Sign in by https, so that nobody reads the cookie on its way.');
  const origin = req.header('origin');
  if (origin === undefined || isTrustedOrigin(origin, req.raw, env)) return null;
  return problemResponse(
    'forbidden',
    'The page that asks is of another site, which is not among CORS_ORIGINS.',
  );
}

function identityOf(shown: Pick<Person, 'id' | 'name' | 'role' | 'regions' | 'via' | 'expiresAtMs'>) {
  const { id, name, role, regions, via, expiresAtMs } = shown;
  const expires_at = expiresAtMs === null ? null : isoTime(expiresAtMs);
  return { data: { id, name, role, regions: regions === '*' ? null : regions, via, expires_at } };
}
