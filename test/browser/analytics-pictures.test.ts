// The states of the Analytics page's view of sessions, at every width in both themes: what axe says, that nothing
// sticks out, and a picture.
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
  readonly go?: (page: Page) => Promise<void>;
  readonly isLoading?: true;
}

const states: Readonly<Record<string, State>> = {
  month: {},
  filtered: {
    search: '?from=2026-10-01&to=2026-10-31&tz=UTC&country=US,GB&genre=!Drama&content_id=film-002',
    go: async (page) => {
      await page.keyboard.press('t');
      await page.locator('.add-filter summary').click();
    },
  },
  today: { search: '?days=1&compare=off' },
  sampled: {
    set: (service) => {
      service.warehouse.usersOneIn = 4_000;
    },
  },
  film: { search: '?movie=film-002' },
  user: { search: '?user=1-003e9563cc2a1251' },
  session: { search: '?session=s-f578fbfb5' },
  empty: {
    set: (service) => {
      service.warehouse.isEmpty = true;
    },
  },
  failed: {
    set: (service) => {
      service.fault = { of: 'GET /api/analytics/genres', code: 'storage_unavailable' };
    },
  },
  loading: {
    isLoading: true,
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
    const { search = '', set, go, isLoading } = states[name] as State;
    set?.(service);
    for (const width of sizes) {
      const page = await open(service, `/analytics${search}`, { width, theme });
      await page.locator('h1').waitFor();
      if (!isLoading) {
        await page.locator('.person-name').first().waitFor({ state: 'attached' });
        await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
      }
      await go?.(page);
      expect(await faults(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      const path = pictureOf(`analytics-${name}-${theme}-${width}`);
      await page.screenshot({ path, fullPage: true });
      await page.context().close();
    }
  },
);
