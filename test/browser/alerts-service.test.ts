// Alerts and annotations before the running Worker: an outage sent in a few requests, seen on one page, acknowledged,
// healed; a note written in one browser and read in another.
import { expect, test } from 'vitest';
import { realService } from '../support/real-service.ts';

const minuteMs = 60_000;
const region = 'EU-London';
const service = realService();

/** As many downloads of one minute, and how they ended. */
async function send(minute: number, count: number, status: 'success' | 'failed'): Promise<void> {
  const batch = Array.from({ length: count }, (_, i) => ({
    event_id: `${minute}-${status}-${i}`,
    event_type: 'download',
    timestamp: new Date(minute * minuteMs + 10_000 + i * 100).toISOString(),
    region,
    user_id: `u-${i}`,
    content_id: 'film-1',
    status,
  }));
  const response = await fetch(`${service.runtime.url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.runtime.credentials.ingest_key}`,
    },
    body: JSON.stringify({ batch }),
  });
  expect(response.status).toBe(202);
  expect(((await response.json()) as { rejected: number }).rejected).toBe(0);
}

test('[ABL-31] an outage of the real service: the alert comes, is acknowledged by one and seen by another, is resolved', async () => {
  const first = Math.floor(Date.now() / minuteMs) - 5;
  const [page, colleague] = await Promise.all([
    service.openAs('analyst', '/alerts'),
    service.openAs('viewer', '/alerts'),
  ]);
  await page.getByText('Nothing is firing').waitFor();
  await send(first, 30, 'success');
  await send(first + 1, 30, 'failed');
  // The minute is judged once the next has begun.
  await send(first + 2, 30, 'success');
  const alert = page.locator('.alert', { hasText: `Downloads are failing in ${region}` });
  await alert.waitFor({ timeout: 20_000 });
  await page.getByText('1 alert needs somebody').waitFor();
  await expect.poll(() => alert.locator('.alert-value').textContent()).toContain('0\u202f%');
  await alert.getByRole('img', { name: /at worst 0\s%, the limit is 90\s%$/ }).waitFor();
  await alert.getByRole('button', { name: /^Acknowledge/ }).click();
  await page.keyboard.type('Called the CDN');
  await page.keyboard.press('Enter');
  const seen = colleague.locator('.alert.acknowledged');
  await seen.getByText('Called the CDN').waitFor({ timeout: 5_000 });
  // Names of people are masked for viewers.
  await expect.poll(() => seen.locator('.acknowledged-by').textContent()).toMatch(/by \S\*\*\*/);
  await send(first + 3, 30, 'success');
  await send(first + 4, 1, 'success');
  await page.locator('.alert-over', { hasText: 'healthy again' }).waitFor({ timeout: 20_000 });
  await page.getByText('Nothing is firing').waitFor();
  await page
    .locator('.alert-over')
    .getByRole('button', { name: /^Details/ })
    .click();
  await expect
    .poll(() => page.locator('.alert-life b').allTextContents())
    .toEqual(['In breach', 'Firing', 'Acknowledged', 'Resolved']);
  await page.getByRole('link', { name: 'This alert alone' }).click();
  await page.locator('.alert-over .alert-life').waitFor();
  await expect.poll(() => page.locator('.alert').count()).toBe(1);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^CSV/ }).click();
  expect((await download).suggestedFilename()).toBe('marquee-alerts.csv');
});

test('[ABL-36] an annotation that one writes at a chart stands in the chart of another', async () => {
  const [page, colleague] = await Promise.all([
    service.openAs('analyst', '/'),
    service.openAs('viewer', '/'),
  ]);
  await page.getByRole('slider').last().waitFor();
  await colleague.getByRole('slider').last().waitFor();
  await page.getByRole('slider').last().focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('a');
  await page.getByLabel('What others should know').fill('Rollout <4711>');
  await page.keyboard.press('Tab');
  await page.getByLabel('Tags').fill('deploy');
  await page.getByRole('button', { name: 'Write it' }).click();
  await page.getByRole('button', { name: 'Annotation: Rollout <4711>' }).last().waitFor();
  const flag = colleague.getByRole('button', { name: 'Annotation: Rollout <4711>' }).last();
  await flag.waitFor({ timeout: 25_000 });
  await flag.click();
  await colleague.locator('dialog[open]').getByText('deploy').waitFor();
  await expect
    .poll(() => colleague.locator('dialog[open]').getByRole('button').allTextContents())
    .toEqual(['Close']);
});
