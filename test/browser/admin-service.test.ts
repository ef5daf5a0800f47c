// The admin pages before the running Worker: what they say is done, is done.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { SystemData } from '../../site/system/answer.ts';
import { realService } from '../support/real-service.ts';

const service = realService();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const row = (page: Page, text: string) => page.locator('.list tbody tr', { hasText: text });

const view = { event_type: 'view', region: 'EU-London', content_id: 'movie-1' };

/** The answer to events that are sent by a key. */
async function sent(key: string, body: unknown = view): Promise<number> {
  const answer = await fetch(`${service.runtime.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}

test('[KEY-1, KEY-3, AUD-3] a key that the page makes sends, one that it revokes is refused in 10 s, and the log has both', async () => {
  const page = await service.openAs('admin', '/admin/keys');
  await button(page, 'Make a key').click();
  await page.getByLabel('Name', { exact: true }).fill('Kiosk of the lobby');
  await page.getByLabel('Account', { exact: true }).fill('Kiosk!');
  await button(page, 'Make the key').click();
  await page.locator('#account-fault', { hasText: 'Must be 1 to 64 of' }).waitFor();
  await page.getByLabel('Account', { exact: true }).fill('kiosk');
  await page.getByLabel('Only these').check();
  await page.getByLabel('EU-London').check();
  await button(page, 'Make the key').click();
  await page.locator('.secret').first().waitFor();
  const key = (await page.locator('.secret pre').first().textContent()) ?? '';
  await button(page, 'Done').click();
  expect(await sent(key)).toBe(202);

  await button(page, 'Revoke Kiosk of the lobby').click();
  await button(page, 'Revoke the key').click();
  await row(page, 'Kiosk of the lobby').getByText('Revoked').waitFor();
  await expect.poll(() => sent(key), { timeout: 12_000, interval: 500 }).toBe(401);

  await page.getByRole('link', { name: 'Audit log' }).click();
  // Names of people are asked for apart from the lines.
  await row(page, 'Kiosk of the lobby').first().getByText('Local admin').waitFor();
  const lines = await row(page, 'Kiosk of the lobby').allTextContents();
  expect(lines.map((text) => /(Made|Revoked) a key/.exec(text)?.[0])).toEqual([
    'Revoked a key',
    'Made a key',
  ]);
});

test('[ACC-7] a person whom the page adds signs in by the link, and is out when disabled', async () => {
  const page = await service.openAs('admin', '/admin/people');
  await button(page, 'Add a person').click();
  await page.getByLabel('Name', { exact: true }).fill('Lin Wei');
  await button(page, 'Add the person').click();
  await page.locator('.secret').waitFor();
  const link = (await page.locator('.secret pre').textContent()) ?? '';
  await button(page, 'Done').click();

  const theirs = await service.openAs(null, link);
  await theirs.locator('.person-name', { hasText: 'Lin Wei' }).waitFor();

  await button(page, 'Disable Lin Wei').click();
  await button(page, 'Disable the person').click();
  await row(page, 'Lin Wei').getByText('Disabled').waitFor();
  const asked = () =>
    theirs.request.get(`${service.runtime.url}/api/session`).then((answer) => answer.status());
  await expect.poll(asked, { timeout: 12_000, interval: 500 }).toBe(401);
});

test('[AUD-4] the page has the log checked, and gives it as a file', async () => {
  const page = await service.openAs('admin', '/admin/audit');
  await button(page, 'Check the log').click();
  await page.getByText(/The log is whole up to line \d+/).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download CSV').click()]);
  expect(file.suggestedFilename()).toBe('marquee-audit.csv');
});

test('[ABL-68, SYS-1] the System page shows what the API tells, and events that are posted move its rates', async () => {
  const page = await service.openAs('analyst', '/system');
  const events = page.locator('.to-regions .unseen');
  await page.locator('.flow').waitFor();
  const told = async () => {
    const answer = await page.request.get(`${service.runtime.url}/api/system`);
    return ((await answer.json()) as { data: SystemData }).data;
  };
  const before = (await told()).events_per_second;
  const records = Array.from({ length: 600 }, (_, n) => ({
    event_id: `system-${n}`,
    event_type: 'view',
    timestamp: new Date().toISOString(),
    region: 'OC-Sydney',
    content_id: 'movie-1',
  }));
  expect(await sent(service.runtime.credentials.ingest_key, [...records, { event_type: 'no such' }])).toBe(
    202,
  );
  await expect
    .poll(async () => (await told()).events_per_second, { timeout: 10_000 })
    .toBeGreaterThan(before + 9);
  const figure = (value: number) => `${Math.round(value * 100) / 100} a second`;
  // Of the minute before it: until the events of other tests have left it both go down together.
  await expect
    .poll(async () => (await events.textContent()) === figure((await told()).events_per_second), {
      timeout: 15_000,
    })
    .toBe(true);
  const sydney = page.getByRole('table', { name: 'Regions' }).getByRole('row', { name: /OC-Sydney/ });
  await expect.poll(() => sydney.textContent()).toContain('10 a second');
});

test('[ACC-1] who is no admin is told so, and who is nobody comes back after signing in', async () => {
  const analyst = await service.openAs('analyst', '/admin/keys');
  await analyst.getByText('This needs the role admin; yours is analyst.').waitFor();
  const page = await service.openAs(null, '/admin/audit?result=refused');
  await page.getByLabel('Sign-in token').fill(service.runtime.credentials.admin_token);
  await page.keyboard.press('Enter');
  await page.locator('.list .line').first().waitFor();
  expect(page.url()).toBe(`${service.runtime.url}/admin/audit?result=refused`);
});
