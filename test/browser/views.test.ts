// The menu of saved views, before a scripted service.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { scriptedIdentity } from '../support/scripted-session.ts';
import { faults, overflow, sitePages, themes, widths } from '../support/site-pages.ts';

const { serve, open } = sitePages();

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Saved views' });
const row = (page: Page, name: string) => dialog(page).locator('li', { hasText: name });
const button = (page: Page, name: string | RegExp) => dialog(page).getByRole('button', { name, exact: true });

async function openMenu(page: Page): Promise<void> {
  await page.locator('.person').first().waitFor();
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  await row(page, 'London now').waitFor();
}

test('[ABL-41] a view is saved with what the page shows, opened, renamed, shared and deleted', async () => {
  const service = await serve();
  const page = await open(service, { path: '/?region=EU-Paris' });
  await openMenu(page);
  await expect.poll(() => row(page, 'Tokyo').locator('a').textContent()).toBe('Tokyo <b>by night</b>');
  await button(page, 'Save this view').click();
  await dialog(page).getByText('Must not be empty.').waitFor();
  await dialog(page).getByLabel('Name').fill('Paris, mine');
  await button(page, 'Save this view').click();
  await row(page, 'Paris, mine').waitFor();
  expect(service.views.at(-1)).toMatchObject({ address: '/?region=EU-Paris', visibility: 'personal' });
  await row(page, 'Paris, mine').locator('a[aria-current]').waitFor();

  await button(page, 'Change Paris, mine').click();
  // Where the keyboard goes on.
  await page.waitForFunction(() => document.activeElement?.id === 'name');
  await dialog(page).getByLabel('Name').fill('Paris, for all');
  await dialog(page).getByLabel('Shared').check();
  await button(page, 'Change it').click();
  await row(page, 'Paris, for all').waitFor();
  expect(service.views.at(-1)).toMatchObject({
    version: 2,
    visibility: 'shared',
    address: '/?region=EU-Paris',
  });

  await row(page, 'London now').getByRole('link').click();
  await page.locator('.chip', { hasText: 'EU-London' }).waitFor();

  await page.keyboard.press('v');
  await button(page, 'Delete Paris, for all').click();
  await button(page, 'Delete it').click();
  await row(page, 'Paris, for all').waitFor({ state: 'detached' });
  expect(service.views.map(({ name }) => name)).not.toContain('Paris, for all');
});

test('[ABL-41] who has not read the newest version is told what it is, and overwrites nothing unseen', async () => {
  const service = await serve();
  const page = await open(service);
  await openMenu(page);
  await button(page, 'Change London now').click();
  const at = service.views.findIndex(({ id }) => id === 'london');
  const [held] = service.views.slice(at, at + 1);
  if (held) service.views[at] = { ...held, version: 2, name: 'London by Ada' };
  await dialog(page).getByLabel('Name').fill('London by me');
  await button(page, 'Change it').click();
  await dialog(page).getByRole('alert').getByText('it is “London by Ada” now').waitFor();
  expect(service.views[at]?.name).toBe('London by Ada');
  await expect.poll(() => dialog(page).getByLabel('Name').inputValue()).toBe('London by me');
  await button(page, 'Change it').click();
  await row(page, 'London by me').waitFor();
  expect(service.views[at]).toMatchObject({ version: 3, name: 'London by me' });
});

test('[ABL-41] a viewer opens views and is offered no more; the view of another is not changed', async () => {
  const service = await serve({ identity: scriptedIdentity('viewer') });
  const page = await open(service);
  await openMenu(page);
  await expect.poll(() => dialog(page).getByRole('button').allTextContents()).toEqual(['Close']);
  service.identity = scriptedIdentity('analyst');
  await page.reload();
  await openMenu(page);
  await expect.poll(() => row(page, 'London now').getByRole('button').count()).toBe(2);
  await expect.poll(() => row(page, 'Drama').getByRole('button').count()).toBe(0);
});

test.each(themes)('[ABL-41] the menu at three widths, %s', async (theme) => {
  const page = await open(await serve(), { theme, path: '/?region=EU-London' });
  await openMenu(page);
  await button(page, 'Change London now').click();
  for (const width of [820, 390, 1440] as const) {
    await page.setViewportSize({ width, height: widths[width] });
    if (width !== 820) expect(await faults(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `.cache/views-${theme}-${width}.png` });
  }
  await button(page, 'Cancel').click();
  await page.screenshot({ path: `.cache/views-${theme}.png` });
});
