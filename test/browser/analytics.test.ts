// The Analytics page's view of sessions, by hand and by keyboard, before a scripted service.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { AdminHarness } from '../support/admin-harness.ts';
import { adminPages } from '../support/admin-pages.ts';
import { arabicTitle, longTitle, oddTitle } from '../support/scripted-warehouse.ts';
import { overflow } from '../support/site-pages.ts';

const { serve, open } = adminPages();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const panel = (page: Page, name: string) => page.locator(`.${name}-panel`);
const rows = (page: Page, name: string) => panel(page, name).locator('tbody tr');
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const searchOf = (page: Page) => new URL(page.url()).searchParams;

/** What was asked last of an address. */
function lastAsked({ asked }: AdminHarness, path: string): URLSearchParams {
  const { what = '' } = asked.findLast((one) => one.what.startsWith(`GET /api/${path}?`)) ?? {};
  return new URLSearchParams(what.split('?')[1]);
}

const settled = async (page: Page): Promise<void> => {
  await page.locator('.person-name').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
};

async function opened(search = '', set: (service: AdminHarness) => void = () => undefined) {
  const service = await serve();
  set(service);
  const page = await open(service, `/analytics${search}`);
  await settled(page);
  return { service, page };
}

const tables = [
  'dashboard/metrics',
  ...['daily-trends', 'genres', 'devices', 'geographic', 'hourly-trends', 'quality'].map(
    (name) => `analytics/${name}`,
  ),
  ...['retention', 'users', 'top-movies'].map((name) => `analytics/${name}`),
];

describe('what is shown', () => {
  test('[ANA-8] each panel shows the numbers of the service', async () => {
    const { page, service } = await opened();
    const answer = async (path: string) =>
      (await (
        await page.request.get(`${service.address}/api/${path}?${lastAsked(service, path)}`)
      ).json()) as {
        data: Record<string, number | string | null>[];
      };
    const cards = await page.locator('.card').allInnerTexts();
    expect(cards.map((text) => text.split('\n')[0])).toEqual([
      'Active users',
      'Views',
      'Hours watched',
      'Mean completion',
    ]);
    expect(cards[0]).toContain('3,412');
    expect(cards[0]).toContain('of 5,000 known');
    expect(cards[0]).toContain('−2.4');
    expect(cards[1]).toContain('+12');
    const { data: days } = await answer('analytics/daily-trends');
    await expect.poll(() => rows(page, 'daily').count()).toBe(30);
    await expect.poll(() => rows(page, 'daily').last().textContent()).toContain(String(days[0]?.views));
    for (const [name, path, field] of [
      ['genres', 'genres', 'genre'],
      ['countries', 'geographic', 'country'],
      ['films', 'top-movies', 'genre'],
    ] as const) {
      const { data } = await answer(`analytics/${path}`);
      const texts = await rows(page, name).allTextContents();
      expect(texts).toHaveLength(10);
      data.forEach((row, i) => {
        expect(texts[i]).toContain(Number(row.views).toLocaleString('en-US'));
        if (field !== 'country') expect(texts[i]).toContain(String(row[field]));
      });
    }
    await expect.poll(() => rows(page, 'countries').first().textContent()).toContain('United States');
    await expect.poll(() => rows(page, 'devices').first().textContent()).toContain('smart tv');
    await expect.poll(() => panel(page, 'hours').locator('td').count()).toBe(168);
    const { data: hours } = await answer('analytics/hourly-trends');
    const sunday = hours.find(({ weekday, hour }) => weekday === 7 && hour === 20);
    await page.getByText(`Sunday 20:00: ${sunday?.views} views`).waitFor({ state: 'attached' });
    await expect.poll(() => panel(page, 'retention').locator('tbody td').nth(2).textContent()).toBe('52');
    await expect
      .poll(() => panel(page, 'quality').locator('tbody tr').first().textContent())
      .toContain('4K0.3–0.8');
    await expect.poll(() => rows(page, 'people').count()).toBe(10);
  });

  test('titles with markup, of 200 characters, from the right and with emoji are text, and break nothing', async () => {
    const { page } = await opened();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      const heights = await rows(page, 'films').evaluateAll((all) => all.map((row) => row.clientHeight));
      expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1);
    }
    const links = await panel(page, 'films').locator('tbody th a').allTextContents();
    expect(links).toEqual(expect.arrayContaining([oddTitle, longTitle, arabicTitle]));
    await expect.poll(() => page.locator('main script, main b[onmouseover]').count()).toBe(0);
    await panel(page, 'films').getByRole('link', { name: longTitle }).click();
    await expect.poll(() => heading(page).textContent()).toBe(longTitle);
    await settled(page);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  test('[ABL-76, ANA-8] a panel that fails is named, and the others go on; asked again, it comes', async () => {
    const { service, page } = await opened('', (scripted) => {
      scripted.fault = { of: 'GET /api/analytics/genres', code: 'storage_unavailable' };
    });
    await page.getByText('Genres could not be loaded.').waitFor();
    await expect.poll(() => rows(page, 'devices').count()).toBe(5);
    await expect.poll(() => page.locator('.card').count()).toBe(4);
    service.fault = null;
    await button(page, 'Try again to load Genres').click();
    await expect.poll(() => rows(page, 'genres').count()).toBe(10);
    await expect.poll(() => page.locator('.failed').count()).toBe(0);
  });

  test('[ABL-95] an empty warehouse says how it is filled; days without sessions offer more', async () => {
    const { page } = await opened('', (service) => {
      service.warehouse.isEmpty = true;
    });
    await page.getByRole('heading', { name: 'The warehouse has no sessions yet' }).waitFor();
    await page.getByText('POST /api/admin/run-etl').waitFor();
  });
});

