import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { Env } from '../../../workers/env.ts';
import { problemOf } from './ask.ts';
import { askAs, deployment } from './people.ts';

const secret = 'an issuer and this service know it 0123456789';
const shared = { JWT_SECRET: secret, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'marquee' };
const access = { ACCESS_TEAM: 'acme', ACCESS_AUDIENCE: 'tag', ACCESS_ROLES: '{"ann@example.com":"admin"}' };
const { IDENTITY_KEY: _, ...withoutIdentity } = deployment;

describe('[ACC-4] a secret that is missing or weak', () => {
  test.each<[string, Env]>([
    ['IDENTITY_KEY', withoutIdentity],
    ['IDENTITY_KEY', { ...deployment, IDENTITY_KEY: '0'.repeat(32) }],
    ['PSEUDONYM_KEY', { ...deployment, PSEUDONYM_KEY: '00112233445566778899aabbccddeeff' }],
    ['JWT_SECRET', { ...deployment, ...shared, JWT_SECRET: secret.slice(0, 31) }],
    ['JWT_SECRET', { ...deployment, ...shared, JWT_SECRET: 'a'.repeat(64) }],
    ['JWT_ISSUER', { ...deployment, ...shared, JWT_ISSUER: '' }],
    ['JWT_AUDIENCE', { ...deployment, ...shared, JWT_AUDIENCE: '' }],
    ['JWT_JWKS_URL', { ...deployment, ...shared, JWT_JWKS_URL: 'https://login.example/keys' }],
    ['JWT_JWKS_URL', { ...deployment, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'marquee' }],
    ['JWT_JWKS_URL', { ...deployment, ...shared, JWT_SECRET: '', JWT_JWKS_URL: 'http://login.example' }],
    ['JWT_ALGORITHM', { ...deployment, ...shared, JWT_SECRET: '', JWT_JWKS_URL: 'https://login.example' }],
    ['JWT_ALGORITHM', { ...deployment, ...shared, JWT_ALGORITHM: 'RS256' }],
    ['ACCESS_TEAM', { ...deployment, ...access, ACCESS_TEAM: 'evil.example/' }],
    ['ACCESS_AUDIENCE', { ...deployment, ...access, ACCESS_AUDIENCE: '' }],
    ['ACCESS_ROLES', { ...deployment, ...access, ACCESS_ROLES: '' }],
    ['ACCESS_ROLES', { ...deployment, ...access, ACCESS_ROLES: '{"a":"root"}' }],
    ['JWT_SECRET', { ...env, ...shared, JWT_SECRET: 'short' }],
  ])('%s: nothing is answered, and it is named', async (name, bindings) => {
    for (const path of ['/health', '/api/health', '/api/stats/realtime', '/api/session', '/api/live']) {
      const problem = await problemOf(await askAs(null, path, {}, bindings));
      expect(problem).toMatchObject({ status: 503, code: 'not_configured' });
      expect(problem.detail).toContain(name);
      expect(problem.detail).not.toContain(secret.slice(0, 20));
    }
    expect((await askAs(null, '/v1/events', { method: 'POST', body: '{}' }, bindings)).status).toBe(503);
  });

  test('with all of them the service answers', async () => {
    for (const bindings of [
      env,
      deployment,
      { ...deployment, ...shared },
      { ...deployment, ...shared, ...access },
    ])
      expect((await askAs(null, '/health', {}, bindings)).status).toBe(200);
  });
});
