// The page in a real browser, before a scripted service (test/support/site-harness.ts).
// Its pictures go into .cache/screenshots/; with SCREENSHOTS=1 those worth showing go into docs/screenshots/ instead.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Harness, startHarness } from '../support/site-harness.ts';

const root = new URL('../..', import.meta.url).pathname;
const shownStates: readonly string[] = process.env.SCREENSHOTS
  ? ['normal', 'failing', 'empty', 'reconnecting']
  : [];
const picturesOf = (state: string): string =>
  join(root, shownStates.includes(state) ? 'docs/screenshots' : '.cache/screenshots');
const widths = { 390: 844, 820: 1180, 1440: 900 } as const;
const themes = ['light', 'dark'] as const;

let browser: Browser;
/** The built site. */
let folder: string;
let harness: Harness | undefined;
/** What the page complained about, other than a server that is down on purpose. */
const complaints: string[] = [];

beforeAll(async () => {
  // Not site/dist: another build, say of a running `wrangler dev`, may empty that one at any time.
  folder = await mkdtemp(join(root, '.cache/site-'));
  const outDir = folder;
  await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
  for (const state of ['normal', 'mixed']) await mkdir(picturesOf(state), { recursive: true });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await harness?.stop();
  harness = undefined;
  expect(complaints.splice(0)).toEqual([]);
});

const serve = (options: Parameters<typeof startHarness>[0] = {}) => startHarness({ ...options, folder });

interface Look {
  readonly width?: keyof typeof widths;
  readonly theme?: (typeof themes)[number];
  readonly path?: string;
}

async function open(
  service: Harness,
  { width = 1440, theme = 'light', path = '/' }: Look = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: widths[width] },
    colorScheme: theme,
    timezoneId: 'Europe/London',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isDown = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|503/.test(message.text());
    if (message.type() === 'error' && !isDown) complaints.push(message.text());
  });
  await page.goto(service.address + path);
  return page;
}

const headline = (page: Page) => page.locator('h1');
const eventsCard = (page: Page) => page.locator('.figure-card', { hasText: 'Events' }).locator('.figure');

