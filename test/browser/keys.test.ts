// The sheet of keys and the keys themselves: what it says is heard, on the page that it is opened on.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { faults, overflow, sitePages, themes, widths } from '../support/site-pages.ts';

const live = sitePages();
const { serve, open } = adminPages();

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Keys' });

async function openSheet(page: Page): Promise<void> {
  await page.keyboard.press('?');
  await dialog(page).waitFor();
}

/** Whether a key, as the sheet writes it, was heard by the page. */
async function isHeard(page: Page, written: string): Promise<boolean> {
  const names: Readonly<Record<string, string>> = {
    Esc: 'Escape',
    'Page up': 'PageUp',
    'Page down': 'PageDown',
    Left: 'ArrowLeft',
    Right: 'ArrowRight',
    Up: 'ArrowUp',
    Down: 'ArrowDown',
  };
  await page.evaluate(() => {
    addEventListener('keydown', (event) => Object.assign(globalThis, { wasHeard: event.defaultPrevented }), {
      once: true,
    });
  });
  await page.keyboard.press(names[written] ?? written);
  return page.evaluate(() => (globalThis as unknown as { wasHeard: boolean }).wasHeard);
}

async function expectNoLie(page: Page): Promise<void> {
  await openSheet(page);
  const groups = await dialog(page)
    .locator('section')
    .evaluateAll((sections) =>
      sections.map((section) => ({
        name: section.querySelector('h3')?.textContent,
        keys: [...section.querySelectorAll('dt > span')].map((way) =>
          [...way.children].map(({ textContent }) => textContent).join(' '),
        ),
      })),
    );
  expect(groups.map(({ name }) => name)).toEqual(['What is shown', 'In a chart', 'This page', 'Go to']);
  await page.keyboard.press('Escape');
  const address = page.url();
  for (const { name, keys } of groups) {
    for (const key of keys.filter((one) => !one.startsWith('g '))) {
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      // A range that a key has chosen may have no chart.
      if (name === 'In a chart' && page.url() !== address) await page.goto(address);
      if (name === 'In a chart') await page.locator('.plots').first().focus();
      else await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      expect(`${key} ${await isHeard(page, key)}`).toBe(`${key} true`);
      // What these open comes when it is asked for.
      if (['?', 'v', 'a'].includes(key)) await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
    }
  }
}

test('[ABL-40] the sheet lists the keys of the Live view, and each of them is heard', async () => {
  const page = await live.open(await live.serve());
  await page.locator('.person').first().waitFor();
  await page.locator('.plots').first().waitFor();
  await expectNoLie(page);
});

test('[ABL-40] on the Analytics page it lists those of that page, whose ranges are keys', async () => {
  const page = await open(await serve(), '/analytics');
  await page.locator('.plots').first().waitFor();
  await expectNoLie(page);
  await page.keyboard.press('2');
  await expect.poll(() => new URL(page.url()).searchParams.get('days')).toBe('7');
});

test('[ABL-40] g and a letter goes to a page; the letters are not heard while somebody types', async () => {
  const page = await open(await serve(), '/analytics');
  await page.locator('.plots').first().waitFor();
  await page.keyboard.press('/');
  await page.getByLabel('Time zone').focus();
  await page.keyboard.type('gk?');
  expect(new URL(page.url()).pathname).toBe('/analytics');
  await expect.poll(() => dialog(page).count()).toBe(0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.waitForURL('**/admin/keys');
});

test.each(themes)('[ABL-40] the sheet can be read at every width, %s', async (theme) => {
  const page = await live.open(await live.serve(), { theme });
  await page.locator('.plots').first().waitFor();
  await openSheet(page);
  for (const width of [390, 1440] as const) {
    await page.setViewportSize({ width, height: widths[width] });
    expect(await faults(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `.cache/keys-${theme}-${width}.png` });
  }
});
