// The live view and who looks at it: what each role is offered, and what happens when the sign-in is over.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { scriptedIdentity, scriptedTokens } from '../support/scripted-session.ts';
import { faults, overflow, sitePages, themes, type Width, widths } from '../support/site-pages.ts';

const { serve, open } = sitePages();
const pictures = new URL('../../.cache/screenshots/', import.meta.url).pathname;
const sizes = Object.keys(widths).map(Number) as Width[];

const isLive = (page: Page) => page.locator('.regions tbody tr').last().waitFor();
const headline = (page: Page) => page.locator('h1').textContent();
const menu = (page: Page) => page.locator('.person summary');

async function look(page: Page, name: string): Promise<void> {
  expect(await faults(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

test('[ACC-8] nobody signed in: the page leads to the sign-in, and from there back to the same address', async () => {
  const service = await serve({ identity: null });
  const page = await open(service, { path: '/?region=EU-London' });
  await page.waitForURL('**/sign-in?then=%2F%3Fregion%3DEU-London');
  await page.getByLabel('Sign-in token').fill(scriptedTokens.viewer);
  await page.keyboard.press('Enter');
  await isLive(page);
  expect(new URL(page.url()).search).toBe('?region=EU-London');
});

test('a service that does not say who is signed in sends nobody away', async () => {
  const service = await serve({ manner: 'not-migrated' });
  const page = await open(service);
  await expect.poll(() => headline(page)).toBe('The database is not migrated');
  expect(new URL(page.url()).pathname).toBe('/');
});

test('[ABL-85, ACC-5, ACC-8] signed out elsewhere: said at once, nothing is shown or tried any more, and one signs in again', async () => {
  const service = await serve({ identity: scriptedIdentity('analyst') });
  const page = await open(service, { path: '/?region=EU-London' });
  await isLive(page);
  await page.keyboard.press('p');
  let sockets = 0;
  page.on('websocket', () => sockets++);
  service.identity = null;
  service.closeSignedOut();
  await expect.poll(() => headline(page)).toBe('Signed out');
  await expect.poll(() => page.locator('.link-word').textContent()).toBe('Signed out');
  await expect.poll(() => page.locator('.numbers, .paused-bar, .person').count()).toBe(0);
  await page.waitForTimeout(3_000);
  expect(sockets).toBe(0);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Sign-in token').fill(scriptedTokens.viewer);
  await page.keyboard.press('Enter');
  await isLive(page);
  expect(new URL(page.url()).search).toBe('?region=EU-London');
});

test('[ACC-5, ACC-8] a session that ended while the network was away is found out, and not asked for without end', async () => {
  const service = await serve({ identity: scriptedIdentity('analyst') });
  const page = await open(service);
  await isLive(page);
  service.identity = null;
  service.dropViewers();
  await expect.poll(() => headline(page)).toBe('Signed out');
  let asked = 0;
  page.on('request', () => asked++);
  await page.waitForTimeout(3_000);
  expect(asked).toBe(0);
});

test('[ABL-94, ACC-8] a viewer is offered no acknowledging, an analyst is; only an admin has the way to the keys', async () => {
  const service = await serve({ play: 'failing' });
  const offered = async (role: 'viewer' | 'analyst' | 'admin') => {
    service.identity = scriptedIdentity(role);
    const page = await open(service);
    await page.locator('.alert').first().waitFor();
    await menu(page).waitFor();
    const acknowledging = page.getByRole('button', { name: /^(Acknowledge|Close)/ });
    const admin = page.getByRole('link', { name: 'Admin' });
    return [(await acknowledging.count()) > 0, (await admin.count()) > 0];
  };
  expect(await offered('viewer')).toEqual([false, false]);
  expect(await offered('analyst')).toEqual([true, false]);
  expect(await offered('admin')).toEqual([true, true]);
});

test('the menu says who, as what and of which regions; Esc and a click beside it close it; signing out leaves', async () => {
  const regions = ['EU-London', 'EU-Paris'];
  const service = await serve({ identity: scriptedIdentity('viewer', { regions }) });
  const page = await open(service, { path: '/?region=EU-London' });
  await isLive(page);
  const sheet = page.locator('.person-sheet');
  await menu(page).focus();
  await page.keyboard.press('Enter');
  await sheet.waitFor();
  await expect
    .poll(() => sheet.textContent())
    .toMatch(/Vera Lind.*Viewer.*EU-London, EU-Paris.*Signed in until \d\d:\d\d/);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
  expect(new URL(page.url()).search).toBe('?region=EU-London');
  await menu(page).click();
  await page.locator('h1').click();
  await sheet.waitFor({ state: 'hidden' });
  await menu(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  expect(service.identity).toBeNull();
  await page.goBack();
  await page.waitForURL('**/sign-in?then=*');
});

test('a sign-in that is about to end says so without being asked', async () => {
  const expires_at = new Date(Date.now() + 8.5 * 60_000).toISOString();
  const service = await serve({ identity: scriptedIdentity('analyst', { expires_at }) });
  const page = await open(service);
  await menu(page).getByText('Sign-in ends in 9').waitFor();
  await menu(page).click();
  await page.getByRole('link', { name: 'Sign in again' }).waitFor();
});

test('on a phone the row of the head that says whether it is live stays in sight, and the pages and switches do not', async () => {
  const service = await serve({ play: 'failing', identity: scriptedIdentity('admin') });
  const page = await open(service, { width: 390 });
  await isLive(page);
  await page.evaluate(() => scrollTo(0, 1_000));
  const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? Number.NaN;
  await expect.poll(() => top('.link-state')).toBeGreaterThanOrEqual(0);
  expect(await top('.link-state')).toBeLessThan(48);
  expect(await top('.page-links')).toBeLessThan(-39);
  expect((await page.locator('.switches').boundingBox())?.y).toBeLessThan(0);
});

test.each(themes)('the menu, a viewer, and signed out, at every width, %s', async (theme) => {
  const service = await serve({ play: 'failing' });
  for (const width of sizes) {
    service.identity = scriptedIdentity('admin');
    const page = await open(service, { theme, width });
    await isLive(page);
    await menu(page).click();
    await look(page, `person-menu-${theme}-${width}`);
    service.identity = null;
    service.closeSignedOut();
    await expect.poll(() => headline(page)).toBe('Signed out');
    await look(page, `signed-out-${theme}-${width}`);
    const expires_at = new Date(Date.now() + 8.5 * 60_000).toISOString();
    service.identity = scriptedIdentity('viewer', { expires_at, regions: ['EU-London', 'EU-Paris'] });
    await page.reload();
    await isLive(page);
    await menu(page).click();
    await look(page, `person-viewer-${theme}-${width}`);
    await page.close();
  }
});