/** What axe finds, as `rule: element`. The page stands still: transitions in flight have colours of no design. */
async function faults(page: Page): Promise<string[]> {
  await page.waitForTimeout(300);
  await page.evaluate(axe.source);
  const results = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

test('a number changes without a reload, and frames are acknowledged', async () => {
  harness = await serve();
  const page = await open(harness);
  await page.waitForFunction(
    () => document.querySelector('h1')?.textContent === 'All 12 regions are healthy',
  );
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  const before = await eventsCard(page).getAttribute('title');
  await expect.poll(() => eventsCard(page).getAttribute('title'), { timeout: 10_000 }).not.toBe(before);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await expect
    .poll(() => harness?.heard.filter(({ t }) => t === 'ack').length, { timeout: 10_000 })
    .toBeGreaterThan(1);
  expect(harness.heard[0]).toEqual({ t: 'subscribe', regions: '*' });
});

test('trouble that begins while the page is open becomes the headline, and goes away again', async () => {
  harness = await serve();
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('All 12 regions are healthy');
  harness.play = 'failing';
  harness.dropViewers();
  await expect
    .poll(() => headline(page).textContent(), { timeout: 15_000 })
    .toBe('3 of 12 regions are failing downloads');
  expect(await page.locator('.regions tbody tr').first().textContent()).toContain('EU-London');
  harness.play = 'normal';
  harness.dropViewers();
  await expect
    .poll(() => headline(page).textContent(), { timeout: 15_000 })
    .toBe('All 12 regions are healthy');
});

test('a server that restarts is found again; until then the numbers are marked as old', async () => {
  const first = await serve();
  harness = first;
  const page = await open(first);
  await expect.poll(() => headline(page).textContent()).toContain('healthy');
  await first.stop();
  await expect.poll(() => headline(page).textContent()).toMatch(/^Not connected since \d\d:\d\d:\d\d$/);
  await page.locator('.numbers.stale').waitFor();
  expect(await page.locator('.as-of').textContent()).toMatch(/^as of \d\d:\d\d:\d\d$/);
  harness = await serve({ port: first.port });
  await expect.poll(() => headline(page).textContent(), { timeout: 20_000 }).toContain('healthy');
  await page.locator('.numbers:not(.stale)').waitFor();
});

test('frames that come late are said to be late', async () => {
  harness = await serve();
  const page = await open(harness);
  const link = page.locator('.link-word');
  await expect.poll(() => link.textContent()).toBe('Live');
  harness.manner = 'slow';
  await expect.poll(() => link.textContent(), { timeout: 15_000 }).toBe('6 s behind');
});

test('a database that is not migrated is named, with what to do, and the page recovers by itself', async () => {
  harness = await serve({ manner: 'not-migrated' });
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('The database is not migrated');
  expect(await page.locator('.remark').textContent()).toContain('npm run migrate');
  harness.manner = 'prompt';
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect.poll(() => headline(page).textContent()).toContain('healthy');
});

test('an empty service says how to send the first event', async () => {
  harness = await serve({ play: 'empty' });
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('No events in the last 5 minutes');
  expect(await page.locator('.command').textContent()).toContain(`curl ${harness.address}/v1/events`);
});

test('a region is filtered by its row, shown as a chip and in the address, and undone by Esc', async () => {
  harness = await serve();
  const page = await open(harness);
  await page.locator('.regions tbody tr', { hasText: 'EU-London' }).locator('.status-word').last().click();
  await page.locator('.chip', { hasText: 'EU-London' }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('?region=EU-London');
  await page.keyboard.press('Escape');
  await page.locator('.chip').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'EU-Paris', exact: true }).press('Enter');
  await page.locator('.chip', { hasText: 'EU-Paris' }).click();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('t shows the tables that screen readers always have, ? the keys, d the other theme, which is kept', async () => {
  harness = await serve();
  const page = await open(harness);
  const rows = page.locator('.series-panel').first().locator('tbody tr');
  await expect.poll(() => rows.count()).toBeGreaterThan(80);
  const width = async () => (await page.locator('.series-panel section').first().boundingBox())?.width ?? 0;
  expect(await width()).toBe(1);
  await page.keyboard.press('t');
  await expect.poll(width).toBeGreaterThan(300);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('d');
  await page.locator('html[data-theme=dark]').waitFor();
  await page.reload();
  await page.locator('html[data-theme=dark]').waitFor();
});

describe('pictures, and what axe says to them', () => {
  const states = ['normal', 'failing', 'mixed', 'empty', 'reconnecting', 'loading'] as const;
  const cases = states.flatMap((state) => themes.map((theme) => [state, theme] as const));

  test.each(cases)('%s, %s', async (state, theme) => {
    const play = state === 'failing' || state === 'mixed' || state === 'empty' ? state : 'normal';
    const service = await serve({ play, manner: state === 'loading' ? 'mute' : 'prompt' });
    harness = service;
    const sizes = Object.keys(widths).map(Number) as (keyof typeof widths)[];
    const pages = await Promise.all(sizes.map((width) => open(service, { width, theme })));
    if (state !== 'loading') {
      await Promise.all(pages.map((page) => page.locator('.regions tbody tr').last().waitFor()));
    }
    if (state === 'reconnecting') {
      await service.stop();
      await Promise.all(pages.map((page) => page.getByText('The server does not answer').waitFor()));
    }
    for (const [i, page] of pages.entries()) {
      expect(await faults(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: join(picturesOf(state), `live-${state}-${theme}-${sizes[i]}.png`),
        fullPage: true,
      });
    }
  });

  test.each(themes)('tables, filter and keys, %s', async (theme) => {
    harness = await serve({ play: 'mixed' });
    const page = await open(harness, { theme, path: '/?region=EU-London' });
    await page.locator('.regions tbody tr').last().waitFor();
    await page.keyboard.press('t');
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('?');
    expect(await faults(page)).toEqual([]);
  });
});
