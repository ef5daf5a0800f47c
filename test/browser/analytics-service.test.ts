// The Analytics page before the running Worker: an hour of the lake that nobody has computed, computed from the page.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { PersonRole } from '../../core/access/caller.ts';
import { hourMs, hourOfParts, storeParts } from '../../tools/lake-hour.ts';
import { prepareFolder } from '../../tools/prepare.ts';
import { realService } from '../support/real-service.ts';

const hour = Math.floor(Date.now() / hourMs) - 30;
const events = 5_000;
const day = new Date(hour * hourMs).toISOString().slice(0, 10);

const service = realService(async (folder) => {
  await prepareFolder(folder);
  await storeParts(folder, hourOfParts(hour, events, events));
});

const openAs = (role: PersonRole): Promise<Page> =>
  service.openAs(role, `/analytics?part=stream&from=${day}&to=${day}&region=EU-London`);

const coverage = (page: Page, text: string) => page.locator('.coverage b', { hasText: text }).waitFor();
const rows = (page: Page, name: string) => page.locator(`.${name}-panel tbody tr`);

test('[BAT-5] an admin sees the hour that is missing, has it computed, and then it is in all panels', async () => {
  const page = await openAs('admin');
  await coverage(page, '0 of 1 hour');
  await page.locator('.missing summary').click();
  await page.getByRole('button', { name: /^Compute/ }).click();
  await page.getByText(/runs? (was|were) begun/).waitFor();
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.locator('.coverage b').textContent();
      },
      { timeout: 60_000, interval: 2_000 },
    )
    .toContain('1 of 1');
  await rows(page, 'popular').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
  await expect.poll(() => page.locator('.failed').allTextContents()).toEqual([]);
  await expect.poll(() => rows(page, 'series').count()).toBe(1);
  // The one hour of the day with events, and every event of the lake in it.
  const cells = await rows(page, 'pattern').locator('th, td').allTextContents();
  const shown = String(new Date(hour * hourMs).getUTCHours()).padStart(2, '0');
  expect(cells[0]).toBe(`${shown}:00`);
  const answer = await page.request.get(
    `${service.runtime.url}/api/batch/hourly-stats?from=${day}T00:00:00Z&to=${day}T23:59:59Z&region=EU-London`,
  );
  const { data } = (await answer.json()) as { data: { total_events: number }[] };
  expect(cells[2]).toBe(data[0]?.total_events.toLocaleString('en-US'));
});

test('[BAT-5, ACC-1] a viewer has the same figures, but for users', async () => {
  const page = await openAs('viewer');
  await coverage(page, '1 of 1 hour');
  await rows(page, 'popular').first().waitFor();
  await page.getByText('it needs the role analyst; yours is viewer').waitFor();
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV of Most viewed' }).click();
  expect((await file).suggestedFilename()).toBe('marquee-popular.csv');
});
