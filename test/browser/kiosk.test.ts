// A screen on a wall, and a page on paper.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { faults, overflow, sitePages, themes, widths } from '../support/site-pages.ts';

const { serve, open } = sitePages();
const admin = adminPages();

const isSeen = (page: Page, selector: string) => page.locator(selector).first().isVisible();
const parametersOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

test.each(themes)(
  '[ABL-44] a kiosk has no chrome and larger type; whether it is live stays in sight, %s',
  async (theme) => {
    const page = await open(await serve(), { theme, path: '/' });
    await page.locator('.plot canvas').first().waitFor();
    await page.evaluate(() => {
      const locks: string[] = [];
      const request = (kind: string) => {
        locks.push(kind);
        return Promise.resolve({ release: () => Promise.resolve(locks.push('released')) });
      };
      Object.defineProperty(navigator, 'wakeLock', { value: { request } });
      Object.assign(globalThis, { locks });
      // The windows of a test cannot be made smaller while they fill the screen.
      document.documentElement.requestFullscreen = () => Promise.reject(new Error('not here'));
    });
    await page.setViewportSize({ width: 1920, height: 1080 });
    const titleHeight = async () => (await page.locator('h1').boundingBox())?.height ?? 0;
    const before = await titleHeight();
    await page.keyboard.press('k');
    await page.locator('html[data-kiosk]').waitFor();
    for (const gone of ['.switches', '.person', '.page-nav a', '.page-foot', '.panel-more'])
      expect(`${gone} ${await isSeen(page, gone)}`).toBe(`${gone} false`);
    await expect.poll(() => page.locator('.link-word').textContent()).toBe('Live');
    expect(await isSeen(page, '.link-word')).toBe(true);
    expect(await titleHeight()).toBeGreaterThan(before * 1.2);
    const cursor = () =>
      page.evaluate(() => getComputedStyle(document.querySelector('h1') ?? document.body).cursor);
    expect(await cursor()).toBe('none');
    expect(await page.evaluate(() => (globalThis as unknown as { locks: string[] }).locks)).toEqual([
      'screen',
    ]);
    for (const width of [390, 820, 1440, 1920] as const) {
      await page.setViewportSize({ width, height: width === 1920 ? 1080 : widths[width] });
      await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
      if (width === 390 || width === 1920) expect(await faults(page)).toEqual([]);
      await page.screenshot({ path: `.cache/kiosk-${theme}-${width}.png` });
    }
    await page.mouse.move(300, 300);
    await expect.poll(cursor).not.toBe('none');
    await page.keyboard.press('Escape');
    await page.locator('html:not([data-kiosk])').waitFor();
    await expect.poll(() => isSeen(page, '.page-nav a')).toBe(true);
    expect(parametersOf(page)).toEqual({});
    expect(await page.evaluate(() => (globalThis as unknown as { locks: string[] }).locks)).toEqual([
      'screen',
      'released',
    ]);
  },
);

test('[ABL-44] an address is a kiosk, goes round its regions, and Esc leaves it where it stands', async () => {
  const page = await open(await serve(), { path: '/?kiosk=1&rotate=1s&region=EU-London' });
  await page.locator('html[data-kiosk]').waitFor();
  await page.locator('.chip', { hasText: 'EU-Paris' }).waitFor();
  expect(parametersOf(page)).toEqual({ kiosk: '1', rotate: '1s', region: 'EU-Paris' });
  await page.keyboard.press('Escape');
  await expect.poll(() => parametersOf(page)).toEqual({ region: 'EU-Paris' });
  const fillsScreen = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press('k');
  await expect.poll(fillsScreen).toBe(true);
  await page.evaluate(() => document.exitFullscreen());
  await page.locator('html:not([data-kiosk])').waitFor();
});

test('[ABL-44] or round the saved views, by name, with the interval in each address', async () => {
  const page = await open(await serve(), { path: '/?region=EU-London&kiosk=1&rotate=1s&of=views' });
  await page.waitForURL('**/?region=ASIA-Tokyo&kiosk=1&rotate=1s&of=views');
  await page.locator('html[data-kiosk]').waitFor();
});

test.each(themes)(
  '[ABL-45] on paper there is what is shown, black on white, with address and time, %s',
  async (theme) => {
    const live = await open(await serve({ play: 'failing' }), { theme, path: '/?region=EU-London' });
    await live.locator('.plot canvas').first().waitFor();
    await live.locator('.trending tbody tr').first().waitFor();
    const analytics = await admin.open(await admin.serve(), '/analytics', { theme });
    await analytics.locator('.plot canvas').first().waitFor();
    for (const [name, page] of [
      ['live', live],
      ['analytics', analytics],
    ] as const) {
      await page.setViewportSize({ width: 820, height: 1180 });
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      for (const gone of ['.switches', '.person', '.button', '.panel-more', '.page-foot'])
        expect(`${gone} ${await isSeen(page, gone)}`).toBe(`${gone} false`);
      expect(await isSeen(page, '.page-nav a[aria-current]')).toBe(true);
      const { ground, ink, foot } = await page.evaluate(() => ({
        ground: getComputedStyle(document.documentElement).backgroundColor,
        ink: getComputedStyle(document.body).color,
        foot: getComputedStyle(document.body, '::after').content,
      }));
      expect(ground).toBe('rgb(255, 255, 255)');
      expect(Number(/[\d.]+/.exec(ink)?.[0])).toBeLessThan(0.4);
      expect(foot).toContain(page.url());
      expect(foot).toMatch(/November|\d{4} at \d\d:\d\d/);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect({ name, faults: await faults(page) }).toEqual({ name, faults: [] });
      await page.screenshot({ path: `.cache/print-${name}-${theme}.png`, fullPage: true });
    }
  },
);

test('[ABL-45] so it is with the System page and those of admins', async () => {
  const service = await admin.serve();
  const page = await admin.open(service, '/system', { theme: 'dark', width: 820 });
  for (const path of ['/system', '/admin/keys', '/admin/audit']) {
    await page.emulateMedia({ media: 'screen' });
    await page.goto(service.address + path);
    await page.locator('h1').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const buttons = page.locator('.button:not(tbody *)').filter({ visible: true });
    expect({ path, buttons: await buttons.allTextContents() }).toEqual({ path, buttons: [] });
    const foot = await page.evaluate(() => getComputedStyle(document.body, '::after').content);
    expect(foot).toContain(path);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect({ path, faults: await faults(page) }).toEqual({ path, faults: [] });
    await page.screenshot({ path: `.cache/print${path.replaceAll('/', '-')}.png` });
  }
});
