// Bearer tokens and Access assertions, with real signatures.
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { jwksCacheMs, jwksRefetchMs, jwtBytesMax } from '../../../core/protocol/limits.ts';
import type { Env } from '../../../workers/env.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';
import {
  type KeyPair,
  keyPair,
  secretKey,
  segmentOf,
  serveKeys,
  signed,
  textBytes,
} from './signed-tokens.ts';

const secret = 'an issuer and this service know it 0123456789';
const issuer = 'https://login.example';
const audience = 'marquee';
const url = 'https://login.example/keys';
const shared: Env = { ...deployment, JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience };
const { JWT_SECRET: _, ...named } = shared;
const ofRsa: Env = { ...named, JWT_JWKS_URL: url, JWT_ALGORITHM: 'RS256' };
const ofEc: Env = { ...named, JWT_JWKS_URL: `${url}/ec`, JWT_ALGORITHM: 'ES256' };

let hmac: CryptoKey;
let rsa: KeyPair;
let ec: KeyPair;
let foreign: KeyPair;
beforeAll(async () => {
  hmac = await secretKey(secret);
  [rsa, ec, foreign] = await Promise.all([keyPair('RS256'), keyPair('ES256'), keyPair('RS256')]);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const seconds = (fromNow = 0): number => Math.floor(Date.now() / 1000) + fromNow;
const claims = (others: object = {}) => ({
  iss: issuer,
  aud: audience,
  sub: 'ann',
  name: 'Ann',
  role: 'analyst',
  exp: seconds(300),
  ...others,
});
const bearer = async (others: object = {}): Promise<string> =>
  signed({ alg: 'HS256', typ: 'JWT' }, claims(others), hmac, 'HS256');

const show = async (token: string, bindings: Env, headers: Record<string, string> = {}): Promise<Response> =>
  askAs(null, '/api/session', { headers: { authorization: `Bearer ${token}`, ...headers } }, bindings);
const statusOf = async (token: string, bindings: Env = shared): Promise<number> =>
  (await show(token, bindings)).status;

describe('[ACC-4] a bearer token', () => {
  test('of a secret that both know says who asks', async () => {
    const exp = seconds(300);
    const response = await show(await bearer({ exp, regions: ['EU-London'] }), shared);
    expect(await response.json()).toEqual({
      data: {
        id: 'https://login.example#ann',
        name: 'Ann',
        role: 'analyst',
        regions: ['EU-London'],
        via: 'bearer',
        expires_at: new Date((exp + 60) * 1000).toISOString(),
      },
    });
    expect(await statusOf(await bearer({ aud: ['other', audience] }))).toBe(200);
  });

  test.each(['RS256', 'ES256'] as const)('of published keys, by %s', async (algorithm) => {
    const [pair, bindings] = algorithm === 'RS256' ? [rsa, ofRsa] : [ec, ofEc];
    const others = [null, { kid: 'odd', kty: 'RSA' }, { ...pair.jwk, kid: 'enc', use: 'enc' }];
    serveKeys(bindings.JWT_JWKS_URL ?? '', () => [...others, { ...pair.jwk, kid: 'k1' }]);
    const token = await signed({ alg: algorithm, kid: 'k1' }, claims(), pair.sign, algorithm);
    expect(await statusOf(token, bindings)).toBe(200);
    const tampered = token
      .split('.')
      .with(1, segmentOf(claims({ role: 'admin' })))
      .join('.');
    expect(await statusOf(tampered, bindings)).toBe(401);
    for (const kid of ['enc', 'odd', 'k2']) {
      const other = await signed({ alg: algorithm, kid }, claims(), pair.sign, algorithm);
      expect([kid, await statusOf(other, bindings)]).toEqual([kid, 401]);
    }
    expect(await statusOf(await signed({ alg: algorithm }, claims(), pair.sign, algorithm), bindings)).toBe(
      401,
    );
  });

  test('under other names of claims', async () => {
    const bindings = {
      ...shared,
      JWT_ROLE_CLAIM: 'https://x/role',
      JWT_REGIONS_CLAIM: 'r',
      JWT_NAME_CLAIM: 'nick',
    };
    const token = await bearer({ 'https://x/role': 'viewer', r: ['EU-Paris'], nick: 'A.' });
    expect(await (await show(token, bindings)).json()).toMatchObject({
      data: { role: 'viewer', regions: ['EU-Paris'], name: 'A.' },
    });
  });

  test.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['expired', { exp: seconds(-61) }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is a text', { exp: '99999999999' }],
    ['an expiry beyond all time', { exp: 1e300 }],
    ['not valid yet', { nbf: seconds(90) }],
    ['issued in the future', { iat: seconds(90) }],
    ['a time that is a text', { nbf: 'now' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['no role', { role: undefined }],
    ['a role that there is not', { role: 'root' }],
    ['a role of the prototype', { role: 'constructor' }],
    ['regions that are a text', { regions: 'EU-London' }],
    ['regions that are null', { regions: null }],
  ])('with %s is refused', async (_what, others) => {
    const response = await show(await bearer(others), shared);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="marquee"',
    ]);
  });

  test('is borne a minute beyond its times, and no longer', async () => {
    const nowMs = Date.parse('2026-11-21T06:00:00Z');
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
    const times = { exp: nowMs / 1000, nbf: nowMs / 1000 + 60 };
    const token = await bearer(times);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(await bearer({ ...times, nbf: nowMs / 1000 + 61 }))).toBe(401);
    vi.setSystemTime(nowMs + 59_999);
    expect(await statusOf(token)).toBe(200);
    vi.setSystemTime(nowMs + 60_000);
    expect(await statusOf(token)).toBe(401);
  });

  test('that chooses how it is checked is refused', async () => {
    serveKeys(url, () => [{ ...rsa.jwk, kid: 'k1' }]);
    const unsigned = `${segmentOf({ alg: 'none' })}.${segmentOf(claims())}.`;
    const [header = '', body = '', signature = ''] = (await bearer()).split('.');
    // The public key as the secret of an HMAC: the classic swap.
    const asSecret = await crypto.subtle.importKey(
      'raw',
      textBytes(JSON.stringify(rsa.jwk)),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const swapped = await signed({ alg: 'HS256', kid: 'k1' }, claims(), asSecret, 'HS256');
    const statuses = [
      await statusOf(unsigned),
      await statusOf(`${unsigned}${signature}`),
      await statusOf(await signed({ alg: 'none' }, claims(), hmac, 'HS256')),
      await statusOf(`${segmentOf({ alg: 'None' })}.${body}.${signature}`),
      await statusOf(swapped, ofRsa),
      await statusOf(`${segmentOf({ alg: 'RS256', kid: 'k1' })}.${body}.${signature}`, ofRsa),
      await statusOf(await signed({ alg: 'RS256', kid: 'k1' }, claims(), foreign.sign, 'RS256'), ofRsa),
      await statusOf(await signed({ alg: 'RS256', kid: 'k1' }, claims(), rsa.sign, 'RS256'), shared),
      await statusOf(await signed({ alg: 'ES256', kid: 'k1' }, claims(), ec.sign, 'ES256'), ofRsa),
      await statusOf(`${header}.${body}.`),
      await statusOf(`${header}.${body}`),
      await statusOf(`${header}.${body}.${signature}.${signature}`),
      await statusOf(`${header}.${body}.${signature.slice(0, -4)}`),
      await statusOf(await signed({ alg: 'HS256' }, claims(), await secretKey(`${secret}!`), 'HS256')),
    ];
    expect(statuses).toEqual(statuses.map(() => 401));
  });

  test.each(['jku', 'x5u', 'jwk', 'x5c', 'crit'])(
    'that names its own keys by %s is refused, and nobody is asked',
    async (name) => {
      const asked = serveKeys(url, () => [{ ...rsa.jwk, kid: 'k1' }]);
      const header = {
        alg: 'RS256',
        kid: 'k1',
        [name]: name === 'jwk' ? foreign.jwk : 'https://evil.example/keys',
      };
      for (const pair of [foreign, rsa])
        expect(await statusOf(await signed(header, claims(), pair.sign, 'RS256'), ofRsa)).toBe(401);
      for (const [address] of asked.mock.calls) expect(address).toBe(url);
    },
  );

  test.each(['', 'x', 'a.b.c', `${'a'.repeat(jwtBytesMax)}.b.c`, 'é.é.é', '..', 'W10.W10.W10'])(
    '%j is none',
    async (token) => {
      expect(await statusOf(encodeURI(token))).toBe(401);
    },
  );

  test('as long as it may be, and one character more', async () => {
    const padded = async (length: number) => bearer({ pad: 'x'.repeat(length) });
    let length = 5_500;
    while ((await padded(length)).length < jwtBytesMax) length++;
    const longest = (await padded(length)).length === jwtBytesMax ? length : length - 1;
    expect(await statusOf(await padded(longest))).toBe(200);
    expect(await statusOf(await padded(longest + 2))).toBe(401);
  });

  test('and another credential must be of the same person', async () => {
    const cookie = await cookieFor(await newPerson('analyst'));
    const headers = { authorization: `Bearer ${await bearer()}` };
    expect((await askAs(cookie, '/api/session', { headers }, shared)).status).toBe(401);
    const basic = { authorization: 'Basic YWRtaW46YWRtaW4=' };
    expect((await askAs(cookie, '/api/session', { headers: basic }, shared)).status).toBe(401);
    expect(await statusOf(await bearer(), deployment)).toBe(401);
  });

  test('a name that would break a line is not taken for one', async () => {
    for (const name of ['a\nb', 'a\u2028b', '\u202Eb', '', 7, 'x'.repeat(129)])
      expect(await (await show(await bearer({ name }), shared)).json()).toMatchObject({
        data: { name: 'ann' },
      });
  });
});

describe('[ACC-4] published keys', () => {
  test('are asked for every ten minutes, and for an unknown id once a minute', async () => {
    const address = 'https://login.example/rotating';
    const bindings = { ...ofRsa, JWT_JWKS_URL: address };
    let keys: readonly unknown[] = [{ ...rsa.jwk, kid: 'k1' }];
    const asked = serveKeys(address, () => keys);
    const beganMs = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: beganMs });
    const token = async (pair: KeyPair, kid: string) =>
      signed({ alg: 'RS256', kid }, claims({ exp: seconds(7200) }), pair.sign, 'RS256');
    const [first, second] = [await token(rsa, 'k1'), await token(foreign, 'k2')];
    for (let i = 0; i < 3; i++) expect(await statusOf(first, bindings)).toBe(200);
    for (let i = 0; i < 3; i++) expect(await statusOf(second, bindings)).toBe(401);
    expect(asked).toHaveBeenCalledTimes(1);
    keys = [{ ...foreign.jwk, kid: 'k2' }];
    vi.setSystemTime(beganMs + jwksRefetchMs);
    expect(await statusOf(second, bindings)).toBe(200);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(await statusOf(first, bindings)).toBe(401);
    keys = [];
    vi.setSystemTime(beganMs + jwksRefetchMs + jwksCacheMs - 1);
    expect(await statusOf(second, bindings)).toBe(200);
    vi.setSystemTime(beganMs + jwksRefetchMs + jwksCacheMs);
    expect(await statusOf(second, bindings)).toBe(401);
  });

  test.each([
    ['a redirect', () => Response.redirect('https://evil.example/keys')],
    ['no JSON', () => new Response('<html>')],
    ['too much', () => new Response(`{"keys":[]}${' '.repeat(64 * 1024)}`)],
    ['a failure', () => new Response('', { status: 500 })],
  ])('%s gives none', async (what, answer) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const address = `https://login.example/${what.replaceAll(' ', '-')}`;
    serveKeys(address, answer);
    const token = await signed({ alg: 'RS256', kid: 'k1' }, claims(), rsa.sign, 'RS256');
    expect(await statusOf(token, { ...ofRsa, JWT_JWKS_URL: address })).toBe(401);
    expect(logged).toHaveBeenCalled();
  });

  test('of 1,024 bits are none', async () => {
    const weak = await keyPair('RS256', 1024);
    const address = 'https://login.example/weak';
    serveKeys(address, () => [{ ...weak.jwk, kid: 'k1' }]);
    const token = await signed({ alg: 'RS256', kid: 'k1' }, claims(), weak.sign, 'RS256');
    expect(await statusOf(token, { ...ofRsa, JWT_JWKS_URL: address })).toBe(401);
  });
});

