// Alerts on the page: an outage from its first red mark to the resolved alert, and what the hands can do meanwhile.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { resolvedAlert, scriptedAlert } from '../support/scripted-alerts.ts';
import { sitePages } from '../support/site-pages.ts';

const { serve, open } = sitePages();

const pictures = new URL('../../.cache/screenshots/', import.meta.url).pathname;
const headline = (page: Page) => page.locator('h1').textContent();
const alertOf = (page: Page, id: string): Locator => page.locator(`[data-alert="${id}"]`);
const announced = (page: Page) => page.locator('.announcer').textContent();

/** Open, with its numbers. */
async function openLive(...look: Parameters<typeof open>): Promise<Page> {
  const page = await open(...look);
  await page.locator('.regions tbody tr').last().waitFor();
  return page;
}

test('[ABL-73, ABL-74] an outage: fires, is acknowledged on the way, is resolved; the tab and screen readers hear of it', async () => {
  const harness = await serve();
  const page = await openLive(harness);
  const pictured = async (name: string): Promise<void> => {
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `outage-${name}.png`), fullPage: true });
  };
  await page.getByText('No alerts in the last hour').waitFor();
  expect(await page.title()).toBe('Marquee: live');

  const alert = scriptedAlert('outage', Date.now());
  harness.tell(alert);
  await alertOf(page, 'outage').waitFor();
  await expect.poll(() => alertOf(page, 'outage').textContent()).toContain('Critical');
  await expect.poll(() => headline(page)).toBe('1 of 12 regions is failing downloads, 1 alert firing');
  await expect.poll(() => page.title()).toBe('(1) Marquee: live');
  await expect.poll(() => announced(page)).toBe(`Critical alert: ${alert.message}`);
  await pictured('1-firing');

  harness.ackDelayMs = 600;
  await page.getByRole('button', { name: `Acknowledge: ${alert.message}` }).click();
  await page.getByRole('textbox').pressSequentially('On it.');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sending' }).waitFor();
  await expect.poll(() => page.locator('.acknowledged-by').count()).toBe(0);
  await page.locator('.acknowledged-by').waitFor();
  await expect
    .poll(() => page.locator('.acknowledged-by').textContent())
    .toMatch(/^Acknowledged at \d\d:\d\d by operatorOn it\.$/);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-alert')))
    .toBe('outage');
  await page.getByText('Acknowledged.', { exact: true }).waitFor();
  await pictured('2-acknowledged');

  const [acknowledged = alert] = harness.alerts;
  harness.tell(resolvedAlert(acknowledged, Date.now()));
  await expect.poll(() => headline(page)).toBe('All 12 regions are healthy');
  await expect.poll(() => alertOf(page, 'outage').textContent()).toContain('healthy again');
  await expect.poll(() => announced(page)).toBe(`Resolved, healthy again: ${alert.message}`);
  await expect.poll(() => page.title()).toBe('Marquee: live');
  await pictured('3-resolved');
});

test('an acknowledgement that is refused says why, keeps the comment, and Esc leaves without sending', async () => {
  const harness = await serve({ play: 'failing' });
  const page = await openLive(harness, { path: '/?region=EU-London' });
  harness.ackProblem = 'already_acknowledged';
  await page.locator('.alert .button').first().click();
  await page.getByRole('textbox').pressSequentially('Mine.');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await expect
    .poll(() => page.getByRole('alert').textContent())
    .toBe('Not acknowledged. Someone else was quicker.');
  const input = page.getByRole('textbox');
  await expect.poll(() => input.inputValue()).toBe('Mine.');
  await input.press('Escape');
  await input.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Acknowledge');
  // One Esc has left one thing: the filter is still there.
  await expect.poll(() => page.locator('.chip bdi').textContent()).toBe('EU-London');
});

test('an alert that no window would resolve is closed by a person, acknowledged or not', async () => {
  const harness = await serve({ play: 'mixed' });
  const page = await openLive(harness);
  const silent = alertOf(page, 'sydney-silent');
  await silent.getByRole('button', { name: /^Acknowledge/ }).click();
  await page.getByRole('textbox').press('Enter');
  await silent.getByRole('button', { name: /^Close/ }).click();
  await page.keyboard.press('Enter');
  await silent.getByText('closed by a person').waitFor();
  const errors = alertOf(page, 'mumbai-errors');
  await errors.getByRole('button', { name: /^Acknowledge/ }).click();
  await page.getByRole('textbox').fill('A test of ours.');
  await errors.getByRole('button', { name: 'Close alert' }).click();
  await errors.getByText('closed by a person').waitFor();
  await expect.poll(() => errors.locator('.comment').textContent()).toBe('A test of ours.');
  await expect.poll(() => errors.getByRole('button', { name: /Acknowledge|Close/ }).count()).toBe(0);
});

