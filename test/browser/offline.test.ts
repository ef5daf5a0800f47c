// The pages when the network is away, in a real browser with the real service worker.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildSite } from '../../tools/build-site.ts';
import { launchBrowser } from '../support/browser.ts';
import { type StaticSite, serveStatically } from '../support/static-site.ts';

const root = new URL('../..', import.meta.url).pathname;

let browser: Browser;
let folder = '';
let site: StaticSite;

beforeAll(async () => {
  folder = await mkdtemp(join(root, '.cache/site-'));
  await buildSite(folder, 'silent');
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  site = await serveStatically(folder);
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await site.stop();
});

/** The live view, once its service worker has kept what it keeps and answers for the page. */
async function openKept(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(site.origin);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  return page;
}

const keptPaths = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    }
    return found;
  });

test('[ABL-87] without the network the live view and the documentation open, and any other page says why not', async () => {
  const page = await openKept();
  await site.stop();
  await page.reload();
  await page.locator('#app > *').first().waitFor();
  expect(await page.title()).toMatch(/Marquee/);
  await page.goto(`${site.origin}/docs`);
  await expect.poll(() => page.locator('h1').textContent()).toMatch(/Marquee API/);
  await page.goto(`${site.origin}/docs/problems#overloaded`);
  await expect.poll(() => page.locator('#overloaded h2').textContent()).toMatch(/busy/);
  await page.goto(`${site.origin}/somewhere/else`);
  await expect.poll(() => page.locator('h1').textContent()).toBe('The server cannot be reached from here');
});

test('answers of the API are neither kept nor given', async () => {
  const page = await openKept();
  await page.evaluate(async () => {
    await fetch('/api/stats/realtime');
    await fetch('/openapi.json');
  });
  const paths = await keptPaths(page);
  expect(paths).toContain('/offline');
  expect(paths.filter((path) => /api|health|404|sw\.js/.test(path))).toEqual([]);
  await site.stop();
  const refused = await page.evaluate(() =>
    fetch('/api/stats/realtime').then(
      () => false,
      () => true,
    ),
  );
  expect(refused).toBe(true);
  await expect(page.goto(`${site.origin}/openapi.json`)).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
});

test('with the network pages are those of the server, unknown ones included', async () => {
  const page = await openKept();
  const answer = await page.goto(`${site.origin}/somewhere/else`);
  expect(answer?.status()).toBe(404);
  await expect.poll(() => page.locator('h1').textContent()).toBe('There is no page at this address');
});

test('a person can have the copy forgotten', async () => {
  const page = await openKept();
  await page.goto(`${site.origin}/offline`);
  await page.getByRole('button', { name: /Forget/ }).click();
  await page.getByText('this browser keeps no copy').waitFor();
  expect(await keptPaths(page)).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('a deployment without the service worker takes it back from every browser', async () => {
  const without = await mkdtemp(join(root, '.cache/site-'));
  process.env.VITE_SERVICE_WORKER = 'off';
  try {
    await buildSite(without, 'silent');
    const page = await openKept();
    expect(await keptPaths(page)).not.toEqual([]);
    await copyFile(join(without, 'sw.js'), join(folder, 'sw.js'));
    await page.reload();
    await page.waitForFunction(async () => (await caches.keys()).length === 0);
  } finally {
    delete process.env.VITE_SERVICE_WORKER;
    await rm(without, { recursive: true, force: true });
  }
});
