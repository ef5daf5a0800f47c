// Every state of the page at every width in both themes: what axe says to it, that nothing sticks out, and a picture.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pictureOf } from '../support/pictures.ts';
import type { Harness } from '../support/site-harness.ts';
import {
  faults,
  overflow,
  sitePages,
  type Theme,
  themes,
  type Width,
  widths,
} from '../support/site-pages.ts';

const { serve, open } = sitePages();

const sizes = Object.keys(widths).map(Number) as Width[];

/** `asked`: widths at which axe is asked; it takes seconds, and what it judges changes with the layout at most. */
async function look(page: Page, what: string, width: Width, asked: readonly Width[]): Promise<void> {
  const name = `${what}-${width}`;
  if (asked.includes(width)) expect(await faults(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: pictureOf(`live-${name}`), fullPage: true });
}

const rows = (page: Page) => page.locator('.regions tbody tr');
const openAll = (service: Harness, theme: Theme): Promise<Page[]> =>
  Promise.all(sizes.map((width) => open(service, { width, theme })));

const states = ['normal', 'failing', 'mixed', 'crowded', 'empty', 'reconnecting', 'loading'] as const;
const cases = states.flatMap((state) => themes.map((theme) => [state, theme] as const));

test.each(cases)('[ABL-79, ABL-92] %s, %s', async (state, theme) => {
  const play = state === 'reconnecting' || state === 'loading' ? 'normal' : state;
  const service = await serve({ play, manner: state === 'loading' ? 'mute' : 'prompt' });
  const pages = await openAll(service, theme);
  if (state !== 'loading') await Promise.all(pages.map((page) => rows(page).last().waitFor()));
  if (state === 'reconnecting') {
    await service.stop();
    await Promise.all(pages.map((page) => page.getByText('The server does not answer').waitFor()));
  }
  for (const [i, page] of pages.entries())
    await look(page, `${state}-${theme}`, sizes[i] ?? 1440, [390, 1440]);
});

test.each(themes)('tables, filter, comment, pause and keys, %s', async (theme) => {
  const service = await serve({ play: 'failing' });
  for (const width of sizes) {
    const page = await open(service, { theme, width });
    await rows(page).last().waitFor();
    const lookAt = (what: string): Promise<void> => look(page, `${what}-${theme}`, width, [1440]);
    await page.keyboard.press('t');
    await lookAt('tables');
    await page.keyboard.press('t');
    await rows(page).first().getByRole('button').click();
    await page.locator('.trending').waitFor();
    await lookAt('filter');
    await page.locator('.alert .button').first().click();
    await page.keyboard.press('x');
    await lookAt('comment');
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
    await lookAt('paused');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await lookAt('keys');
    await page.close();
  }
});
