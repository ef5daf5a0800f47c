// What a browser is made to download.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

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
