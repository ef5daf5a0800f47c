// Live numbers in a page of another site: the real service in a frame of a page that another server gives.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realService } from '../support/real-service.ts';
import { signInContext } from '../support/signed-in.ts';
import { faults } from '../support/site-pages.ts';

const service = realService();
let site: Server;
/** Of the other site: 127.0.0.1 and localhost are two sites to a browser. */
let origin = '';
/** What its page holds. */
let html = '';

beforeAll(async () => {
  site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve));
  origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  for (const region of ['EU-London', 'US-Virginia']) await sendViews(region);
});

afterAll(() => {
  site?.close();
});

async function sendViews(region: string): Promise<void> {
  const authorization = `Bearer ${service.runtime.credentials.ingest_key}`;
  const headers = { 'content-type': 'application/json', authorization };
  const event = { event_type: 'view', content_id: 'film', region, user_id: 'one' };
  const body = JSON.stringify(Array.from({ length: 20 }, () => event));
  expect((await fetch(`${service.runtime.url}/v1/events`, { method: 'POST', headers, body })).status).toBe(
    202,
  );
}

interface Made {
  readonly data: { readonly id: string };
  readonly token: string;
}

async function ask<T>(path: string, body: object): Promise<T> {
  const authorization = `Bearer ${service.runtime.credentials.analyst_token}`;
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await fetch(`${service.runtime.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

const make = (origins: readonly string[]): Promise<Made> =>
  ask('/api/embeds', {
    name: 'A wiki',
    regions: ['EU-London'],
    origins,
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  });

/** The other site, with the embed in a frame. */
async function framed({ data, token }: Made, look = '', page?: Page): Promise<[Page, FrameLocator]> {
  html = `<!doctype html><html lang="en"><title>A wiki</title><body style="background: #fde">
    <main><h1>Our streams</h1>
    <iframe title="Live numbers" width="760" height="420" style="border: 0; color-scheme: light"
      src="${service.runtime.url}/embed?e=${data.id}${look}#${token}"></iframe>`;
  const shown = page ?? (await (await service.browser.newContext()).newPage());
  await shown.goto(origin);
  return [shown, shown.frameLocator('iframe')];
}

test('[ABL-46, EMB-2, EMB-3] a page of another site shows the live numbers of the regions of its embed', async () => {
  const made = await make([origin]);
  const [page, frame] = await framed(made);
  await expect
    .poll(() => frame.locator('.region-name').allTextContents(), { timeout: 20_000 })
    .toEqual(['EU-London']);
  await frame.locator('.link-word', { hasText: 'Live' }).waitFor();
  expect(
    await frame.locator('.page-nav, .switches, .person, .page-foot').filter({ visible: true }).count(),
  ).toBe(0);
  expect(await faults(page)).toEqual([]);
  // Whoever is signed in here sees no more in it.
  await signInContext(page.context(), service.runtime, 'admin');
  await framed(made, '&theme=dark', page);
  await expect.poll(() => frame.locator('.region-name').allTextContents()).toEqual(['EU-London']);
  await expect.poll(() => frame.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.screenshot({ path: '.cache/embed-view-dark.png' });
  // New events come by themselves.
  const events = frame.locator('.figure-card', { hasText: 'Views' }).locator('.figure').first();
  const before = await events.textContent();
  await sendViews('EU-London');
  await expect.poll(() => events.textContent(), { timeout: 10_000 }).not.toBe(before);
  await ask(`/api/embeds/${made.data.id}/revoke`, {});
  await frame.getByText('This embed was taken back by the people who made it.').waitFor();
  await expect.poll(() => frame.locator('.region-name').count()).toBe(0);
});

test('[ABL-46] one panel of it, made from its menu, without a ground of its own', async () => {
  const live = await service.openAs('analyst');
  await live.getByRole('button', { name: 'Take away: Last hour' }).click({ timeout: 20_000 });
  await live.locator('.panel-menu').getByRole('button', { name: 'Embed' }).click();
  const dialog = live.getByRole('dialog');
  await dialog.getByLabel('Name').fill('The wiki');
  await dialog.getByLabel('Only these').check();
  await dialog.getByLabel('EU-London').check();
  await dialog.getByLabel('Sites that may show it').fill('no site');
  await dialog.getByLabel('Without a ground').check();
  await dialog.getByRole('button', { name: 'Make the embed' }).click();
  await dialog.getByText('Must be origins such as').waitFor();
  await dialog.getByLabel('Sites that may show it').fill(origin);
  expect(await faults(live)).toEqual([]);
  await live.screenshot({ path: '.cache/embed-dialog.png' });
  await dialog.getByRole('button', { name: 'Make the embed' }).click();
  await dialog.locator('pre').waitFor();
  await live.screenshot({ path: '.cache/embed-given.png' });
  html = `<!doctype html><body style="background: #fde">${await dialog.locator('pre').textContent()}`;
  const page = await (await service.browser.newContext()).newPage();
  await page.goto(origin);
  const frame = page.frameLocator('iframe');
  await frame.locator('[aria-labelledby="minutes-title"] canvas').first().waitFor({ timeout: 20_000 });
  await expect.poll(() => frame.locator('.panel').filter({ visible: true }).count()).toBe(1);
  await page.screenshot({ path: '.cache/embed-panel.png' });
  const corner = await page.locator('iframe').screenshot();
  const ground = await page.evaluate(
    async (bytes) => {
      const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      context?.drawImage(image, -4, -image.height + 4);
      return context?.getImageData(0, 0, 1, 1).data.join();
    },
    [...corner],
  );
  expect(ground).toBe('255,221,238,255');
  await dialog.getByRole('button', { name: 'Take back The wiki' }).click();
  await frame.getByText('This embed was taken back').waitFor();
});

test('[EMB-3] a site that the embed does not name shows nothing of it', async () => {
  const [page] = await framed(await make(['https://another.example']));
  const frame = await (await page.locator('iframe').elementHandle())?.contentFrame();
  await expect.poll(() => frame?.url(), { timeout: 10_000 }).toBe('chrome-error://chromewebdata/');
});
