// The part of the Analytics page from the stream, by hand and by keyboard, before a scripted service.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { AdminHarness } from '../support/admin-harness.ts';
import { adminPages } from '../support/admin-pages.ts';

const { serve, open } = adminPages();

const dayMs = 86_400_000;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const panel = (page: Page, name: string) => page.locator(`.${name}-panel`);
const rows = (page: Page, name: string) => panel(page, name).locator('tbody tr');
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
/** What was asked last of a table. */
const lastAsked = ({ asked }: AdminHarness, table: string): URLSearchParams => {
  const { what = '' } = asked.findLast((one) => one.what.includes(`/api/batch/${table}?`)) ?? {};
  return new URLSearchParams(what.split('?')[1]);
};

async function opened(search = '', set: (service: AdminHarness) => void = () => undefined) {
  const service = await serve();
  set(service);
  const page = await open(service, `/analytics?part=stream&${search.slice(1)}`);
  await page.locator('.person-name').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
  return { service, page };
}

describe('what is asked', () => {
  test('[BAT-5] days, region and title are the address, and the questions of all panels; back undoes each', async () => {
    const { service, page } = await opened();
    await button(page, 'Yesterday').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => heading(page).textContent()).toBe('Yesterday');
    await page.getByLabel('Region', { exact: true }).selectOption('EU-London');
    await button(page, 'The Long Way').first().click();
    await panel(page, 'series').getByRole('heading', { name: 'The Long Way' }).waitFor();
    expect(new URL(page.url()).search).toBe('?part=stream&range=yesterday&region=EU-London&content=film-002');

    const today = Math.floor(Date.now() / dayMs) * dayMs;
    const range = [today - dayMs, today].map((ms) => new Date(ms).toISOString());
    for (const table of ['popular-movies', 'ratings-stats', 'hourly-stats', 'content', 'user-stats']) {
      await expect.poll(() => lastAsked(service, table).get('region')).toBe('EU-London');
      const asked = lastAsked(service, table);
      expect([asked.get('from'), asked.get('to')]).toEqual(range);
    }
    await expect.poll(() => lastAsked(service, 'hourly-stats').get('content_id')).toBe('film-002');
    expect(lastAsked(service, 'content').get('content_id')).toBe('film-002');
    expect(lastAsked(service, 'content').get('by')).toBe('hour');
    expect(lastAsked(service, 'popular-movies').get('content_id')).toBeNull();

    await page.goBack();
    await panel(page, 'series').getByRole('heading', { name: 'Harbour Lights' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.getByLabel('Region', { exact: true }).inputValue()).toBe('');
    await page.goBack();
    await expect.poll(() => heading(page).textContent()).toBe('Last 7 days');
  });

  test('chosen days are checked before they are asked', async () => {
    const { service, page } = await opened('?from=2026-01-05&to=2026-01-06');
    await expect
      .poll(() => heading(page).textContent())
      .toBe('5 Jan 2026 to 6 Jan 2026'.replace(' 2026 to', ' to'));
    const before = service.asked.length;
    await page.getByLabel('Last day').fill('2026-01-02');
    await page.getByText('The first day must not be after the last.').waitFor();
    expect(service.asked.length).toBe(before);
    await page.getByLabel('Last day').fill('2026-01-05');
    await expect.poll(() => heading(page).textContent()).toBe('5 Jan 2026');
    expect(lastAsked(service, 'popular-movies').get('to')).toBe('2026-01-06T00:00:00.000Z');
  });

  test('an answer to what is not asked any more is dropped', async () => {
    const { service, page } = await opened('?region=EU-London');
    service.delayMs = 700;
    await button(page, '30 days').click();
    await page.waitForTimeout(150);
    service.delayMs = 0;
    await button(page, 'Today').click();
    await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
    const first = () => rows(page, 'popular').first().textContent();
    const ofToday = await first();
    await page.waitForTimeout(900);
    expect(await first()).toBe(ofToday);
  });

  test('a title is let go by its chip', async () => {
    const { page } = await opened('?content=film-005');
    await button(page, 'film-005: show all titles again').click();
    await expect.poll(() => page.url()).not.toContain('content');
  });
});

