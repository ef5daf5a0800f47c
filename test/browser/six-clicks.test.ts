// A new user in an outage: from the first page to where, since when and why, acknowledged, and a link for a colleague,
// counting clicks. The producer's scenario `outage`, begun minutes ago and told to the real service in seconds.
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { outage } from '../../tools/producer/scenarios/outage.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { realService } from '../support/real-service.ts';

const minuteMs = 60_000;
const region = 'EU-London';
const seed = 4;
const clicksMax = 6;

const service = realService();

const openPage = (path: string): Promise<Page> =>
  service.openAs('analyst', path, {
    timezoneId: 'Europe/London',
    permissions: ['clipboard-read', 'clipboard-write'],
  });

/** Its start is told, in ms: three windows of it have closed, enough for both of the alerts. */
function startOutage(): number {
  const fromMs = (Math.floor(Date.now() / minuteMs) - 4) * minuteMs;
  const scenario = outage(seed, region, { fromMs, toMs: fromMs + 60 * minuteMs });
  service.sendTraffic(
    new Traffic({ seed, rate: 60, swing: 0, scenarios: [scenario] }, fromMs - 3 * minuteMs),
  );
  return fromMs;
}

const londonTime = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });

test('[ABL-90] an outage: where, since when, why, acknowledged, and a link, in at most six clicks', async () => {
  const beganMs = startOutage();
  const page = await openPage('/');
  let clicks = 0;
  const click = async (what: Locator): Promise<void> => {
    clicks++;
    await what.click();
  };

  // Where: the first line, and the name under it.
  // A small region may fall below the threshold by chance.
  const headline = page.locator('h1', { hasText: /of 12 regions (is|are) failing downloads/ });
  await headline.waitFor({ timeout: 60_000 });
  await click(page.getByRole('button', { name: region }).first());
  await expect.poll(() => new URL(page.url()).searchParams.get('region')).toBe(region);

  // Since when.
  const critical = page.locator('.alert', { hasText: 'Critical' });
  await critical.getByText(`since ${londonTime.format(beganMs)}`).waitFor();

  // Why: the scenario spares no device and no title, and the page says so of this region.
  await page
    .getByText(/^Downloads fail on all \d+ devices and for (all \d+|\d+ of \d+) top titles\.$/)
    .waitFor();
  const devices = page.locator('.shares-panel', { hasText: 'Devices' }).locator('.bar');
  const rates = await devices.locator('.bar-failing').allTextContents();
  expect(rates).toHaveLength(await devices.count());
  for (const rate of rates) expect(Number.parseFloat(rate)).toBeLessThan(60);
  await expect.poll(() => page.locator('.title-failing').count()).toBeGreaterThan(4);

  await click(critical.getByRole('button', { name: /^Acknowledge/ }));
  await page.keyboard.type('Called the CDN');
  await click(critical.getByRole('button', { name: 'Acknowledge', exact: true }));
  await critical.getByText('Acknowledged at').waitFor();

  await click(page.getByRole('button', { name: 'Copy link' }));
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(clicks).toBeLessThanOrEqual(clicksMax);

  // The colleague sees the same region and who looks after it.
  const colleague = await openPage(link);
  await colleague.locator('.chip', { hasText: region }).waitFor();
  await colleague.locator('.alert', { hasText: 'Called the CDN' }).waitFor();
});