test('[ABL-97, SES-6] sessions of one user in so many are said to be that; those of all need no word', async () => {
  const { page } = await opened('', (service) => {
    service.warehouse.usersOneIn = 4000;
  });
  await expect.poll(() => page.locator('.title-remark').textContent()).toContain(', of one user in 4,000');
  const all = await opened();
  expect(await all.page.locator('.title-remark').textContent()).not.toContain('one user');
});

describe('what is chosen', () => {
  test('[ABL-80, ANA-8] days, zone and comparison are the address, and the questions of all panels; back undoes each', async () => {
    const { service, page } = await opened();
    expect(String(searchOf(page))).toBe('tz=Europe%2FLondon');
    await button(page, '7 days').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => heading(page).textContent()).toBe('Last 7 days');
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await page.keyboard.press('Enter');
    await expect.poll(() => searchOf(page).get('tz')).toBe('Asia/Tokyo');
    await button(page, 'Compare').click();
    await settled(page);
    for (const path of tables) {
      const asked = lastAsked(service, path);
      expect([path, asked.get('days'), asked.get('tz'), asked.get('compare')]).toEqual([
        path,
        '7',
        'Asia/Tokyo',
        null,
      ]);
    }
    await expect.poll(() => page.locator('.change').count()).toBe(0);
    await page.goBack();
    await expect.poll(() => page.locator('.change').count()).toBe(4);
    await page.goBack();
    await page.goBack();
    await expect.poll(() => heading(page).textContent()).toBe('Last 30 days');
    const again = await open(service, '/analytics?days=90&tz=UTC&compare=off&country=!US');
    await settled(again);
    await expect.poll(() => heading(again).textContent()).toBe('Last 90 days');
    await expect.poll(() => again.locator('.chip').textContent()).toContain('is notUnited States');
    expect(lastAsked(service, 'analytics/genres').get('country')).toBe('!US');
  });

  test('chosen days are checked before they are asked, and asked as whole days of the zone', async () => {
    const { service, page } = await opened('?from=2026-06-01&to=2026-06-03&tz=America/New_York');
    await expect.poll(() => heading(page).textContent()).toBe('1 Jun to 3 Jun 2026');
    const asked = lastAsked(service, 'analytics/genres');
    const noon = Date.parse('2026-06-01T16:00Z');
    expect([asked.get('from'), asked.get('to')]).toEqual([noon, noon + 2 * 86_400_000 + 1].map(String));
    const before = service.asked.length;
    await page.getByLabel('Last day').fill('2026-05-02');
    await page.getByText('The first day must not be after the last.').waitFor();
    expect(service.asked.length).toBe(before);
  });

  test.each([
    ['genres', 'Comedy', 'genre', 'Comedy'],
    ['devices', 'mobile', 'device_type', 'mobile'],
    ['countries', 'Germany', 'country', 'DE'],
    ['people', 'premium', 'subscription_type', 'premium'],
  ])(
    '[ANA-8] a row of %s that is pressed is a chip, a parameter of every question and part of the address',
    async (name, text, field, value) => {
      const { service, page } = await opened();
      await panel(page, name).getByRole('button', { name: text, exact: true }).first().click();
      await settled(page);
      expect(searchOf(page).get(field)).toBe(value);
      for (const path of tables) expect([path, lastAsked(service, path).get(field)]).toEqual([path, value]);
      const chip = page.locator('.chip');
      await expect.poll(() => chip.textContent()).toContain(text);
      await chip.getByRole('button', { name: /turn round/ }).click();
      await expect.poll(() => searchOf(page).get(field)).toBe(`!${value}`);
      await settled(page);
      expect(lastAsked(service, 'analytics/devices').get(field)).toBe(`!${value}`);
      await chip.getByRole('button', { name: /show all again/ }).click();
      await expect.poll(() => searchOf(page).get(field)).toBeNull();
      await expect.poll(() => chip.count()).toBe(0);
    },
  );

  test('[ABL-81] what is left out grows with each row that is pressed, and Esc takes back the last filter', async () => {
    const { page } = await opened('?genre=!Drama&device_type=mobile');
    await panel(page, 'genres').getByRole('button', { name: 'Comedy' }).click();
    await expect.poll(() => searchOf(page).get('genre')).toBe('!Drama,Comedy');
    await page.keyboard.press('Escape');
    await expect.poll(() => searchOf(page).get('device_type')).toBeNull();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.chip').count()).toBe(0);
  });

  test('what no row shows is filtered by hand', async () => {
    const { service, page } = await opened();
    await page.locator('.add-filter summary').click();
    await page.getByLabel('What to filter by').selectOption('Region');
    await page.getByLabel('Value').fill('EU-London, "east"');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => lastAsked(service, 'analytics/genres').get('region'))
      .toBe('"EU-London, ""east"""');
    await expect.poll(() => page.locator('.chip bdi').textContent()).toBe('EU-London, "east"');
  });

  test('a day of the chart is chosen by the keyboard', async () => {
    const { page } = await opened('?days=7&tz=UTC');
    const chart = page.getByRole('slider', { name: /Views by day/ });
    await chart.focus();
    await page.keyboard.press('Home');
    const [, first = ''] =
      /from=(\S+)/.exec(`from=${await rows(page, 'daily').last().locator('th').textContent()}`) ?? [];
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toContain(first);
    await page.keyboard.press('Enter');
    await expect.poll(() => searchOf(page).get('from')).toBe(searchOf(page).get('to'));
    expect(searchOf(page).get('from')).not.toBeNull();
  });
});

