// The page in a real browser, before a scripted service (test/support/site-harness.ts).
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sitePages } from '../support/site-pages.ts';

const { serve, open } = sitePages();

const headline = (page: Page) => page.locator('h1');
const eventsCard = (page: Page) => page.locator('.figure-card', { hasText: 'Events' }).locator('.figure');

test('[ABL-02] a number changes without a reload, and frames are acknowledged', async () => {
  const harness = await serve();
  const page = await open(harness);
  await page.waitForFunction(
    () => document.querySelector('h1')?.textContent === 'All 12 regions are healthy',
  );
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  const before = await eventsCard(page).getAttribute('title');
  await expect.poll(() => eventsCard(page).getAttribute('title'), { timeout: 10_000 }).not.toBe(before);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
  await expect
    .poll(() => harness.heard.filter(({ t }) => t === 'ack').length, { timeout: 10_000 })
    .toBeGreaterThan(1);
  expect(harness.heard[0]).toEqual({ t: 'subscribe', regions: '*', breakdown: '*' });
});

test.each([
  ['/', ['*']],
  ['/?region=EU-London', ['EU-London']],
  // A region that is not there: the socket is refused, and opened again without it.
  ['/?region=nowhere', ['*']],
])('[LIV-7] %s opens with one snapshot', async (path, expected) => {
  const harness = await serve();
  const sent: (string | undefined)[] = [];
  harness.reshape = (frame) => {
    if (frame.t === 'snapshot') sent.push(frame.breakdown?.region);
    return [JSON.stringify(frame)];
  };
  const page = await open(harness, { path });
  await page.locator('.trending tbody tr').first().waitFor();
  // What was asked for has been answered by then.
  await expect
    .poll(() => harness.heard.filter(({ t }) => t === 'ack').length, { timeout: 15_000 })
    .toBeGreaterThan(1);
  expect(sent).toEqual(expected);
});

test('[ABL-01] trouble that begins while the page is open becomes the headline, and goes away again', async () => {
  const harness = await serve();
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('All 12 regions are healthy');
  harness.play = 'failing';
  harness.dropViewers();
  await expect
    .poll(() => headline(page).textContent(), { timeout: 15_000 })
    .toBe('3 of 12 regions are failing downloads');
  await expect.poll(() => page.locator('.regions tbody tr').first().textContent()).toContain('EU-London');
  harness.play = 'normal';
  harness.dropViewers();
  await expect
    .poll(() => headline(page).textContent(), { timeout: 15_000 })
    .toBe('All 12 regions are healthy');
});

test('[ABL-04] a server that restarts is found again; until then the numbers are marked as old', async () => {
  const first = await serve();
  const page = await open(first);
  await expect.poll(() => headline(page).textContent()).toContain('healthy');
  await first.stop();
  await expect.poll(() => headline(page).textContent()).toMatch(/^Not connected since \d\d:\d\d:\d\d$/);
  await page.locator('.numbers.stale').waitFor();
  await expect.poll(() => page.locator('.as-of').textContent()).toMatch(/^as of \d\d:\d\d:\d\d$/);
  await serve({ port: first.port });
  await expect.poll(() => headline(page).textContent(), { timeout: 20_000 }).toContain('healthy');
  await page.locator('.numbers:not(.stale)').waitFor();
});

test('[ABL-03] frames that come late are said to be late', async () => {
  const harness = await serve();
  const page = await open(harness);
  const link = page.locator('.link-word');
  await expect.poll(() => link.textContent()).toBe('Live');
  harness.manner = 'slow';
  await expect.poll(() => link.textContent(), { timeout: 15_000 }).toBe('6 s behind');
});

test('[ABL-77] a database that is not migrated is named, with what to do, and the page recovers by itself', async () => {
  const harness = await serve({ manner: 'not-migrated' });
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('The database is not migrated');
  await expect.poll(() => page.locator('.remark').textContent()).toContain('npm run migrate');
  harness.manner = 'prompt';
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect.poll(() => headline(page).textContent()).toContain('healthy');
});

test('[ABL-75] an empty service says how to send the first event', async () => {
  const harness = await serve({ play: 'empty' });
  const page = await open(harness);
  await expect.poll(() => headline(page).textContent()).toBe('No events in the last 5 minutes');
  await expect
    .poll(() => page.locator('.command').textContent())
    .toContain(`curl ${harness.address}/v1/events`);
});

