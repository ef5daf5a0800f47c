import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { loadFirstData } from '../../tools/first-data.ts';
import type { StatusLine } from '../../tools/status-line.ts';

/** The service as far as a load asks it: each run tells its states one after the other. */
const states = new Map<string, string[]>();
const asked: string[] = [];
const bodies = new Map<string, number>();
let server: Server;
let url = '';
let persistTo = '';
let said: string[] = [];
let shown: string[] = [];
const folders: string[] = [];

function runOf(id: string) {
  const left = states.get(id) ?? ['done'];
  const state = (left.length > 1 ? left.shift() : left[0]) as string;
  const share_done = state === 'done' ? 1 : 0.5;
  const loaded = [{ table: 'users', inserted: 5_000, updated: 0 }];
  const pace = { rows_per_second: 9_000, seconds_left: 3 };
  const progressed_at = new Date(Date.now() - (id === 'old' ? 60_000 : 0)).toISOString();
  const counts = { progressed_at, rows: 10, rows_loaded: 10, rows_rejected: 0, loaded };
  return {
    id,
    state,
    phase: 'load',
    share_done,
    ...pace,
    ...counts,
    error: state === 'refused' ? 'too much' : null,
  };
}

beforeEach(async () => {
  states.clear();
  asked.length = 0;
  bodies.clear();
  [said, shown] = [[], []];
  persistTo = mkdtempSync(join(tmpdir(), 'marquee-first-data-'));
  folders.push(persistTo);
  server = createServer((request, response) => {
    const path = request.url?.replace('/api/admin/', '') ?? '';
    asked.push(`${request.method} ${path}`);
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on('end', () => {
      bodies.set(path, bytes);
      const isAllowed = request.headers.authorization === 'Bearer admin';
      const data = path === 'run-etl' ? runOf('new') : path.startsWith('etl/') ? runOf(path.slice(4)) : {};
      const isAbsent = path === 'etl/lost';
      response.statusCode = isAllowed ? (isAbsent ? 404 : 200) : 401;
      response.end(JSON.stringify(isAllowed && !isAbsent ? { data } : { detail: 'No.' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function load(stop = new AbortController().signal, token = 'admin'): Promise<void> {
  const line = {
    tell: (_: string, text: string) => shown.push(text),
    say: (text: string) => said.push(text),
  } as unknown as StatusLine;
  const args = ['--sessions', '100', '--ratings', '10', '--users', '50'];
  await loadFirstData({ url, token, persistTo, seed: 1, stop, line, args });
}
const note = (): unknown => JSON.parse(readFileSync(join(persistTo, 'first-data.json'), 'utf8'));

test('a first start uploads the four files and loads them, with a bar; a second one asks nothing', async () => {
  states.set('new', ['running', 'running', 'done']);
  await load();
  const names = ['users', 'movies', 'ratings', 'viewing_sessions'].map(
    (table) => `imports/${table}-first-run.csv`,
  );
  expect(asked).toEqual([
    ...names.map((name) => `PUT ${name}`),
    'POST run-etl',
    'GET etl/new',
    'GET etl/new',
    ...names.map((name) => `DELETE ${name}`),
  ]);
  expect(shown.join('\n')).toContain(
    'data [######------] 50 % · load · 10 rows loaded · 9,000 rows/s · 3 s left',
  );
  expect(shown.at(-1)).toBe('');
  expect(said).toEqual([expect.stringMatching(/^The warehouse is loaded: 5,000 users, in /)]);
  expect(note()).toEqual({ state: 'loaded' });
  // What it was made of is not left behind.
  expect(existsSync(join(persistTo, 'first-data'))).toBe(false);
  asked.length = 0;
  await load();
  expect([asked, said.length]).toEqual([[], 1]);
});

test('one that was broken off is followed where it goes on', async () => {
  writeFileSync(join(persistTo, 'first-data.json'), JSON.stringify({ state: 'loading', run: 'old' }));
  states.set('old', ['running', 'running', 'done']);
  await load();
  expect(asked.slice(0, 3)).toEqual(['GET etl/old', 'GET etl/old', 'GET etl/old']);
  expect(asked).not.toContain('POST run-etl');
  expect(shown[0]).toBe('data [######------] 50 % · broken off, goes on within ten minutes');
  expect(note()).toEqual({ state: 'loaded' });
});

test.each([['failed'], ['cancelled'], ['lost']])('one that is %s is begun again', async (state) => {
  const run = state === 'lost' ? 'lost' : 'old';
  writeFileSync(join(persistTo, 'first-data.json'), JSON.stringify({ state: 'loading', run }));
  states.set('old', [state]);
  await load();
  expect(asked).toContain('POST run-etl');
  expect(note()).toEqual({ state: 'loaded' });
});

test('a failure is told in one line, and tried again', async () => {
  states.set('new', ['refused']);
  await load();
  expect(said).toEqual([
    'The warehouse is not loaded, the next start tries again: the run is refused. too much',
  ]);
  expect(note()).toEqual({ state: 'loading', run: 'new' });
  said = [];
  await load(undefined, 'viewer');
  expect(said[0]).toContain('PUT imports/users-first-run.csv answers 401. No.');
  expect(said[0]).not.toContain('\n');
});

test('a stop ends it without a word; the run goes on by itself', async () => {
  states.set('new', ['running']);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 4_000);
  await load(stop.signal);
  expect(said).toEqual([]);
});
