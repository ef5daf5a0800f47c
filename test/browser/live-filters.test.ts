// What the Live view is asked to show, before a scripted service: filters, in the address.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults, overflow, sitePages } from '../support/site-pages.ts';

const { serve, open } = sitePages();

/** The machine may be slow. */
const soon = <T>(value: () => T) => expect.poll(value, { timeout: 10_000 });
const chips = (page: Page) => page.locator('.filter-line .chip').allTextContents();
const search = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const figure = (page: Page, name: string) =>
  page.locator('.figure-card', { hasText: name }).locator('.figure').first();
const word = (page: Page) => page.locator('.link-word');

describe('[ABL-10] what is pressed is what is shown', () => {
  test('regions by row and mark: one, several, all but some; the address, the chip and Esc', async () => {
    const harness = await serve();
    const page = await open(harness);
    await page.getByRole('button', { name: 'EU-London', exact: true }).click();
    expect(await chips(page)).toEqual(['RegionisEU-London']);
    expect(search(page)).toBe('?region=EU-London');
    await page.locator('.map-mark', { hasText: 'Tokyo' }).click({ modifiers: ['Shift'] });
    await soon(() => search(page)).toBe('?region=EU-London,ASIA-Tokyo');
    await expect.poll(() => page.locator('.regions tr.chosen').count()).toBe(2);
    await page.getByRole('button', { name: 'Region is: turn round' }).click();
    await soon(() => search(page)).toBe('?region=!EU-London,ASIA-Tokyo');
    await expect.poll(() => page.locator('.regions tr.left-out').count()).toBe(2);
    await soon(() => word(page).textContent()).toBe('Every 2 s');
    await page.keyboard.press('Escape');
    await soon(() => search(page)).toBe('?region=!EU-London');
    await page.keyboard.press('Escape');
    await soon(() => search(page)).toBe('');
    await soon(() => word(page).textContent()).toBe('Live');
    await expect.poll(() => page.locator('.filter-line').textContent()).toContain('All regions');
  });

  test('devices, types and titles by bar and row; what they cannot be told by says so', async () => {
    const harness = await serve();
    const page = await open(harness);
    await page.locator('.trending').waitFor();
    const all = Number((await figure(page, 'Downloads').getAttribute('title'))?.replaceAll(',', ''));
    await page.locator('.bar', { hasText: 'smart tv' }).click();
    await soon(() => chips(page)).toEqual(['Deviceissmart tv']);
    await page.getByText('Not told beside the filter device').first().waitFor();
    const of = async () =>
      Number((await figure(page, 'Downloads').getAttribute('title'))?.replaceAll(',', ''));
    await soon(of).toBeLessThan(all / 2);
    await expect.poll(() => page.locator('#panes-title').textContent()).toBe('Last 15 minutes by minute');
    await expect.poll(() => page.locator('.bar.chosen').count()).toBe(1);
    await page.locator('.bar', { hasText: 'smart tv' }).click();
    await page.getByRole('button', { name: 'Salt' }).click();
    await soon(() => search(page)).toBe('?content_id=movie-61');
    await soon(() => chips(page)).toEqual(['TitleisSalt']);
    await page.goBack();
    await soon(() => chips(page)).not.toEqual(['TitleisSalt']);
  });

  test('a link shows the same to the next person', async () => {
    const harness = await serve();
    const page = await open(harness, { path: '/?device_type=!mobile&region=EU-London,EU-Paris', width: 390 });
    await soon(() => chips(page)).toEqual(['Deviceis notmobile', 'RegionisEU-London, EU-Paris']);
    await page.locator('.regions tr.chosen').first().waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await faults(page)).toEqual([]);
  });
});

describe('[ABL-11] what the socket cannot tell is asked for, and the page does not call it live', () => {
  test('again every 2 s, its end alone; while nothing answers the numbers fade, and come back', async () => {
    const harness = await serve();
    const page = await open(harness, { path: '/?device_type=mobile' });
    await soon(() => word(page).textContent()).toBe('Every 2 s');
    await soon(() => harness.asked.length).toBeGreaterThan(2);
    expect(harness.asked[0]).toMatch(/^\?minutes=60&/);
    expect(harness.asked[1]).toMatch(/^\?minutes=12&/);
    harness.pictureProblem = 'storage_unavailable';
    await page.locator('.numbers.stale').waitFor();
    await soon(() => word(page).textContent()).toBe('No answer');
    await expect.poll(() => page.locator('.as-of').textContent()).toContain('Nothing answers.');
    harness.pictureProblem = null;
    await page.locator('.numbers:not(.stale)').waitFor();
    await soon(() => word(page).textContent()).toBe('Every 2 s');
  });
});

describe('[ABL-12] nonsense in every parameter is left out, calmly', () => {
  test('and the rest is shown', async () => {
    const harness = await serve();
    const nonsense =
      '?region=Nowhere,EU-London&device_type=&content_type=!&at=soon&range=9y&from=1&to=0&compare=x&tz=Moon';
    const page = await open(harness, { path: nonsense });
    await soon(() => page.locator('h1').textContent()).toContain('healthy');
    await soon(() => chips(page)).toEqual(['RegionisEU-London']);
    const told = await page.locator('.left-words').textContent();
    for (const text of [
      'Nowhere',
      'device_type=',
      'content_type=!',
      'at=soon',
      'range=9y',
      'from=1',
      'to=0',
      'compare=x',
      'tz=Moon',
    ])
      expect(told).toContain(text);
    expect(search(page)).toBe('?region=EU-London');
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => page.locator('.left-words').count()).toBe(0);
  });
});
