// Annotations on the charts before a scripted service: seen by all, written, changed and deleted from the chart.
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { scriptedAnnotation } from '../support/scripted-annotations.ts';
import { scriptedIdentity } from '../support/scripted-session.ts';
import type { Harness } from '../support/site-harness.ts';
import { sitePages } from '../support/site-pages.ts';

const minuteMs = 60_000;
const flags = (page: Page): Locator => page.locator('.lane').last().locator('.flag');
const dialog = (page: Page): Locator => page.locator('dialog[open]');
const labels = (page: Page): Promise<(string | null)[]> =>
  flags(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
const x = (one: Locator): Promise<number> => one.evaluate((element) => element.getBoundingClientRect().x);

describe('on the Live view', () => {
  const { serve, open } = sitePages();

  /** With its charts, and annotations of forty and of twenty minutes ago. */
  async function openLive(path = '/', role: 'viewer' | 'analyst' = 'analyst'): Promise<[Harness, Page]> {
    const service = await serve({ identity: scriptedIdentity(role) });
    const now = Date.now();
    service.annotations.rows = [
      scriptedAnnotation('span', now - 40 * minuteMs, {
        text: '<img src=x onerror=alert(1)> مباراة',
        until: new Date(now - 30 * minuteMs).toISOString(),
        region: 'EU-London',
      }),
      scriptedAnnotation('point', now - 20 * minuteMs, { text: 'Rollout 4711', tags: ['deploy'] }),
      scriptedAnnotation('far', now - 5 * 60 * minuteMs, { text: 'Long ago' }),
      scriptedAnnotation('paris', now - 10 * minuteMs, { text: 'Strike', region: 'EU-Paris' }),
    ];
    const page = await open(service, { path });
    await flags(page).last().waitFor();
    return [service, page];
  }

  test('[ABL-35] flags stand at their time in the charts, are read out and listed in the table; the filter holds for them', async () => {
    const [, page] = await openLive('/?region=EU-London');
    expect(await labels(page)).toEqual([
      'Annotation: <img src=x onerror=alert(1)> مباراة, EU-London',
      'Annotation: Rollout 4711',
    ]);
    const [span, point] = [await x(flags(page).first()), await x(flags(page).last())];
    const lane = await page
      .locator('.lane')
      .last()
      .evaluate((one) => one.clientWidth - 48 - 76);
    expect((point - span) / lane).toBeCloseTo(20 / 60, 1);
    const wide = await page
      .locator('.flag-span')
      .last()
      .evaluate((one) => one.clientWidth);
    expect(wide / lane).toBeCloseTo(10 / 60, 1);
    const table = page.locator('.series-panel').last().locator('table');
    await expect
      .poll(() => table.locator('td:last-child', { hasText: 'مباراة' }).count())
      .toBeGreaterThanOrEqual(10);
    await expect.poll(() => table.locator('td:last-child', { hasText: 'Rollout' }).count()).toBe(1);
    const chart = page.getByRole('slider').last();
    await chart.focus();
    let heard = '';
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageDown');
    for (let i = 0; i < 13 && !heard.includes('Rollout'); i++) {
      await page.keyboard.press('ArrowRight');
      heard = (await chart.getAttribute('aria-valuetext')) ?? '';
    }
    expect(heard).toMatch(/^\d\d:\d\d: .*Annotation: Rollout 4711$/);
    await flags(page).last().focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await expect.poll(() => dialog(page).textContent()).toContain('by Ada Okafordeploy');
    // Of somebody else: read, and not changed.
    await expect.poll(() => dialog(page).getByRole('button').allTextContents()).toEqual(['Close']);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    // One Esc has left one thing.
    expect(new URL(page.url()).search).toBe('?region=EU-London');
  });

  test('[ABL-36] one is written where the crosshair stands, at a key or a press on the lane, of the region that is filtered to', async () => {
    const [service, page] = await openLive('/?region=EU-London');
    await page.getByRole('slider').last().focus();
    await page.keyboard.press('PageDown');
    const stood = Number(await page.getByRole('slider').last().getAttribute('aria-valuenow'));
    await page.keyboard.press('a');
    await dialog(page).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Write it' }).press('Enter');
    await dialog(page).getByText('Must not be empty.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('text');
    await page.keyboard.type('Drained the origin');
    await page.getByLabel('Tags').fill('cdn');
    await page.getByLabel('Personal').check();
    await page.getByRole('button', { name: 'Write it' }).press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    expect(service.annotations.written.at(-1)?.body).toEqual({
      text: 'Drained the origin',
      at: new Date(stood).toISOString(),
      until: null,
      tags: ['cdn'],
      region: 'EU-London',
      visibility: 'personal',
    });
    await page
      .getByRole('button', { name: /^Annotation: Drained the origin, EU-London, yours alone/ })
      .last()
      .waitFor();
    await page.getByText('Annotation written.').waitFor({ state: 'attached' });

    const lane = page.locator('.lane-add').last();
    const box = await lane.boundingBox();
    await lane.click({ position: { x: (box?.width ?? 0) - 90, y: 12 } });
    await dialog(page).waitFor();
    const at = await page.getByLabel('When').inputValue();
    const minutesAgo = (Date.now() - Date.parse(`${at}Z`)) / minuteMs;
    expect(minutesAgo).toBeGreaterThan(-1);
    expect(minutesAgo).toBeLessThan(6);
    // Nothing is written by leaving.
    await page.keyboard.press('Escape');
    expect(service.annotations.written).toHaveLength(2);
  });

  test('[ABL-37] one’s own is changed and deleted; who was slower is told what it says now, and overwrites knowingly', async () => {
    const [service, page] = await openLive();
    const [, point] = service.annotations.rows;
    service.annotations.rows = [{ ...(point as NonNullable<typeof point>), mine: true }];
    await page.reload();
    await flags(page).last().click();
    await page.getByRole('button', { name: /^Change/ }).click();
    await page.getByLabel('What others should know').fill('Rollout 4711, rolled back');
    service.annotations.rows = service.annotations.rows.map((row) => ({
      ...row,
      version: 3,
      text: 'Rollout 4712',
    }));
    await page.getByRole('button', { name: 'Change it' }).click();
    await dialog(page).getByText('It says now: “Rollout 4712”').waitFor();
    expect(service.annotations.rows[0]?.text).toBe('Rollout 4712');
    await page.getByRole('button', { name: 'Change it' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(service.annotations.rows[0]).toMatchObject({ version: 4, text: 'Rollout 4711, rolled back' });
    await expect.poll(() => labels(page)).toEqual(['Annotation: Rollout 4711, rolled back']);

    await flags(page).last().click();
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect.poll(() => labels(page)).toEqual([]);
    expect(service.annotations.rows).toEqual([]);
  });

  test('[ABL-38] a viewer sees them and is offered no writing; what cannot be loaded is said beside the chart', async () => {
    const [service, page] = await openLive('/', 'viewer');
    await expect.poll(() => page.locator('.lane-add').count()).toBe(0);
    await page.keyboard.press('a');
    await flags(page).last().click();
    await dialog(page).waitFor();
    await expect.poll(() => dialog(page).getByRole('button').allTextContents()).toEqual(['Close']);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    service.annotations.fault = 'storage_unavailable';
    await page.reload();
    await page.getByText('No annotations: The database did not answer in time.').first().waitFor();
    service.annotations.fault = null;
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await flags(page).last().waitFor();
  });
});

describe('on the Analytics page', () => {
  const { serve, open } = adminPages();

  test('[ABL-39] they stand on their days; one is written to the day under the crosshair', async () => {
    const service = await serve();
    const dayMs = 1440 * minuteMs;
    service.annotations.rows = [
      scriptedAnnotation('a', Date.now() - 4 * dayMs, { text: 'Season opens' }),
      scriptedAnnotation('b', Date.now() - 100 * dayMs, { text: 'Long ago' }),
    ];
    const page = await open(service, '/analytics?days=30&tz=Asia%2FTokyo');
    await flags(page).waitFor();
    expect(await labels(page)).toEqual(['Annotation: Season opens']);
    await page.keyboard.press('t');
    const row = page.locator('.daily-panel tbody tr', { hasText: 'Season opens' });
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', day: 'numeric', month: 'short' });
    await expect.poll(() => row.locator('th').textContent()).toBe(day.format(Date.now() - 4 * dayMs));
    const chart = page.getByRole('slider');
    await chart.focus();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('a');
    await page.getByLabel('What others should know').fill('Price change');
    await page.getByRole('button', { name: 'Write it' }).press('Enter');
    await expect.poll(() => labels(page)).toHaveLength(2);
    const at = Date.parse(String(service.annotations.written[0]?.body.at));
    await chart.focus();
    await page.keyboard.press('PageDown');
    await expect
      .poll(() => chart.getAttribute('aria-valuetext'))
      .toMatch(new RegExp(`^${day.format(at)}: .*Annotation: Price change$`));
  });

  test('[ABL-39] from the stream they stand over the column of their time, and one is written by a press there', async () => {
    const service = await serve();
    const dayMs = 1440 * minuteMs;
    const noon = Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2;
    service.annotations.rows = [
      scriptedAnnotation('a', noon - 2 * dayMs, { text: 'Season opens' }),
      scriptedAnnotation('b', noon - 100 * dayMs, { text: 'Long ago' }),
      scriptedAnnotation('paris', noon - 3 * dayMs, { text: 'Strike', region: 'EU-Paris' }),
    ];
    const page = await open(service, '/analytics?part=stream&region=EU-London');
    await flags(page).waitFor();
    expect(await labels(page)).toEqual(['Annotation: Season opens']);
    const columns = page.locator('.annotated .column');
    await expect.poll(() => columns.count()).toBe(7);
    const middleOf = async (index: number) => {
      const box = await columns.nth(index).boundingBox();
      return (box?.x ?? 0) + (box?.width ?? 0) / 2;
    };
    // The staff is 8 pixels in; the last column is that of today.
    await expect.poll(async () => Math.abs((await x(flags(page))) + 8 - (await middleOf(4)))).toBeLessThan(8);
    const row = page.locator('.series-panel tbody tr', { hasText: 'Season opens' });
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
    await expect.poll(() => row.locator('th').textContent()).toBe(day.format(noon - 2 * dayMs));
    const lane = page.locator('.lane-add');
    await lane.click({ position: { x: (await middleOf(2)) - (await x(lane)), y: 10 } });
    await page.getByLabel('What others should know').fill('Price change');
    await page.getByRole('button', { name: 'Write it' }).press('Enter');
    await expect.poll(() => labels(page)).toHaveLength(2);
    const at = Date.parse(String(service.annotations.written[0]?.body.at));
    expect(day.format(at)).toBe(day.format(noon - 4 * dayMs));
    await page.locator('.series-panel').screenshot({ path: '.cache/stream-annotations.png' });
  });
});
