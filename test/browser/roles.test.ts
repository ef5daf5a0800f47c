// What each role sees and may do in the browser, before the real runtime: names, acknowledging, the admin's pages.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { PersonRole } from '../../core/access/caller.ts';
import { pictureOf } from '../support/pictures.ts';
import { realService } from '../support/real-service.ts';

const region = 'EU-London';

const service = realService();

async function openAs(role: PersonRole): Promise<Page> {
  const page = await service.openAs(role);
  await page.locator('.person summary').waitFor();
  return page;
}

/** A minute whose downloads fail, and an event of now, by which that minute is over. */
async function sendFailingMinute(): Promise<void> {
  const nowMs = Date.now();
  const failed = Array.from({ length: 40 }, (_, i) => ({
    event_id: `failed-${i}`,
    event_type: 'download',
    status: 'failed',
    timestamp: nowMs - 120_000 + i,
    region,
    content_id: 'movie-1',
    session_id: `session-${i}`,
  }));
  const now = { ...failed[0], event_id: 'now', status: 'success', timestamp: nowMs };
  const answer = await fetch(new URL('/v1/events', service.runtime.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.runtime.credentials.ingest_key}`,
    },
    body: JSON.stringify([...failed, now]),
  });
  expect(answer.status).toBe(202);
}

const alertOf = (page: Page) => page.locator('.alert', { hasText: region }).first();
const acknowledging = (page: Page) => page.getByRole('button', { name: /^(Acknowledge|Close)/ });
const adminLink = (page: Page) => page.getByRole('link', { name: 'Admin' });
const statusOf = (page: Page, path: string, data?: object): Promise<number> =>
  page.evaluate(
    async ([asked, body]) => {
      const headers = { 'content-type': 'application/json' };
      const init = body === undefined ? {} : { method: 'POST', headers, body };
      return (await fetch(asked as string, init)).status;
    },
    [path, data && JSON.stringify(data)],
  );

test('[ACC-6, ACC-8, API-2] an analyst acknowledges; a viewer sees it with a masked name and can do nothing to it', async () => {
  const viewer = await openAs('viewer');
  const analyst = await openAs('analyst');
  await sendFailingMinute();
  await alertOf(viewer).waitFor({ timeout: 30_000 });
  await alertOf(analyst).waitFor();

  await expect.poll(() => acknowledging(viewer).count()).toBe(0);
  await expect.poll(() => adminLink(viewer).count()).toBe(0);
  const id = await alertOf(viewer).getAttribute('data-alert');
  expect(await statusOf(viewer, `/api/alerts/${encodeURIComponent(id ?? '')}/ack`, {})).toBe(403);
  expect(await statusOf(viewer, '/api/admin/people')).toBe(403);

  await expect.poll(() => adminLink(analyst).count()).toBe(0);
  await acknowledging(analyst).first().click();
  await analyst.keyboard.type('Called the CDN');
  await analyst.keyboard.press('Enter');
  await alertOf(analyst).getByText('by Local analyst').waitFor();
  await alertOf(viewer).getByText('Called the CDN').waitFor();
  await expect.poll(() => alertOf(viewer).locator('.acknowledged-by').textContent()).toMatch(/ by L\*\*\*/);
  expect(await viewer.content()).not.toContain('Local analyst');
  await viewer.reload();
  await alertOf(viewer)
    .getByText(/by L\*\*\*/)
    .waitFor();
  for (const [name, page] of Object.entries({ viewer, analyst }))
    await page.screenshot({ path: pictureOf(`role-${name}`), fullPage: true });
  await Promise.all([viewer.context().close(), analyst.context().close()]);
});

test('[ACC-8] an admin has the way to the keys, the people and the audit log, and they open', async () => {
  const admin = await openAs('admin');
  await adminLink(admin).click();
  await admin.waitForURL('**/admin/keys');
  for (const path of ['/admin/keys', '/admin/people', '/admin/audit']) {
    await admin.goto(new URL(path, service.runtime.url).href);
    await admin.locator('.person summary').waitFor();
    await admin.locator('table tbody tr').first().waitFor();
    await admin.screenshot({
      path: pictureOf(`role-admin${path.replaceAll('/', '-')}`),
      fullPage: true,
    });
  }
  await admin.context().close();
});

test('[ACC-5, ACC-8] a sign-out in one tab is one in the other; a link signs in again', async () => {
  const page = await openAs('viewer');
  const other = await page.context().newPage();
  await other.goto(service.runtime.url);
  await other.locator('.person summary').click();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.waitForURL('**/sign-in');
  await expect.poll(() => page.locator('h1').textContent(), { timeout: 15_000 }).toBe('Signed out');
  await other.goto(`${service.runtime.url}/sign-in#${service.runtime.credentials.analyst_token}`);
  await other.locator('.person summary', { hasText: 'Local analyst' }).waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByText('You are signed in as Local analyst').waitFor();
  await page.context().close();
});
