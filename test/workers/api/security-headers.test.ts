import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { answerHeaders, strictTransport } from '../../../core/protocol/security-headers.ts';
import { ask, brokenDatabase, routes } from './ask.ts';

/** Built by the site: one has no file here, the other is framed as its embed says (EMB-3). */
const ofSite = ['/openapi.json', '/embed'];
const paths = [...new Set(routes.map(({ path }) => path))].filter((path) => !ofSite.includes(path));
const named = (path: string): string => path.replaceAll(/:\w+/g, 'x');

const saidOf = (answer: Response, expected: object) =>
  Object.fromEntries(Object.keys(expected).map((name) => [name, answer.headers.get(name)]));

describe('[SEC-1] every answer of the Worker bears the security headers', () => {
  test.each(paths.flatMap((path) => ['GET', 'POST', 'DELETE', 'OPTIONS'].map((method) => [method, path])))(
    '%s %s',
    async (method, path) => {
      const answer = await ask(named(path), { method });
      await answer.body?.cancel();
      expect(saidOf(answer, answerHeaders)).toEqual(answerHeaders);
    },
  );

  test('when nothing is there, when a handler fails, when nothing has changed', async () => {
    const missing = await ask('/nothing');
    const failing = await ask('/api/alerts/rules', {}, { ...env, DB: brokenDatabase });
    const first = await ask('/api/alerts/rules');
    const same = await ask('/api/alerts/rules', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(same.status).toBe(304);
    expect(failing.status).toBeGreaterThanOrEqual(500);
    for (const answer of [missing, failing, same]) {
      expect(saidOf(answer, answerHeaders)).toEqual(answerHeaders);
    }
  });

  test('HSTS is said over https only', async () => {
    expect((await ask('/health')).headers.get('strict-transport-security')).toBeNull();
    const secure = await ask('/health', {}, env, 'https://marquee.example');
    expect(saidOf(secure, strictTransport)).toEqual(strictTransport);
  });

  test('another site may embed an answer only if it is listed', async () => {
    const bindings = { ...env, CORS_ORIGINS: 'https://dashboard.example' };
    const asOrigin = async (origin: string) => {
      const answer = await ask('/health', { headers: { origin } }, bindings);
      return answer.headers.get('cross-origin-resource-policy');
    };
    expect(await asOrigin('https://dashboard.example')).toBe('cross-origin');
    expect(await asOrigin('https://other.example')).toBe('same-origin');
  });
});
