/** People of tests, with their tokens and sessions, and what asks in their name. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { PersonRole } from '../../../core/access/caller.ts';
import { makePersonId, makeSignInToken } from '../../../core/access/sign-in-token.ts';
import { addPerson } from '../../../storage/people-store.ts';
import { digestOf } from '../../../workers/api/access-digest.ts';
import { createApp } from '../../../workers/api/app.ts';
import { beginSession } from '../../../workers/api/sign-in.ts';
import type { Env } from '../../../workers/env.ts';

export const deployment: Env = {
  ...env,
  ENVIRONMENT: 'production',
  IDENTITY_KEY: '00112233445566778899aabbccddeeff',
  PSEUDONYM_KEY: '1:00112233445566778899aabbccddeeff',
};
export const host = 'https://marquee.example';

const app = createApp({ events: async () => Promise.resolve(new Response('{}', { status: 202 })) });

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

export interface TestPerson {
  readonly id: string;
  readonly token: string;
}

export async function newPerson(
  role: PersonRole,
  regions: readonly string[] | '*' = '*',
  name = `${role} of a test`,
): Promise<TestPerson> {
  const id = makePersonId(random(12));
  const token = makeSignInToken(id, random(26));
  await addPerson(env.DB, {
    id,
    name,
    email: null,
    role,
    regions,
    tokenDigest: await digestOf(token),
    createdAtMs: Date.now(),
    createdBy: 'test',
    disabledAtMs: null,
    lastSeenAtMs: null,
  });
  return { id, token };
}

/** A `Cookie` header of a session that began then. */
export async function cookieFor({ id }: TestPerson, beganMs = Date.now()): Promise<string> {
  const { secret } = await beginSession(env.DB, id, 'NL', beganMs);
  return `__Host-marquee=${secret}`;
}

/** Past the edge's cache, of a deployment by default. */
export async function askAs(
  cookie: string | null,
  path: string,
  init: RequestInit = {},
  bindings: Env = deployment,
): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(path.startsWith('/') ? `${host}${path}` : path, init);
  if (!request.headers.has('cache-control')) request.headers.set('cache-control', 'no-cache');
  if (cookie !== null) request.headers.set('cookie', cookie);
  const response = await app.fetch(request, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}
