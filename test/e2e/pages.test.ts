// What the platform itself answers for pages and files, beside the Worker.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';

let folder = '';
let runtime: Runtime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-pages-'));
  runtime = await startRuntime({ persistTo: folder });
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string) => fetch(`${runtime.url}${path}`, { redirect: 'manual' });

test.each([
  ['/', 'Marquee: live'],
  ['/docs', 'API reference'],
  ['/docs/problems', 'Problems'],
  ['/offline', 'Offline'],
])('%s is a page', async (path, title) => {
  const response = await ask(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.text()).toMatch(new RegExp(`<title>[^<]*${title}`));
});

test.each(['/nothing', '/docs/nothing', '/assets/nothing.js', '/index.php', '/.env'])(
  '%s is not found, with a page that says what there is',
  async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    const text = await response.text();
    expect(text).toContain('There is no page at this address');
    expect(text).toContain('href="/docs"');
  },
);

test('[API-2] what is behind a lock says so in a problem', async () => {
  const response = await ask('/api/stats/realtime');
  expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
});

test.each(['/api/nothing', '/v1/nothing', '/metrics'])('%s is a problem of the API', async (path) => {
  const response = await ask(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
});

test.each([
  ['/robots.txt', 'text/plain; charset=utf-8'],
  ['/favicon.svg', 'image/svg+xml'],
  ['/sw.js', 'text/javascript; charset=utf-8'],
  ['/openapi.json', 'application/json'],
])('%s is a file', async (path, type) => {
  const response = await ask(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
});

test('scripts are those of a production build: no element knows its file and line', async () => {
  const page = await (await ask('/')).text();
  const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
  expect(scripts.length).toBeGreaterThan(1);
  const texts = await Promise.all(scripts.map(async (path) => await (await ask(path)).text()));
  expect(texts.filter((text) => /lineNumber:\d/.test(text))).toEqual([]);
});

test('[API-6] the description is served with a tag and an id of the request', async () => {
  const first = await ask('/openapi.json');
  expect(first.headers.get('x-request-id')).toMatch(/./);
  const etag = first.headers.get('etag') ?? '';
  const again = await fetch(`${runtime.url}/openapi.json`, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});