describe('what is said', () => {
  test('[ABL-93, BAT-5] it says how much is computed and when; what is missing is listed, and an admin has it computed', async () => {
    const { service, page } = await opened('?range=yesterday&region=EU-London');
    await page.locator('.coverage b', { hasText: '22 of 24 hours' }).waitFor();
    await page.locator('.coverage time').waitFor();
    await page.locator('.missing summary').click();
    await expect.poll(() => page.locator('.missing tbody tr').count()).toBe(2);
    await button(page, /^Compute/)
      .last()
      .click();
    await page.getByText('24 runs were begun').waitFor();
    const from = new Date(Math.floor(Date.now() / dayMs) * dayMs - 5 * 3_600_000);
    const to = new Date(from.getTime() + 3_600_000);
    expect(service.asked.find(({ what }) => what.startsWith('POST'))?.body).toEqual({
      from: from.toISOString(),
      to: to.toISOString(),
      regions: ['EU-London'],
    });
  });

  test('[BAT-5] an analyst sees what is missing, but begins nothing; of whole days nothing is said to be', async () => {
    const { page } = await opened('?range=yesterday', (service) => {
      service.role = 'analyst';
    });
    await page.locator('.missing summary').click();
    await page.getByText('due', { exact: true }).first().waitFor();
    await expect.poll(() => button(page, /^Compute/).count()).toBe(0);
    const whole = await opened('?range=yesterday', (service) => {
      service.batch.isWhole = true;
    });
    await whole.page.locator('.coverage b', { hasText: '288 of 288 hours' }).waitFor();
    await expect.poll(() => whole.page.locator('.missing').count()).toBe(0);
  });

  test('[BAT-5, BAT-4] users are not asked for a viewer, who is told why', async () => {
    const { service, page } = await opened('', (scripted) => {
      scripted.role = 'viewer';
    });
    await panel(page, 'users').getByText('it needs the role analyst; yours is viewer').waitFor();
    expect(service.asked.some(({ what }) => what.includes('user-stats'))).toBe(false);
  });

  test('[BAT-5] a panel that fails is named, and the others go on; asked again, it comes', async () => {
    const { service, page } = await opened('', (scripted) => {
      scripted.fault = { of: 'GET /api/batch/popular-movies', code: 'storage_unavailable' };
    });
    await page.getByText('Most viewed could not be loaded.').waitFor();
    await expect.poll(() => rows(page, 'ratings').count()).toBe(9);
    await expect.poll(() => rows(page, 'pattern').count()).toBe(24);
    service.fault = null;
    await button(page, 'Try again to load Most viewed').click();
    await expect.poll(() => rows(page, 'popular').count()).toBe(10);
    await panel(page, 'series').getByRole('heading', { name: 'Harbour Lights' }).waitFor();
    await expect.poll(() => page.locator('.failed').count()).toBe(0);
  });

  test('where nothing is counted it says when the first hour comes', async () => {
    const { page } = await opened('', (service) => {
      service.batch.isEmpty = true;
    });
    await page.getByText('The batch layer knows of no events in these days').waitFor();
    await panel(page, 'series').getByText('No title was viewed in these days.').waitFor();
    await expect.poll(() => page.getByText('about 25 minutes after it ends').count()).toBeGreaterThan(0);
    await expect.poll(() => button(page, /^CSV/).count()).toBe(0);
  });

  test('who is not signed in comes back to the same days', async () => {
    const service = await serve();
    service.fault = { of: 'GET /api/', code: 'unauthorized' };
    const page = await open(service, '/analytics?part=stream&range=30d');
    await page.waitForURL(/\/sign-in/);
    expect(new URL(page.url()).searchParams.get('then')).toBe('/analytics?part=stream&range=30d');
  });
});

test('columns are as high as their counts, on a policy that forbids style attributes', async () => {
  const { page } = await opened('?range=yesterday');
  const heights = await panel(page, 'pattern')
    .locator('.column-fill')
    .evaluateAll((fills) => fills.map((fill) => fill.getBoundingClientRect().height));
  expect(heights).toHaveLength(24);
  // 740 K at 20:00 against 60 K at 8:00.
  expect((heights[20] ?? 0) / (heights[8] ?? 1)).toBeCloseTo(12.33, 0);
  const [first = 0, second = 0] = await panel(page, 'popular')
    .locator('.bar-track span')
    .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
  expect(first / second).toBeCloseTo(2, 1);
});

test('a list is shown in full when asked, and is given as a file', async () => {
  const { page, service } = await opened('?range=yesterday');
  await expect.poll(() => rows(page, 'popular').count()).toBe(10);
  await button(page, 'Show 12 rows of Most viewed').click();
  await expect.poll(() => rows(page, 'popular').count()).toBe(12);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    button(page, 'CSV of Most viewed').click(),
  ]);
  expect(file.suggestedFilename()).toBe('marquee-popular.csv');
  const text = await readFile(await file.path(), 'utf8');
  expect(text).toMatch(/^movie_id,view_count\r\nfilm-001,216000\r\n/);
  expect(lastAsked(service, 'popular-movies').get('limit')).toBe('1000');
});

test('the page is in the navigation, for every role', async () => {
  const service = await serve();
  for (const [role, path] of [
    ['viewer', '/analytics'],
    ['admin', '/admin/keys'],
  ] as const) {
    service.role = role;
    const page = await open(service, path);
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Analytics' });
    await expect.poll(() => link.getAttribute('href')).toBe('/analytics');
    await expect.poll(() => link.getAttribute('aria-current')).toBe(path === '/analytics' ? 'page' : null);
    await page.context().close();
  }
});

test.each(['de-DE', 'hi-IN'])(
  '[ABL-96] days are written as in %s, and no word is missing',
  async (locale) => {
    const page = await open(await serve(), '/analytics?part=stream', { locale });
    const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    await expect
      .poll(() => page.locator('main').textContent())
      .toContain(day.format(Date.now() - 86_400_000 * 6));
    await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
    expect(await page.locator('body').textContent()).not.toMatch(/undefined|NaN|\[object/);
  },
);
