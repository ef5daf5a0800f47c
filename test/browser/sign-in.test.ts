// The page /sign-in in a real browser, before a scripted service: what it takes, what it says, and where it leads.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { scriptedIdentity, scriptedTokens } from '../support/scripted-session.ts';
import { faults, overflow, sitePages, themes, type Width, widths } from '../support/site-pages.ts';

const { serve, open } = sitePages();
const pictures = new URL('../../.cache/screenshots/', import.meta.url).pathname;
const sizes = Object.keys(widths).map(Number) as Width[];

const field = (page: Page) => page.getByLabel('Sign-in token');
const failure = (page: Page) => page.getByRole('alert');
const isLive = (page: Page) => page.locator('.regions tbody tr').last().waitFor();
const pathOf = (page: Page): string => page.url().slice(new URL(page.url()).origin.length);

async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `sign-in-${name}.png`), fullPage: true });
}

test('[ABL-86] by keyboard: the field has the focus, Enter signs in, and the page that was asked for opens', async () => {
  const service = await serve({ identity: null });
  const page = await open(service, { path: '/sign-in?then=%2F%3Fregion%3DEU-London' });
  await expect.poll(() => field(page).evaluate((element) => element === document.activeElement)).toBe(true);
  await expect.poll(() => field(page).getAttribute('type')).toBe('password');
  await expect.poll(() => field(page).getAttribute('autocomplete')).toBe('off');
  await page.keyboard.insertText(`  ${scriptedTokens.analyst}\n`);
  await page.keyboard.press('Enter');
  await isLive(page);
  expect(pathOf(page)).toBe('/?region=EU-London');
  expect(service.shownTokens).toEqual([scriptedTokens.analyst]);
});

test('[ACC-8] a link signs in by itself, and its token is neither in an address, nor in the history, nor kept', async () => {
  const service = await serve({ identity: null });
  const page = await open(service, { path: '/offline' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${service.address}/sign-in#${scriptedTokens.admin}`);
  await isLive(page);
  expect(service.shownTokens).toEqual([scriptedTokens.admin]);
  expect(asked.join(' ')).not.toContain('mqp_');
  await page.getByRole('link', { name: 'Admin' }).waitFor();
  await page.goBack();
  expect(page.url()).toBe(`${service.address}/offline`);
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  expect(kept).not.toContain('mqp_');
});

test('[ACC-8] the token of a link is out of the address before it is sent', async () => {
  const service = await serve({ identity: null });
  const page = await open(service, { path: '/offline' });
  let addressThen = '';
  await page.route('**/api/session', async (route) => {
    addressThen = await page.evaluate(() => location.href);
    await route.continue();
  });
  await page.goto(`${service.address}/sign-in?then=%2Fdocs#mqp_nobody`);
  await failure(page).getByText('signs nobody in').waitFor();
  expect(addressThen).toBe(`${service.address}/sign-in?then=%2Fdocs`);
});

test.each(['//evil.example', '/\\evil.example', 'javascript:alert(1)', 'https://evil.example/'])(
  '[ACC-8] a link that would lead away (%s) leads to the live view',
  async (then) => {
    const service = await serve({ identity: null });
    const page = await open(service, { path: `/sign-in?then=${encodeURIComponent(then)}` });
    await field(page).fill(scriptedTokens.viewer);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await isLive(page);
    expect(page.url()).toBe(`${service.address}/`);
  },
);

test('what went wrong is said, and the token can be sent again', async () => {
  const service = await serve({ identity: null });
  const page = await open(service, { path: '/sign-in' });
  const submit = async (text: string): Promise<void> => {
    await field(page).fill(text);
    await page.keyboard.press('Enter');
  };
  const said = (text: string) => failure(page).getByText(text).waitFor();
  await submit(' ');
  await said('Paste the token first');
  await submit('mq_live_0123456789');
  await said('the key of a producer');
  expect(service.shownTokens).toEqual([]);
  await submit('mqp_wrong');
  await said('This token signs nobody in');
  await expect.poll(() => field(page).getAttribute('aria-invalid')).toBe('true');
  service.signInProblem = 'too_many_requests';
  await submit(scriptedTokens.viewer);
  await said('Try again in 42 s');
  service.signInProblem = 'not_configured';
  await submit(scriptedTokens.viewer);
  await said('A secret of the deployment is missing');
  const { port } = service;
  await service.stop();
  await submit(scriptedTokens.viewer);
  await said('The server did not answer');
  await serve({ port, identity: null });
  await page.keyboard.press('Enter');
  await isLive(page);
});

test('who is signed in already is told so, and may go on or sign in as another', async () => {
  const service = await serve({ identity: scriptedIdentity('viewer') });
  const page = await open(service, { path: '/sign-in?then=%2Fdocs%2Fproblems' });
  await page.getByText('You are signed in as Vera Lind, viewer.').waitFor();
  await expect
    .poll(() => page.getByRole('link', { name: 'Go on' }).getAttribute('href'))
    .toBe('/docs/problems');
  await page.getByRole('button', { name: 'Sign in as another' }).press('Enter');
  await page.keyboard.insertText(scriptedTokens.admin);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/docs/problems');
  expect(service.identity?.role).toBe('admin');
});

test('[ACC-8] a link does not take the place of somebody who is signed in, unless they say so', async () => {
  const service = await serve({ identity: scriptedIdentity('admin') });
  const page = await open(service, { path: `/sign-in?then=%2Fdocs#${scriptedTokens.viewer}` });
  await page.getByText('You are signed in as Ada Okafor, admin.').waitFor();
  expect([service.identity?.role, service.shownTokens]).toEqual(['admin', []]);
  expect(page.url()).toBe(`${service.address}/sign-in?then=%2Fdocs`);
  await page.getByRole('button', { name: 'Sign in with the link' }).click();
  await page.waitForURL('**/docs');
  expect([service.identity?.role, service.shownTokens]).toEqual(['viewer', [scriptedTokens.viewer]]);
});

test.each(themes)(
  'its states at every width, %s: nothing for axe, nothing beyond the edge',
  async (theme) => {
    const service = await serve({ identity: null });
    for (const width of sizes) {
      service.identity = null;
      const page = await open(service, { path: '/sign-in', theme, width });
      const look = async (state: string): Promise<void> => {
        expect(await faults(page)).toEqual([]);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        await picture(page, `${state}-${theme}-${width}`);
      };
      await field(page).waitFor();
      await look('form');
      await field(page).fill('mqp_wrong');
      await page.keyboard.press('Enter');
      await failure(page).getByText('signs nobody in').waitFor();
      await look('failure');
      service.identity = scriptedIdentity('analyst');
      await page.reload();
      await page.getByRole('link', { name: 'Go on' }).waitFor();
      await look('signed-in');
      await page.close();
    }
  },
);
