// The page before the real runtime: real events, queue, objects, socket. With SCREENSHOTS=1 its pictures go into
// docs/screenshots/, otherwise into .cache/screenshots/.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnapshotFrame } from '../../core/protocol/live.ts';
import { produce } from '../../tools/producer/produce.ts';
import { Progress } from '../../tools/producer/progress.ts';
import { Sender } from '../../tools/producer/sender.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { launchBrowser } from '../support/browser.ts';
import { signInContext } from '../support/signed-in.ts';

const root = new URL('../..', import.meta.url).pathname;
const pictures = join(root, process.env.SCREENSHOTS ? 'docs/screenshots' : '.cache/screenshots');
const heights = { 390: 844, 820: 1180, 1440: 900 } as const;
const backFillMs = 9 * 60_000;

let browser: Browser;
let runtime: Runtime;
let folder = '';
const stopProducing = new AbortController();
let producing: Promise<void> | undefined;

beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'marquee-browser-'));
  [runtime, browser] = await Promise.all([startRuntime({ persistTo: folder }), launchBrowser()]);
});

afterAll(async () => {
  stopProducing.abort();
  await producing?.catch(() => {});
  await browser?.close();
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

function startProducing(): void {
  const stop = stopProducing.signal;
  const fromMs = Math.ceil((Date.now() - backFillMs) / 60_000) * 60_000;
  const sender = new Sender({ url: runtime.url, key: runtime.credentials.ingest_key, connections: 3, stop });
  const traffic = new Traffic({ seed: 1, rate: 60 }, fromMs);
  producing = produce({ traffic, sender, progress: new Progress(), senders: 3, batch: 50, stop });
}

async function openPage(
  width: keyof typeof heights,
  theme: 'light' | 'dark',
  received: string[] = [],
): Promise<Page> {
  const viewport = { width, height: heights[width] };
  const context = await browser.newContext({ viewport, colorScheme: theme, timezoneId: 'Europe/London' });
  await signInContext(context, runtime, 'viewer');
  const page = await context.newPage();
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => received.push(String(payload))),
  );
  await page.goto(runtime.url);
  return page;
}

const headline = (page: Page): Promise<string | null> => page.locator('h1').textContent();
/** Views of the last hour, exact: a shortened number has the exact one as its title. */
async function exactViews(page: Page): Promise<number> {
  const figure = page.locator('.figure-card', { hasText: 'Views' }).locator('.figure');
  const text = (await figure.getAttribute('title')) ?? (await figure.textContent()) ?? '';
  return Number(text.replaceAll(/\D/g, ''));
}

const snapshots = (frames: readonly string[]) =>
  frames.flatMap((text) => (text.startsWith('{"t":"snapshot"') ? [JSON.parse(text) as SnapshotFrame] : []));

test('[LIV-1] an empty service says how to send the first event; that event then shows without a reload', async () => {
  const page = await openPage(1440, 'light');
  await expect.poll(() => headline(page), { timeout: 15_000 }).toMatch(/^No events/);
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  await fetch(`${runtime.url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${runtime.credentials.ingest_key}`,
    },
    body: JSON.stringify({ event_type: 'view', content_id: 'first', region: 'EU-London', user_id: 'me' }),
  });
  await expect.poll(() => exactViews(page), { timeout: 5_000 }).toBe(1);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await page.context().close();
});

test('[CAT-3] a title is called as the catalogue calls it, with its genre', async () => {
  const { admin_token: token, ingest_key: key } = runtime.credentials;
  const send = async (path: string, method: string, credential: string, body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const answer = await fetch(`${runtime.url}${path}`, { method, headers, body: JSON.stringify(body) });
    expect([path, answer.ok]).toEqual([path, true]);
  };
  await send('/api/catalog/movies/first', 'PUT', token, { title: 'The First of All', genre: 'Drama' });
  await send('/v1/events', 'POST', key, {
    event_type: 'download',
    content_id: 'first',
    title: 'as the event has it',
    region: 'EU-London',
    user_id: 'me',
  });
  const page = await openPage(1440, 'light');
  const row = page.locator('.trending tr', { hasText: 'The First of All' });
  await expect.poll(() => row.textContent(), { timeout: 15_000 }).toContain('Drama');
  await page.context().close();
});

test('[LIV-1, LIV-3, LIV-7] numbers move with real traffic, survive a killed runtime, and the page looks after itself', async () => {
  startProducing();
  const received: string[] = [];
  const page = await openPage(1440, 'light', received);
  await expect.poll(() => headline(page), { timeout: 30_000 }).toContain('healthy');
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  const before = await exactViews(page);
  await expect.poll(() => exactViews(page), { timeout: 15_000 }).toBeGreaterThan(before);
  // LIV-7: deltas have come since, and one snapshot was enough.
  expect(received.length).toBeGreaterThan(2);
  expect(snapshots(received).map(({ breakdown }) => breakdown?.region)).toEqual(['*']);

  runtime.killRuntime();
  await expect.poll(() => page.locator('.link-word').textContent(), { timeout: 10_000 }).not.toBe('Live');
  await runtime.ready();
  await expect.poll(() => page.locator('.link-word').textContent(), { timeout: 30_000 }).toBe('Live');
  const after = await exactViews(page);
  expect(after).toBeGreaterThanOrEqual(before);
  await expect.poll(() => exactViews(page), { timeout: 15_000 }).toBeGreaterThan(after);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await page.context().close();
});

test.each([390, 820, 1440] as const)('pictures at %i pixels, light and dark', async (width) => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await openPage(width, theme);
    await expect.poll(() => headline(page), { timeout: 30_000 }).toContain('healthy');
    // The producer sends its past first: a picture of that would show a service at rest.
    const rate = page.locator('.figure-card', { hasText: 'Events' }).locator('.figure');
    await expect
      .poll(async () => Number.parseFloat((await rate.textContent()) ?? ''), { timeout: 60_000 })
      .toBeGreaterThan(20);
    // The charts slide in.
    await page.waitForTimeout(1500);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    await page.screenshot({ path: join(pictures, `live-${theme}-${width}.png`), fullPage: true });
    await page.context().close();
  }
});
