// The states of the Analytics page's part from the stream, at every width in both themes: what axe says, that nothing sticks out, and a picture.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { AdminHarness } from '../support/admin-harness.ts';
import { adminPages } from '../support/admin-pages.ts';
import { pictureOf } from '../support/pictures.ts';
import { faults, overflow, themes, type Width, widths } from '../support/site-pages.ts';

const { serve, open } = adminPages();

interface State {
  readonly search?: string;
  readonly set?: (service: AdminHarness) => void;
  /** Until what is to be seen is there. */
  readonly go?: (page: Page) => Promise<void>;
}

const settled = async (page: Page): Promise<void> => {
  await page.locator('.person-name').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
};

const states: Readonly<Record<string, State>> = {
  week: { go: settled },
  month: { search: '?range=30d&region=EU-London&content=film-003&day=2026-01-01', go: settled },
  hours: {
    search: '?range=yesterday',
    go: async (page) => {
      await settled(page);
      await page.locator('.missing summary').click();
      await page
        .getByRole('button', { name: /^Compute/ })
        .first()
        .click();
      await page.getByText('24 runs were begun').waitFor();
    },
  },
  days: {
    search: '?range=today',
    set: (service) => {
      service.role = 'viewer';
      service.batch.isWhole = true;
    },
    go: async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Choose days' }).click();
      await page.getByLabel('First day').fill('2026-01-01');
      await page.getByLabel('First day').blur();
      await page.getByText('At most 92 days.').waitFor();
    },
  },
  empty: {
    set: (service) => {
      service.batch.isEmpty = true;
    },
    go: settled,
  },
  failed: {
    set: (service) => {
      service.fault = { of: 'GET /api/batch/ratings-stats', code: 'storage_unavailable' };
    },
    go: async (page) => {
      await settled(page);
      await page.getByText('Ratings could not be loaded.').waitFor();
    },
  },
  loading: {
    set: (service) => {
      service.delayMs = 60_000;
    },
  },
};

const sizes = Object.keys(widths).map(Number) as Width[];

test.each(Object.keys(states).flatMap((name) => themes.map((theme) => [name, theme] as const)))(
  '%s, %s',
  async (name, theme) => {
    const service = await serve();
    const { search = '', set, go } = states[name] as State;
    set?.(service);
    for (const width of sizes) {
      const page = await open(service, `/analytics?part=stream&${search.slice(1)}`, { width, theme });
      await page.locator('.coverage').waitFor();
      await go?.(page);
      if (width !== 820) expect(await faults(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      const path = pictureOf(`analytics-stream-${name}-${theme}-${width}`);
      await page.screenshot({ path, fullPage: true });
      await page.context().close();
    }
  },
);
