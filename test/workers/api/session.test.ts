// Signing in and out, and what a session is worth.
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sessionCacheMs, sessionMs } from '../../../core/protocol/limits.ts';
import { disablePerson, readPerson } from '../../../storage/people-store.ts';
import { readSession, revokeSession, sessionPerson } from '../../../storage/session-store.ts';
import { digestOf } from '../../../workers/api/access-digest.ts';
import { brokenDatabase, problemOf } from './ask.ts';
import { askAs, cookieFor, deployment, host, newPerson } from './people.ts';

afterEach(() => vi.useRealTimers());

const signIn = async (body: unknown, init: RequestInit = {}, place = host, bindings = deployment) =>
  askAs(null, `${place}/api/session`, { method: 'POST', body: JSON.stringify(body), ...init }, bindings);

/** What a browser would send back. */
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const digestIn = async (cookie: string): Promise<string> => digestOf(cookie.split('=')[1] ?? '');

describe('[ACC-3] a sign-in', () => {
  test('leaves a cookie that no script reads, and says who one is', async () => {
    const { id, token } = await newPerson('analyst', ['EU-London'], 'Ann');
    const nowMs = Date.parse('2026-11-21T06:00:00Z');
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
    const response = await signIn({ token });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-marquee=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    const identity = {
      id,
      name: 'Ann',
      role: 'analyst',
      regions: ['EU-London'],
      via: 'session',
      expires_at: '2026-11-21T18:00:00.000Z',
    };
    expect(await response.json()).toEqual({ data: identity });
    const asked = await askAs(cookieOf(response), '/api/session');
    expect([asked.status, await asked.json()]).toEqual([200, { data: identity }]);
    expect((await readPerson(env.DB, id))?.lastSeenAtMs).toBe(nowMs);
  });

  test('on loopback http the cookie needs no https', async () => {
    const { token } = await newPerson('viewer');
    const place = 'http://127.0.0.1:8787';
    const response = await signIn({ token }, {}, place, env);
    expect(response.headers.get('set-cookie')).toMatch(
      /^marquee=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const asked = await askAs(cookieOf(response), `${place}/api/session`, {}, env);
    expect(await asked.json()).toMatchObject({ data: { role: 'viewer', via: 'session' } });
    expect((await signIn({ token }, {}, 'http://marquee.example')).status).toBe(403);
  });

  test('stores neither the token nor the secret of the cookie', async () => {
    const { token } = await newPerson('viewer');
    const secret = cookieOf(await signIn({ token })).split('=')[1] ?? '';
    for (const table of ['people', 'sessions']) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(results.length).toBeGreaterThan(0);
      expect(JSON.stringify(results)).not.toContain(secret);
      expect(JSON.stringify(results)).not.toContain(token);
    }
  });

  test("with a wrong token is refused, and a disabled person's too", async () => {
    const { token } = await newPerson('viewer');
    const other = await newPerson('viewer');
    const mixed = token.slice(0, 'mqp_'.length + 12) + other.token.slice('mqp_'.length + 12);
    for (const wrong of [mixed, `${token}x`, '', 'mqp_', "' OR 1=1 --"]) {
      const response = await signIn({ token: wrong }, {}, host, { ...deployment, DB: fresh() });
      expect([wrong, response.status, response.headers.get('set-cookie')]).toEqual([wrong, 401, null]);
    }
    await disablePerson(env.DB, other.id, Date.now());
    expect((await signIn({ token: other.token })).status).toBe(401);
    expect((await signIn({ token })).status).toBe(200);
  });

  test.each([{}, { token: 7 }, { token: 'x'.repeat(257) }, { token: 'x', role: 'admin' }, [], 'x'])(
    '%j is no sign-in',
    async (body) => {
      expect(await problemOf(await signIn(body))).toMatchObject({ status: 400, code: 'invalid_parameter' });
    },
  );

  test('ends the session before', async () => {
    const { token } = await newPerson('viewer');
    const first = cookieOf(await signIn({ token }));
    const second = cookieOf(await signIn({ token }, { headers: { cookie: first } }));
    expect((await askAs(first, '/api/session')).status).toBe(401);
    expect((await askAs(second, '/api/session')).status).toBe(200);
  });

  test('is not to be had by a page of another site', async () => {
    const { token } = await newPerson('viewer');
    const statuses = [];
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:5173',
      host,
      'https://listed.example',
    ]) {
      const bindings = { ...deployment, CORS_ORIGINS: 'https://listed.example' };
      statuses.push((await signIn({ token }, { headers: { origin } }, host, bindings)).status);
    }
    expect(statuses).toEqual([403, 403, 403, 200, 200]);
  });

  test('fails ten times a minute and no more, by country', async () => {
    const { token } = await newPerson('viewer');
    const bindings = { ...deployment, DB: fresh() };
    const beganMs = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: beganMs });
    const from = (country: string, text: string) =>
      signIn({ token: text }, { cf: { country } } as RequestInit, host, bindings);
    for (let i = 0; i < 10; i++) expect((await from('NL', 'mqp_')).status).toBe(401);
    const eleventh = await from('NL', token);
    expect([eleventh.status, eleventh.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await from('JP', token)).status).toBe(200);
    vi.setSystemTime(beganMs + 59_999);
    expect((await from('NL', token)).status).toBe(429);
    vi.setSystemTime(beganMs + 60_000);
    expect((await from('NL', token)).status).toBe(200);
  });
});

