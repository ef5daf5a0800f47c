// An outage in real time, from the first red mark to the resolved alert: the real runtime, the producer's scenario, and
// two people at their browsers, one of whom acknowledges. It takes six minutes, since windows are minutes.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { outage } from '../../tools/producer/scenarios/outage.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { pictureOf } from '../support/pictures.ts';
import { realService } from '../support/real-service.ts';

const heights = { 390: 844, 820: 1180, 1440: 900 } as const;
const minuteMs = 60_000;
const region = 'EU-London';
const seed = 4;
const before = 4 * minuteMs;
const lasts = 3 * minuteMs;
/** From the end of the window that completes the condition to the alert. */
const alertWithinMs = 10_000;

const service = realService();

async function openPage(width: keyof typeof heights, theme: 'light' | 'dark'): Promise<Page> {
  const viewport = { width, height: heights[width] };
  const look = { viewport, colorScheme: theme, timezoneId: 'Europe/London' };
  const page = await service.openAs('analyst', '/', look);
  await page.locator('.figures').first().waitFor();
  return page;
}

async function picturesOf(stage: string): Promise<void> {
  for (const width of [390, 820, 1440] as const) {
    for (const theme of ['light', 'dark'] as const) {
      const page = await openPage(width, theme);
      await page.locator('.alert').first().waitFor();
      await page.waitForTimeout(1500);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
      await page.screenshot({
        path: pictureOf(`outage-${stage}-${theme}-${width}`),
        fullPage: true,
      });
      await page.context().close();
    }
  }
}

/** Starts traffic whose outage begins with the next full minute; returns when that is. */
function startOutage(): number {
  const fromMs = Math.ceil((Date.now() + 15_000) / minuteMs) * minuteMs;
  const scenario = outage(seed, region, { fromMs, toMs: fromMs + lasts });
  const traffic = new Traffic({ seed, rate: 60, swing: 0, scenarios: [scenario] }, fromMs - before);
  // One after the other: side by side they send minutes of the past so fast that one delayed request is late for its
  // window, and what is left of a small region's downloads may be an outage that nobody asked for.
  service.sendTraffic(traffic, { senders: 1 });
  return fromMs;
}

async function alertOf(type: string): Promise<AlertRow> {
  const response = await fetch(
    `${service.runtime.url}/api/stats/alerts?alert_type=${type}&region=${region}`,
    {
      headers: {
        'cache-control': 'no-cache',
        authorization: `Bearer ${service.runtime.credentials.analyst_token}`,
      },
    },
  );
  const { data } = (await response.json()) as { data: AlertRow[] };
  expect(data).toHaveLength(1);
  return data[0] as AlertRow;
}

const endOfWindow = ({ window_start: start }: AlertRow): number => Date.parse(start) + minuteMs;

test(
  '[ALR-1, LIV-1] an outage: both alerts in time, acknowledged by one and seen by the other, resolved after it',
  async () => {
    const beganMs = startOutage();
    const page = await openPage(1440, 'light');
    const colleague = await openPage(820, 'dark');
    const firing = (alert: string) => page.locator('.alert-critical, .alert-warning', { hasText: alert });
    await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));

    // The first minute of it is enough for the success rate.
    await firing('succeeded').waitFor({ timeout: beganMs - Date.now() + minuteMs + 30_000 });
    const seenMs = Date.now();
    const low = await alertOf('LOW_SUCCESS_RATE');
    expect(low).toMatchObject({ severity: 'CRITICAL', state: 'firing', region, acknowledged: false });
    expect(Date.parse(low.window_start)).toBe(beganMs);
    expect(low.metric_value).toBeLessThan(0.9);
    expect(seenMs - endOfWindow(low)).toBeLessThan(alertWithinMs);
    expect(Date.parse(low.created_at) - endOfWindow(low)).toBeLessThan(alertWithinMs);
    await expect.poll(() => page.locator('h1').textContent()).toContain('failing');
    expect(await page.title()).toMatch(/^\(1\)/);

    await firing('succeeded')
      .getByRole('button', { name: /^Acknowledge/ })
      .click();
    await page.keyboard.type('Called the CDN');
    await page.keyboard.press('Enter');
    await firing('succeeded').getByText('Acknowledged at').waitFor({ timeout: 5_000 });
    await colleague.locator('.alert', { hasText: 'Called the CDN' }).waitFor({ timeout: 5_000 });
    expect(await alertOf('LOW_SUCCESS_RATE')).toMatchObject({
      acknowledged: true,
      comment: 'Called the CDN',
    });

    // The error rate takes three.
    await firing('failed').waitFor({ timeout: beganMs + lasts - Date.now() + 30_000 });
    const high = await alertOf('HIGH_ERROR_RATE');
    expect(high).toMatchObject({ severity: 'WARNING', state: 'firing' });
    expect(Date.parse(high.window_start)).toBe(beganMs + lasts - minuteMs);
    expect(Date.now() - endOfWindow(high)).toBeLessThan(alertWithinMs);
    const errorRates = high.metric_value;
    expect(errorRates).toBeGreaterThan(0.4);
    await picturesOf('firing');

    // Two healthy minutes resolve both.
    const over = page.locator('.alert-over');
    await expect.poll(() => over.count(), { timeout: beganMs + lasts + 3 * minuteMs - Date.now() }).toBe(2);
    for (const type of ['LOW_SUCCESS_RATE', 'HIGH_ERROR_RATE']) {
      expect(await alertOf(type)).toMatchObject({ state: 'resolved', resolution: 'healthy', corrections: 0 });
    }
    await expect.poll(() => page.locator('h1').textContent()).not.toContain('failing');
    expect(await page.title()).not.toMatch(/^\(/);
    expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
    await picturesOf('resolved');
  },
  10 * minuteMs,
);