describe('[ACC-4] an assertion of Cloudflare Access', () => {
  const team = 'https://acme.cloudflareaccess.com';
  const roles = { 'Ann@Example.com': 'admin', 'on-call': 'analyst', everybody: 'viewer' };
  const bindings: Env = {
    ...deployment,
    ACCESS_TEAM: 'acme',
    ACCESS_AUDIENCE: 'tag',
    ACCESS_ROLES: JSON.stringify(roles),
  };
  const show = async (others: object, pair = rsa, to = bindings) => {
    serveKeys(`${team}/cdn-cgi/access/certs`, () => [{ ...rsa.jwk, kid: 'k1' }]);
    const own = { iss: team, aud: ['tag'], email: 'ann@example.com', name: undefined, role: 'admin' };
    const assertion = await signed(
      { alg: 'RS256', kid: 'k1' },
      claims({ ...own, ...others }),
      pair.sign,
      'RS256',
    );
    const headers = { 'cf-access-jwt-assertion': assertion };
    return askAs(null, '/api/session', { headers }, to);
  };

  test('gives the role of the address, or the highest of the groups', async () => {
    expect(await (await show({})).json()).toMatchObject({
      data: { id: `${team}#ann`, name: 'ann@example.com', role: 'admin', via: 'access' },
    });
    const grouped = { email: 'bob@example.com', groups: ['everybody', 'on-call', 7] };
    expect(await (await show(grouped)).json()).toMatchObject({ data: { role: 'analyst' } });
  });

  test('of another audience, key, team or person is refused, and where none is configured', async () => {
    const statuses = [
      (await show({ aud: ['other'] })).status,
      (await show({}, foreign)).status,
      (await show({ iss: 'https://evil.cloudflareaccess.com' })).status,
      (await show({ email: 'eve@example.com' })).status,
      (await show({ email: '__proto__' })).status,
      (await show({}, rsa, deployment)).status,
    ];
    expect(statuses).toEqual(statuses.map(() => 401));
  });
});