describe('[ACC-3] a session', () => {
  test('ends after twelve hours, used or not', async () => {
    const beganMs = Date.now();
    const cookie = await cookieFor(await newPerson('viewer'), beganMs);
    vi.useFakeTimers({ toFake: ['Date'], now: beganMs + sessionMs - 1 });
    expect((await askAs(cookie, '/api/session')).status).toBe(200);
    vi.setSystemTime(beganMs + sessionMs);
    expect((await askAs(cookie, '/api/session')).status).toBe(401);
  });

  test('ends at once where one signs out, and the cookie is taken back', async () => {
    const cookie = await cookieFor(await newPerson('viewer'));
    expect((await askAs(cookie, '/api/session')).status).toBe(200);
    const response = await askAs(cookie, '/api/session', { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([200, { data: { signed_out: true } }]);
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-marquee=; Path=\/; Max-Age=0;/);
    expect((await askAs(cookie, '/api/session')).status).toBe(401);
    expect((await askAs(null, '/api/session', { method: 'DELETE' })).status).toBe(200);
  });

  test('that another isolate has ended is believed for ten seconds at most', async () => {
    const cookie = await cookieFor(await newPerson('viewer'));
    const id = await digestIn(cookie);
    const beganMs = Date.now();
    expect(await sessionPerson(env.DB, id, beganMs)).not.toBeNull();
    const elsewhere = env.DB.prepare('UPDATE sessions SET revoked_at = ?2 WHERE id = ?1');
    await elsewhere.bind(id, new Date().toISOString()).run();
    expect(await sessionPerson(env.DB, id, beganMs + sessionCacheMs - 1)).not.toBeNull();
    expect(await sessionPerson(env.DB, id, beganMs + sessionCacheMs)).toBeNull();
  });

  test('of a disabled person is none, and a role that is changed counts', async () => {
    const person = await newPerson('viewer');
    const id = await digestIn(await cookieFor(person));
    await env.DB.prepare("UPDATE people SET role = 'admin' WHERE id = ?1").bind(person.id).run();
    expect(await readSession(env.DB, id, Date.now())).toMatchObject({ role: 'admin' });
    await env.DB.prepare("UPDATE people SET role = 'root' WHERE id = ?1").bind(person.id).run();
    await expect(readSession(env.DB, id, Date.now())).rejects.toThrow('no such role');
    await disablePerson(env.DB, person.id, Date.now());
    expect(await readSession(env.DB, id, Date.now())).toBeNull();
  });

  test('is by its digest, not by what a cookie may hold', async () => {
    const cookie = await cookieFor(await newPerson('admin'));
    const secret = cookie.split('=')[1] ?? '';
    const wrong = [
      `__Host-marquee=${await digestIn(cookie)}`,
      `__Host-marquee=${secret.toUpperCase()}`,
      `__Host-marquee=${secret}0`,
      "__Host-marquee=' OR 1=1 --",
      `${cookie}; __Host-marquee=${'0'.repeat(64)}`,
    ];
    for (const shown of wrong)
      expect([shown, (await askAs(shown, '/api/session')).status]).toEqual([shown, 401]);
    // Of another name, or of the name that is for loopback: no credential at all.
    expect((await askAs(`marquee=${secret}`, '/api/session')).status).toBe(401);
  });

  test('two of two people are refused, two of one are not', async () => {
    const [ann, bob] = [await newPerson('admin'), await newPerson('admin')];
    const cookies = await Promise.all([cookieFor(ann), cookieFor(bob), cookieFor(ann)]);
    const both = await askAs(`${cookies[0]}; ${cookies[1]}`, '/api/session');
    expect(await problemOf(both)).toMatchObject({
      status: 401,
      detail: expect.stringContaining('one person') as unknown,
    });
    expect((await askAs(`${cookies[0]}; ${cookies[2]}`, '/api/session')).status).toBe(200);
  });

  test('cannot be looked up while D1 is away', async () => {
    const cookie = await cookieFor(await newPerson('admin'));
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const response = await askAs(cookie, '/api/session', {}, { ...deployment, DB: brokenDatabase });
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'storage_unavailable' });
    logged.mockRestore();
  });

  test('that is revoked stays so', async () => {
    const cookie = await cookieFor(await newPerson('viewer'));
    const id = await digestIn(cookie);
    await revokeSession(env.DB, id, 1000);
    await revokeSession(env.DB, id, 2000);
    const row = env.DB.prepare('SELECT revoked_at FROM sessions WHERE id = ?1').bind(id);
    expect(await row.first('revoked_at')).toBe('1970-01-01T00:00:01.000Z');
  });
});

describe('[ACC-1] without a credential', () => {
  test('a local run takes nobody, on the same machine either', async () => {
    const response = await askAs(null, 'http://127.0.0.1:8787/api/session', {}, env);
    expect(await problemOf(response)).toMatchObject({
      status: 401,
      detail: 'Sign in, or show a bearer token: this needs the role viewer.',
    });
  });

  test('a deployment takes nobody, whatever headers say', async () => {
    const headers = {
      'x-forwarded-user': 'ann',
      'x-marquee-caller': '{"role":"admin"}',
      'cf-access-authenticated-user-email': 'ann@marquee.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
    };
    expect((await askAs(null, '/api/session', { headers })).status).toBe(401);
  });
});

/** The same database as another object: what an isolate remembers of it begins anew. */
function fresh(): D1Database {
  return new Proxy(env.DB, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