test('[ABL-07] a region is filtered by its row, shown as a chip and in the address, and undone by Esc', async () => {
  const harness = await serve();
  const page = await open(harness);
  await page.locator('.regions tbody tr', { hasText: 'EU-London' }).locator('.status-word').last().click();
  await page.locator('.chip', { hasText: 'EU-London' }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('?region=EU-London');
  await page.keyboard.press('Escape');
  await page.locator('.chip').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'EU-Paris', exact: true }).press('Enter');
  await page.locator('.chip', { hasText: 'EU-Paris' }).locator('.chip-off').click();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('[ABL-09, ABL-70, ABL-71] t shows the tables that screen readers always have, ? the keys, d the other theme, which is kept', async () => {
  const harness = await serve();
  const page = await open(harness);
  const rows = page.locator('.series-panel').first().locator('tbody tr');
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBeGreaterThan(80);
  const width = async () => (await page.locator('.series-panel section').first().boundingBox())?.width ?? 0;
  expect(await width()).toBe(1);
  await page.keyboard.press('t');
  await expect.poll(width).toBeGreaterThan(300);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('d');
  await page.locator('html[data-theme=dark]').waitFor();
  await page.reload();
  await page.locator('html[data-theme=dark]').waitFor();
});

test.each([360, 390] as const)(
  '[ABL-79] all switches stand in one row at %i pixels, none under 24 wide',
  async (width) => {
    const page = await open(await serve(), { width: 390 });
    await page.setViewportSize({ width, height: 844 });
    const boxes = () =>
      page.locator('.switches .button').evaluateAll((all) =>
        all.map((one) => {
          const { top, width: wide } = one.getBoundingClientRect();
          return { top, isWide: wide >= 24 };
        }),
      );
    await expect.poll(async () => (await boxes()).length).toBe(7);
    await expect.poll(async () => new Set((await boxes()).map(({ top }) => top)).size).toBe(1);
    expect((await boxes()).every(({ isWide }) => isWide)).toBe(true);
  },
);

/** Elements as Preact holds them, those that are drawn and those that were. */
async function heldElements(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { result } = await session.send('Runtime.evaluate', { expression: 'Object.prototype' });
  const { objects } = await session.send('Runtime.queryObjects', {
    prototypeObjectId: result.objectId ?? '',
  });
  const { result: counted } = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '',
    functionDeclaration: 'function () { return this.filter((one) => Object.hasOwn(one, "__k")).length; }',
    returnByValue: true,
  });
  await session.detach();
  return Number(counted.value);
}

test('[ABL-04] a page that was cut off holds no second copy of all its panels from then on', async () => {
  const harness = await serve();
  const page = await open(harness);
  await page.locator('.series-panel').last().locator('tbody tr').nth(50).waitFor({ state: 'attached' });
  /** Once all is drawn. */
  const settled = async (): Promise<number> => {
    let held = 0;
    await expect
      .poll(
        async () => {
          const last = held;
          held = await heldElements(page);
          return Math.abs(held - last);
        },
        { interval: 1_000, timeout: 30_000 },
      )
      .toBeLessThan(50);
    return held;
  };
  const before = await settled();
  expect(before).toBeGreaterThan(3_000);
  const cutOff = async (): Promise<number> => {
    harness.dropViewers();
    await page.locator('.numbers.stale').waitFor();
    await page.locator('.numbers:not(.stale)').waitFor();
    return await settled();
  };
  const once = await cutOff();
  expect(once).toBeLessThan(before * 1.4);
  await cutOff();
  expect(await cutOff()).toBeLessThan(once * 1.05);
});

test.each([
  ['de-DE', /^[\d.]+,\d+ a second$/, /^\d+,\d/],
  ['hi-IN', /^[\d,]+\.\d+ a second$/, /^\d+\.\d/],
])('[ABL-96] numbers are written as in %s, and no word is missing', async (locale, rate, share) => {
  const page = await open(await serve(), { locale });
  await expect.poll(() => eventsCard(page).getAttribute('title')).toMatch(rate);
  const success = page.locator('.figure-card', { hasText: 'Success rate' }).locator('.figure');
  await expect.poll(() => success.textContent()).toMatch(share);
  expect(await page.locator('body').textContent()).not.toMatch(/undefined|NaN|\[object/);
});
