// The Live view at other times than now, before a scripted service.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults, overflow, sitePages } from '../support/site-pages.ts';

const { serve, open } = sitePages();

/** The machine may be slow. */
const soon = <T>(value: () => T) => expect.poll(value, { timeout: 10_000 });
const search = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const link = (page: Page) => page.locator('.link-state').textContent();
const headline = (page: Page) => page.locator('h1').textContent();
const pressed = (page: Page) => page.locator('.time-bar [aria-pressed="true"]').textContent();
const title = (page: Page, id: string) => page.locator(`#${id}-title`).textContent();
/** The start of the minute that was open so many minutes ago, as addresses have it. */
const minutesAgo = (count: number): string =>
  new Date(Date.now() - count * 60_000).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z');

describe('[ABL-13] any past minute is shown as if it were live, and never looks live', () => {
  test('from the address: the head, the headline and the charts say which; back to live by key', async () => {
    const harness = await serve({ play: 'failing' });
    const at = minutesAgo(180);
    const page = await open(harness, { path: `/?at=${at}&region=EU-London` });
    const clock = at.slice(11, 16);
    await soon(() => headline(page)).toBe(`${clock}: All 12 regions were healthy`);
    await soon(() => link(page)).toMatch(new RegExp(`^Past, [23]\\u202fh ago\\d+ Nov.* ${clock}$`));
    await expect.poll(() => page.locator('.live-head.is-past').count()).toBe(1);
    expect(await title(page, 'minutes')).toMatch(/^Hour to \d\d:\d\d by minute$/);
    await expect
      .poll(() => page.locator('.figure-card', { hasText: 'Active viewers' }).textContent())
      .toContain('not kept');
    await soon(() => page.locator('.scrubber').textContent()).toContain('3 firing now');
    expect(await page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('l');
    await soon(() => headline(page)).toContain('3 of 12 regions are failing');
    expect(search(page)).toBe('?region=EU-London');
    await soon(() => link(page)).toMatch(/^Live/);
  });

  test('the slider and the arrows move by a minute; a hand that passes by asks for nothing', async () => {
    const harness = await serve();
    const page = await open(harness);
    await soon(() => headline(page)).toContain('healthy');
    await page.keyboard.press('ArrowLeft');
    await soon(() => link(page)).toMatch(/^Past/);
    const slider = page.getByRole('slider', { name: 'Minute that is shown' });
    await slider.focus();
    const first = Number(await slider.inputValue());
    await slider.press('ArrowLeft');
    await soon(async () => Number(await slider.inputValue())).toBe(first - 1);
    await page.locator('.numbers:not(.stale)').waitFor();
    const before = harness.asked.length;
    await slider.evaluate((input: HTMLInputElement) => {
      for (let i = 0; i < 30; i++) {
        input.value = String(Number(input.value) - 1);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await soon(async () => Number(await slider.inputValue())).toBe(first - 31);
    await soon(() => harness.asked.length).toBe(before + 1);
    await page.locator('.numbers:not(.stale)').waitFor();
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/ago$/);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await soon(() => link(page)).toMatch(/^Live/);
  });

  test('on a phone too, and nothing sticks out', async () => {
    const harness = await serve();
    const page = await open(harness, { path: `/?at=${minutesAgo(60)}`, width: 390, theme: 'dark' });
    await soon(() => headline(page)).toContain('were healthy');
    await page.locator('.scrubber').waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await faults(page)).toEqual([]);
  });
});

describe('[ABL-14] ranges: relative, from and to, today so far; by the clocks of any zone', () => {
  test('by button and key; one chart, and every number is of the range', async () => {
    const harness = await serve();
    const page = await open(harness);
    await soon(() => headline(page)).toContain('healthy');
    await page.keyboard.press('h');
    await page.getByRole('button', { name: '24 h', exact: true }).click();
    await soon(() => title(page, 'panes')).toBe('Last 24 hours by 10 min');
    await expect.poll(() => page.locator('.series-panel').count()).toBe(1);
    await expect
      .poll(() => page.locator('.figure-card', { hasText: 'Views' }).textContent())
      .toContain('in the last 24 hours');
    await soon(() => link(page)).toMatch(/^Every 30 s/);
    await page.keyboard.press('2');
    await soon(() => search(page)).toBe('?range=1h');
    expect(await pressed(page)).toBe('1 h');
    await page.keyboard.press('6');
    await soon(() => title(page, 'panes')).toMatch(/^Today so far/);
    await page.keyboard.press('0');
    await soon(() => search(page)).toBe('');
  });

  test('from and to are of the zone that is shown, and what cannot be is said', async () => {
    const harness = await serve();
    const path = '/?range=1h&tz=Asia/Tokyo';
    const page = await open(harness, { path });
    await soon(() => link(page)).toMatch(/^Every/);
    const utcHour = await page.locator('.link-state time').getAttribute('datetime');
    const tokyo = String((Number(utcHour?.slice(11, 13)) + 9) % 24).padStart(2, '0');
    await expect.poll(() => page.locator('.link-state time').textContent()).toMatch(new RegExp(`^${tokyo}:`));
    await page.getByRole('button', { name: 'From, to' }).click();
    const to = page.getByLabel('To', { exact: true });
    const end = await to.inputValue();
    await page.getByLabel('From', { exact: true }).fill(end);
    await soon(() => page.locator('#ends-fault').textContent()).toBe(
      'The first time must be before the last.',
    );
    const day = new Date(Date.parse(`${end}Z`) - 2 * 3_600_000).toISOString().slice(0, 16);
    await page.getByLabel('From', { exact: true }).fill(day);
    await soon(() => search(page)).toMatch(/^\?tz=Asia\/Tokyo&from=.*Z&to=.*Z$/);
    await soon(() => link(page)).toMatch(/^Past/);
    await page.getByLabel('Time zone').fill('UTC');
    await page.getByLabel('Time zone').press('Enter');
    await soon(() => search(page)).toContain('tz=UTC');
    expect(await faults(page)).toEqual([]);
  });
});

describe('[ABL-15] a drag on a chart zooms in, and out again by button and key', () => {
  test('by mouse, and by s and arrows', async () => {
    const harness = await serve();
    const page = await open(harness);
    await soon(() => headline(page)).toContain('healthy');
    const plots = page.locator('.series-panel').last().locator('.plots');
    await plots.scrollIntoViewIfNeeded();
    const box = await plots.boundingBox();
    const [left, top] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + 60];
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.mouse.move(left + 120, top, { steps: 4 });
    expect((await page.locator('.plot-selection').boundingBox())?.width).toBeGreaterThan(100);
    await page.mouse.up();
    await soon(() => search(page)).toMatch(/^\?from=.*Z&to=.*Z$/);
    await soon(() => link(page)).toMatch(/^Past/);
    const length = (): number => {
      const asked = new URL(page.url()).searchParams;
      return (Date.parse(asked.get('to') ?? '') - Date.parse(asked.get('from') ?? '')) / 60_000;
    };
    const zoomed = length();
    expect(zoomed).toBeGreaterThan(5);
    expect(zoomed).toBeLessThan(50);
    await page.getByRole('button', { name: 'Zoom out' }).click();
    await soon(length).toBe(2 * zoomed);
    await page.keyboard.press('Escape');
    await soon(() => search(page)).toBe('');
    const slider = plots;
    await slider.focus();
    for (let i = 0; i < 3; i++) await slider.press('ArrowLeft');
    await slider.press('s');
    for (let i = 0; i < 8; i++) await slider.press('ArrowLeft');
    await slider.press('Enter');
    await soon(length).toBe(9);
    await page.keyboard.press('z');
    await soon(length).toBe(18);
  });
});

describe('[ABL-16] numbers stand beside those of an earlier time', () => {
  test('as a dashed line, as a change in the figures, and as a column of the table', async () => {
    const harness = await serve();
    const page = await open(harness, { path: '/?range=6h' });
    await soon(() => title(page, 'panes')).toContain('Last 6 hours');
    const before = await page
      .locator('.plot canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    await page.getByLabel('Compare with').selectOption('previous');
    await soon(() => search(page)).toBe('?range=6h&compare=previous');
    const views = page.locator('.figure-card', { hasText: 'Views' }).locator('.figure-change');
    await soon(() => views.textContent()).toMatch(/^[+−]?\d.*%/);
    await page.getByRole('button', { name: 'Tables' }).click();
    await soon(() => page.locator('.series-panel th', { hasText: 'Before' }).count()).toBe(1);
    const after = await page
      .locator('.plot canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    expect(after).not.toBe(before);
    const asked = harness.asked.map((text) => new URLSearchParams(text)).filter((of) => of.has('to'));
    const hours = (Date.now() - Date.parse(asked[0]?.get('to') ?? '')) / 3_600_000;
    expect(Math.abs(hours - 6)).toBeLessThan(0.2);
    await page.getByLabel('Compare with').selectOption('week');
    await soon(() => search(page)).toBe('?range=6h&compare=week');
    await page.getByLabel('Compare with').selectOption('time');
    await soon(() => search(page)).toMatch(/compare=.*Z$/);
    expect(await faults(page)).toEqual([]);
  });
});