describe('the table of films', () => {
  test('[ABL-84] is sorted, searched and paged by the service, and the address says how', async () => {
    const { service, page } = await opened();
    const asked = (name: string) => lastAsked(service, 'analytics/top-movies').get(name);
    const films = panel(page, 'films');
    await films.getByRole('button', { name: 'Rating' }).click();
    await expect.poll(() => asked('sort')).toBe('rating');
    await settled(page);
    await expect.poll(() => films.locator('[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await films.getByRole('button', { name: 'Rating' }).click();
    await expect.poll(() => asked('order')).toBe('asc');
    await settled(page);
    await expect.poll(() => films.locator('[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    await films.getByRole('button', { name: 'Next page of films' }).click();
    await expect.poll(() => asked('cursor')).toBe('10');
    await expect.poll(() => rows(page, 'films').count()).toBe(4);
    await films.getByRole('button', { name: 'First page of films' }).click();
    await expect.poll(() => rows(page, 'films').count()).toBe(10);
    await page.keyboard.press('/');
    await page.keyboard.type('night');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page, 'films').count()).toBe(2);
    expect([asked('q'), asked('cursor'), searchOf(page).get('q')]).toEqual(['night', null, 'night']);
  });

  test('[ABL-83] and any other is given as a file, with what is asked', async () => {
    const { service, page } = await opened('?country=GB');
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'CSV of Films').click()]);
    expect(file.suggestedFilename()).toBe('marquee-films.csv');
    expect(await readFile(await file.path(), 'utf8')).toMatch(/^rank,views\r\n1,/);
    const asked = lastAsked(service, 'analytics/top-movies');
    expect([asked.get('limit'), asked.get('country')]).toEqual(['200', 'GB']);
  });
});