test('the region of an alert filters the page, and the filter says what fires elsewhere', async () => {
  const harness = await serve({ play: 'failing' });
  const page = await openLive(harness);
  await alertOf(page, 'paris-low').getByRole('button', { name: 'EU-Paris', exact: true }).click();
  await page.locator('.chip', { hasText: 'EU-Paris' }).waitFor();
  await expect.poll(() => page.locator('.alert').count()).toBe(1);
  await expect.poll(() => harness.heard.at(-2)).toMatchObject({ t: 'subscribe', breakdown: 'EU-Paris' });
  await page.getByRole('button', { name: '2 firing in other regions' }).click();
  await expect.poll(() => page.locator('.alert').count()).toBe(4);
});

test('[ABL-08] a mark on the map filters by mouse and by keyboard, as its row does', async () => {
  const harness = await serve({ play: 'mixed' });
  const page = await openLive(harness, { width: 390 });
  const mark = page.locator('.map-mark[aria-label^="OC-Sydney: silent"]');
  await mark.focus();
  await page.keyboard.press('Enter');
  await page.locator('.chip', { hasText: 'OC-Sydney' }).waitFor();
  await expect.poll(() => mark.getAttribute('aria-pressed')).toBe('true');
  await mark.click();
  await page.locator('.chip').waitFor({ state: 'detached' });
  const sizes = await page.locator('.map-mark').evaluateAll((marks) => marks.map((one) => one.clientWidth));
  expect(sizes).toHaveLength(12);
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(24);
});

test('[ABL-72] the crosshair: arrows move it in all charts, an alert under it is named, Enter and a click go there', async () => {
  const harness = await serve({ play: 'failing' });
  const page = await openLive(harness);
  const charts = page.getByRole('slider');
  await charts.first().focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('.span-note').first().textContent()).toContain('Critical');
  await expect
    .poll(() => charts.first().getAttribute('aria-valuetext'))
    .toMatch(/^\d\d:\d\d:\d\d: [\d.]+ a second events, .*Critical alert/);
  const shown = () =>
    page.locator('.u-cursor-x').evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().x));
  const before = await shown();
  await page.keyboard.press('PageDown');
  const after = await shown();
  expect(after).toHaveLength(4);
  for (const [i, x] of after.entries()) expect(x).toBeLessThan(before[i] ?? 0);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-alert'));
  await expect.poll(focused).toBe('london-low');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  const box = await charts.last().boundingBox();
  await charts.last().click({ position: { x: (box?.width ?? 0) - 90, y: 60 } });
  await expect.poll(focused).toBe('london-low');
});

test('a finger moves the crosshair, and what it has pointed at stays when it is lifted', async () => {
  const harness = await serve();
  const page = await openLive(harness, { width: 390, hasTouch: true });
  await page
    .getByRole('slider')
    .first()
    .tap({ position: { x: 150, y: 60 } });
  const x = await page
    .locator('.u-cursor-x')
    .first()
    .evaluate((line) => line.getBoundingClientRect().x);
  expect(x).toBeGreaterThan(100);
});

test('[ABL-06] pause holds the picture, says how far behind it is and what was missed; resuming jumps to now', async () => {
  const harness = await serve();
  const page = await openLive(harness);
  const events = page.locator('.figure-card', { hasText: 'Events' }).locator('.figure');
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  const bar = page.locator('.paused-bar');
  await expect.poll(() => bar.textContent()).toMatch(/^Paused at \d\d:\d\d:\d\d\d s behindResume$/);
  const held = [await events.getAttribute('title'), await page.locator('.regions').textContent()];
  harness.tell(scriptedAlert('meanwhile', Date.now()));
  await page.getByText('1 alert has fired since').waitFor();
  await expect.poll(() => bar.textContent(), { timeout: 10_000 }).toContain('3 s behind');
  expect([await events.getAttribute('title'), await page.locator('.regions').textContent()]).toEqual(held);
  await expect.poll(() => page.locator('.alert').count()).toBe(0);
  await expect.poll(() => page.title()).toBe('(1) Marquee: live');
  await page.keyboard.press('p');
  await bar.waitFor({ state: 'detached' });
  await alertOf(page, 'meanwhile').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await bar.waitFor();
  await bar.getByRole('button').click();
  await bar.waitFor({ state: 'detached' });
});

test('[ABL-78] what has not changed is not drawn anew, and nothing moves by itself under reduced motion', async () => {
  const harness = await serve({ play: 'failing' });
  const page = await openLive(harness, { reducedMotion: true });
  await page.waitForTimeout(500);
  const changed = await page.evaluate(async () => {
    const seen = new Set<string>();
    const watched = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        seen.add(element?.closest('.panel, .figures')?.className ?? '');
      }
    });
    watched.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    await new Promise((done) => setTimeout(done, 700));
    watched.disconnect();
    return [...seen];
  });
  expect(changed).toContain('panel regions-panel');
  for (const still of ['panel alerts-panel', 'panel trending-panel']) expect(changed).not.toContain(still);
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return [transitionDuration, animationName];
    }),
  );
  expect(new Set(durations)).toEqual(new Set(['0s', '0s, 0s', 'none']));
});
