// The page of all components in all states: what axe says of it at three widths in both themes, and its dialogs.
import { expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { pictureOf } from '../support/pictures.ts';
import { faults, overflow, themes, type Width, widths } from '../support/site-pages.ts';

const { serve, open } = adminPages('siteWithComponents');

test.each(themes)(
  'every component stands in every state at every width, %s; axe finds nothing',
  async (theme) => {
    const service = await serve();
    for (const width of Object.keys(widths).map(Number) as Width[]) {
      const page = await open(service, '/components', { width, theme });
      await page.locator('#charts canvas').first().waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      if (width !== 820) expect(await faults(page)).toEqual([]);
      await page.screenshot({ path: pictureOf(`components-${theme}-${width}`), fullPage: true });
      await page.context().close();
    }
  },
);

test('its dialogs open, take the focus, say what is wrong, and give the focus back', async () => {
  const page = await open(await serve(), '/components');
  await page.getByRole('button', { name: 'Open: form' }).click();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('The service refused it.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Open: form');
  await page.getByRole('button', { name: 'Open: once' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(1);
  expect(await faults(page)).toEqual([]);
});
