// The page before the real runtime: real events, queue, objects, socket.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { SnapshotFrame } from '../../core/protocol/live.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { pictureOf } from '../support/pictures.ts';
import { realService } from '../support/real-service.ts';

const heights = { 390: 844, 820: 1180, 1440: 900 } as const;
const backFillMs = 9 * 60_000;

const service = realService();

function startProducing(): void {
  const fromMs = Math.ceil((Date.now() - backFillMs) / 60_000) * 60_000;
  service.sendTraffic(new Traffic({ seed: 1, rate: 60 }, fromMs));
}

function openPage(width: keyof typeof heights, theme: 'light' | 'dark'): Promise<Page> {
  const viewport = { width, height: heights[width] };
  return service.openAs('viewer', '/', { viewport, colorScheme: theme, timezoneId: 'Europe/London' });
}

const headline = (page: Page): Promise<string | null> => page.locator('h1').textContent();
/** Views of the last hour, exact: a shortened number has the exact one as its title. */
async function exactViews(page: Page): Promise<number> {
  const figure = page.locator('.figure-card', { hasText: 'Views' }).locator('.figure');
  const text = (await figure.getAttribute('title')) ?? (await figure.textContent()) ?? '';
  return Number(text.replaceAll(/\D/g, ''));
}

test('[LIV-1] an empty service says how to send the first event; that event then shows without a reload', async () => {
  const page = await openPage(1440, 'light');
  await expect.poll(() => headline(page), { timeout: 15_000 }).toMatch(/^No events/);
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  await fetch(`${service.runtime.url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.runtime.credentials.ingest_key}`,
    },
    body: JSON.stringify({ event_type: 'view', content_id: 'first', region: 'EU-London', user_id: 'me' }),
  });
  await expect.poll(() => exactViews(page), { timeout: 5_000 }).toBe(1);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await page.context().close();
});

test('[CAT-3] a title is called as the catalogue calls it, with its genre', async () => {
  const { admin_token: token, ingest_key: key } = service.runtime.credentials;
  const send = async (path: string, method: string, credential: string, body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const answer = await fetch(`${service.runtime.url}${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
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

test('[LIV-1, LIV-3] numbers move with real traffic, survive a killed runtime, and the page looks after itself', async () => {
  startProducing();
  const page = await openPage(1440, 'light');
  await expect.poll(() => headline(page), { timeout: 30_000 }).toContain('healthy');
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  const before = await exactViews(page);
  await expect.poll(() => exactViews(page), { timeout: 15_000 }).toBeGreaterThan(before);

  service.runtime.killRuntime();
  await expect.poll(() => page.locator('.link-word').textContent(), { timeout: 10_000 }).not.toBe('Live');
  await service.runtime.ready();
  await expect.poll(() => page.locator('.link-word').textContent(), { timeout: 30_000 }).toBe('Live');
  const after = await exactViews(page);
  expect(after).toBeGreaterThanOrEqual(before);
  await expect.poll(() => exactViews(page), { timeout: 15_000 }).toBeGreaterThan(after);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await page.context().close();
});

/** Loads the page again; what its sockets get from then on. */
async function framesFromTheStart(page: Page): Promise<readonly string[]> {
  const frames: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  await page.reload();
  return frames;
}

const snapshotsAmong = (frames: readonly string[]): SnapshotFrame[] =>
  frames.flatMap((text) => (text.startsWith('{"t":"snapshot"') ? [JSON.parse(text) as SnapshotFrame] : []));

test('[LIV-7] the page opens with one snapshot, which has the breakdown', async () => {
  const page = await openPage(1440, 'light');
  const frames = await framesFromTheStart(page);
  // Some are of deltas, which come once what was asked for is answered.
  await expect.poll(() => frames.length, { timeout: 30_000 }).toBeGreaterThan(5);
  expect(snapshotsAmong(frames).map(({ breakdown }) => breakdown?.region)).toEqual(['*']);
  await page.locator('.trending tbody tr').first().waitFor();
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
    await page.screenshot({ path: pictureOf(`live-${theme}-${width}`), fullPage: true });
    await page.context().close();
  }
});
