// What a browser is made to download.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pageHeaders, strictTransport } from '../../core/protocol/security-headers.ts';

const root = new URL('../..', import.meta.url).pathname;
const liveKbMax = 52;
const allKbMax = 110;

let outDir = '';

beforeAll(async () => {
  // As npm run build has it. Under the tests' own `test` each element would carry its file and line, 7 KB in all.
  vi.stubEnv('NODE_ENV', 'production');
  outDir = mkdtempSync(join(root, '.cache/site-'));
  await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
}, 60_000);

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(outDir, { recursive: true, force: true });
});

const files = (): string[] =>
  readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));

const read = (name: string): string => readFileSync(join(outDir, name), 'utf8');

const gzippedKb = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(outDir, name)), { level: 9 }).length, 0) /
  1024;

/** What a page runs at its start: the scripts that it names, and what these import, and so on. */
function firstLoad(page: string): string[] {
  const found = new Set(
    [...read(page).matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, name = '']) => name),
  );
  // Grows while it is walked.
  for (const name of found) {
    for (const [, chunk = ''] of read(name).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      found.add(`assets/${chunk}`);
  }
  return [...found];
}

test('the first load of the Live view is at most 52 KB of JavaScript gzipped, and all pages together 110 KB', () => {
  const live = gzippedKb(firstLoad('index.html'));
  const all = gzippedKb(files().filter((name) => name.endsWith('.js')));
  console.info(
    `JavaScript gzipped: Live view ${live.toFixed(1)} KB, all pages together ${all.toFixed(1)} KB`,
  );
  expect(files().filter((name) => name.endsWith('.js') && read(name).includes('lineNumber:'))).toEqual([]);
  expect(live).toBeGreaterThan(20);
  expect(live).toBeLessThanOrEqual(liveKbMax);
  expect(all).toBeLessThanOrEqual(allKbMax);
});

test('the sign-in and the documentation load nothing of the other pages: at most 3 KB each', () => {
  for (const page of ['sign-in.html', 'docs.html', 'offline.html']) {
    const kb = gzippedKb(firstLoad(page));
    expect(kb).toBeGreaterThan(0.3);
    expect(kb).toBeLessThanOrEqual(3);
  }
});

test('the page of components is not in what is deployed', () => {
  expect(files().filter((name) => name.includes('component'))).toEqual([]);
});

test('a page names all chunks that it begins with, so that none is found out late', () => {
  for (const page of files().filter((name) => name.endsWith('.html'))) {
    for (const name of firstLoad(page)) expect(read(page)).toContain(`"/${name}"`);
  }
});

test('nothing in a page would be blocked by its own policy, and nothing points elsewhere', () => {
  for (const page of ['index.html', 'sign-in.html'].map(read)) {
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  }
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