describe('one thing alone', () => {
  test('[ABL-82, ANA-8] a film, its session and the user open out of one another by address, and back goes out again', async () => {
    const { service, page } = await opened('?days=7&tz=UTC&country=GB&content_id=!film-009');
    await panel(page, 'films').getByRole('link', { name: 'Harbour Lights' }).click();
    await expect.poll(() => heading(page).textContent()).toBe('Harbour Lights');
    expect(await page.title()).toContain('Harbour Lights');
    expect(searchOf(page).get('movie')).toBe('film-001');
    const asked = lastAsked(service, 'analytics/movies/film-001');
    expect([asked.get('days'), asked.get('country'), asked.get('content_id')]).toEqual(['7', 'GB', null]);
    await page.getByText('Mei Tanaka, Jo Maddox').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');

    await page.getByRole('region', { name: 'Last sessions' }).locator('tbody th a').first().click();
    await expect.poll(() => heading(page).textContent()).toContain('Session with');
    await expect
      .poll(() => page.getByRole('list', { name: 'Events of the session' }).locator('li').count())
      .toBe(7);
    await page.getByText('DECODE_STALL').waitFor();
    await page.locator('.facts a').filter({ hasText: /^1-/ }).click();
    await expect.poll(() => searchOf(page).get('user')).toMatch(/^1-/);
    await page.getByText('Signed up').waitFor();
    await expect.poll(() => heading(page).textContent()).toBe('m***');
    await page.goBack();
    await page.getByText('DECODE_STALL').waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await expect.poll(() => heading(page).textContent()).toBe('Harbour Lights');
    await page.keyboard.press('Escape');
    await expect.poll(() => rows(page, 'films').count()).toBe(10);
    expect(String(searchOf(page))).toBe('days=7&tz=UTC&country=GB&content_id=%21film-009');
  });

  test('a film is made a filter of everything', async () => {
    const { service, page } = await opened('?movie=film-003');
    await button(page, 'Filter everything by this film').click();
    await expect.poll(() => lastAsked(service, 'analytics/genres').get('content_id')).toBe('film-003');
    await settled(page);
    await expect.poll(() => page.locator('.chip bdi').textContent()).toBe('Night Trains to Trieste');
    expect(searchOf(page).get('movie')).toBeNull();
  });

  test('a session that was imported says that its events are not kept; one that is not there is an error', async () => {
    const { service, page } = await opened('?session=i-17');
    await page.getByText('Its events are not kept').waitFor();
    service.fault = { of: 'GET /api/analytics/users/', code: 'not_found' };
    const none = await open(service, '/analytics?user=1-nobody');
    await none.getByText('In these days could not be loaded.').waitFor();
    await none.getByRole('link', { name: 'Back' }).click();
    await expect.poll(() => rows(none, 'films').count()).toBe(10);
  });
});

test('the part from the stream is loaded when it is asked for, and no sooner', async () => {
  const { service, page } = await opened();
  const loaded = () =>
    page.evaluate(
      () =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .filter((name) => name.includes('stream-part')).length,
    );
  expect([await loaded(), service.asked.some(({ what }) => what.includes('/api/batch/'))]).toEqual([
    0,
    false,
  ]);
  await page.getByRole('link', { name: 'From the stream' }).click();
  await panel(page, 'popular').locator('tbody tr').first().waitFor();
  expect(await loaded()).toBeGreaterThan(0);
  expect(searchOf(page).get('part')).toBe('stream');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await expect.poll(() => page.locator('.card').count()).toBe(4);
});
