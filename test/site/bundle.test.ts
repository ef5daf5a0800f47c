// What a browser is made to download.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageHeaders, strictTransport } from '../../core/protocol/security-headers.ts';

const root = new URL('../..', import.meta.url).pathname;
const javascriptGzippedMax = 60 * 1024;

let outDir = '';

beforeAll(async () => {
  outDir = mkdtempSync(join(root, '.cache/site-'));
  await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
}, 60_000);

afterAll(() => rmSync(outDir, { recursive: true, force: true }));

const files = (): string[] =>
  readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));

const read = (name: string): string => readFileSync(join(outDir, name), 'utf8');

test('all JavaScript together is at most 60 KB gzipped', () => {
  const sizes = files()
    .filter((name) => name.endsWith('.js'))
    .map((name) => gzipSync(readFileSync(join(outDir, name)), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.info(`The site's JavaScript: ${(total / 1024).toFixed(1)} KB gzipped`);
  expect(sizes.length).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(javascriptGzippedMax);
});

test('nothing in the page would be blocked by its own policy, and nothing points elsewhere', () => {
  const page = read('index.html');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(read('_headers')).toContain("script-src 'self'; style-src 'self'");
  for (const name of files().filter((file) => file.endsWith('.css')))
    expect(read(name)).not.toMatch(/url\(|@import/);
});

test('[SEC-1] what the files are served with is the list of core, with HSTS only where there is https', async () => {
  const rules = () => read('_headers').split('\n\n')[0]?.trim().split('\n');
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  expect(rules()).toEqual(['/*', ...lines(pageHeaders)]);
  process.env.MARQUEE_HTTPS = '1';
  try {
    await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
  } finally {
    delete process.env.MARQUEE_HTTPS;
  }
  expect(rules()).toEqual(['/*', ...lines(pageHeaders), ...lines(strictTransport)]);
  expect(lines(pageHeaders).join()).not.toContain('unsafe');
});

test('[SEC-2] security.txt names a contact and expires in a year', () => {
  const fields = read('.well-known/security.txt')
    .trim()
    .split('\n')
    .map((line) => line.split(': ', 2) as [string, string]);
  const { Contact, Expires } = Object.fromEntries(fields) as Record<string, string>;
  expect(Contact).toMatch(/^(mailto|https):/);
  const days = (Date.parse(Expires ?? '') - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(363);
  expect(days).toBeLessThan(367);
});
