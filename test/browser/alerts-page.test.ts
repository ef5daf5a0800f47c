// The page /alerts before a scripted service: what fires, who has it, what was; and what it says when it cannot know.
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pastAlerts } from '../support/scripted-alert-log.ts';
import { resolvedAlert, scriptedAlert } from '../support/scripted-alerts.ts';
import { scriptedIdentity } from '../support/scripted-session.ts';
import type { Harness } from '../support/site-harness.ts';
import { sitePages } from '../support/site-pages.ts';

const { serve, open } = sitePages();

const headline = (page: Page) => page.locator('h1').textContent();
const alertOf = (page: Page, id: string): Locator => page.locator(`[data-alert="${id}"]`);
const group = (page: Page, name: string): Locator =>
  page.locator('.alert-log', { has: page.getByRole('heading', { name: new RegExp(`^${name}`) }) });
const listed = (page: Page, name: string): Promise<(string | null)[]> =>
  group(page, name)
    .locator('.alert')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-alert')));

async function openAlerts(service: Harness, path = '/alerts', role: 'viewer' | 'analyst' = 'analyst') {
  service.identity = scriptedIdentity(role);
  const page = await open(service, { path });
  await page.locator('.alert-log').first().waitFor();
  return page;
}

test('[ABL-30] what fires, what somebody has and what is over, each against its limit minute by minute', async () => {
  const service = await serve({ play: 'failing' });
  service.log.past = pastAlerts(3, Date.now());
  const page = await openAlerts(service);
  await expect.poll(() => headline(page)).toBe('2 alerts need somebody');
  expect(await listed(page, 'Firing')).toEqual(['london-low', 'paris-low']);
  expect(await listed(page, 'Acknowledged')).toEqual(['london-errors']);
  await expect.poll(() => listed(page, 'Resolved')).toEqual(['sydney-silent', 'past-0', 'past-1', 'past-2']);
  const low = alertOf(page, 'london-low');
  await expect.poll(() => low.locator('.severity').textContent()).toBe('Critical');
  await expect
    .poll(() => low.locator('.alert-value').textContent())
    .toBe('65.9\u202f% success rate, below 90\u202f%');
  await expect
    .poll(() => low.locator('.alert-when').textContent())
    .toMatch(/^since \d\d:\d\dfor \d\u202fmin$/);
  const picture = low.getByRole('img');
  await expect
    .poll(() => picture.getAttribute('aria-label'))
    .toMatch(/^\d+ minutes: at worst 6[0-9.]+\u202f%, the limit is 90\u202f%$/);
  // Only minutes beyond the limit are drawn as such; those of the healthy time before are not.
  const beyond = (await low.locator('.value-breach').getAttribute('d')) ?? '';
  const whole = (await low.locator('.value-line').getAttribute('d')) ?? '';
  expect(beyond.split('L').length).toBeLessThan(whole.split('L').length / 2);
  const asked = service.log.asked.filter((address) => address.includes('timeseries'));
  expect(new URL(asked[0] ?? '', 'http://x').searchParams.get('region')).toBeTruthy();
  // Once of each alert, though its row is drawn anew with every tick.
  expect(asked.length).toBeLessThanOrEqual(7);
});

test('[ABL-31] an alert appears within seconds, is announced once, acknowledged with a comment, closed, and moves', async () => {
  const service = await serve();
  const page = await openAlerts(service);
  await expect.poll(() => headline(page)).toBe('Nothing is firing');
  await page.getByText('Nothing fires. An alert appears').waitFor();
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    const announcer = document.querySelector('.announcer');
    if (announcer)
      new MutationObserver(() => said.push(announcer.textContent ?? '')).observe(announcer, {
        childList: true,
        subtree: true,
        characterData: true,
      });
  });
  const told = Date.now();
  const alert = scriptedAlert('outage', told);
  service.tell(alert);
  await alertOf(page, 'outage').waitFor();
  expect(Date.now() - told).toBeLessThan(3_000);
  await expect.poll(() => page.title()).toBe('(1) Alerts · Marquee');
  await alertOf(page, 'outage')
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await page.getByLabel('Comment on the acknowledgement').pressSequentially('On it.');
  await page.keyboard.press('Enter');
  await expect.poll(() => listed(page, 'Acknowledged')).toEqual(['outage']);
  await expect
    .poll(() => alertOf(page, 'outage').locator('.acknowledged-by').textContent())
    .toMatch(/by operatorOn it\.$/);
  await expect.poll(() => headline(page)).toBe('The one alert that fires is acknowledged');

  const [acknowledged = alert] = service.alerts;
  service.tell(resolvedAlert(acknowledged, Date.now()));
  await expect.poll(() => listed(page, 'Resolved')).toEqual(['outage']);
  await expect.poll(() => headline(page)).toBe('Nothing is firing');
  const said = () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  await expect
    .poll(said)
    .toEqual([`Critical alert: ${alert.message}`, `Resolved, healthy again: ${alert.message}`]);

  // One that no window would resolve is closed by a person.
  service.tell(scriptedAlert('silent', Date.now(), { severity: 'INFO' }));
  await alertOf(page, 'silent')
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await alertOf(page, 'silent').getByRole('button', { name: 'Close alert' }).click();
  await alertOf(page, 'silent').getByText('closed by a person').first().waitFor();
});

test('[ABL-32] filters stand in the address, back undoes each; what is over comes in pages and as a file', async () => {
  const service = await serve({ play: 'failing' });
  service.log.past = pastAlerts(70, Date.now());
  const page = await openAlerts(service);
  await expect.poll(() => group(page, 'Resolved').locator('.alert').count()).toBe(50);
  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByText('That is all: 71.').waitFor();

  await page.getByLabel('Which severities').selectOption('Warning');
  await alertOf(page, 'past-1').getByRole('button', { name: 'Only region US-Virginia' }).click();
  expect(new URL(page.url()).search).toBe('?severity=WARNING&region=US-Virginia');
  await expect
    .poll(() => listed(page, 'Resolved'))
    .toEqual(['past-1', 'past-16', 'past-31', 'past-46', 'past-61']);
  await page.getByText('Nothing of what is asked for fires').waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^CSV/ }).click(),
  ]);
  const rows = (await readFile((await file.path()) ?? '', 'utf8')).trim().split('\r\n');
  expect(rows).toHaveLength(6);
  expect(rows[1]).toBe('past-1,US-Virginia');

  await page.goBack();
  expect(new URL(page.url()).search).toBe('?severity=WARNING');
  await page.keyboard.press('Escape');
  expect(new URL(page.url()).search).toBe('');
  await page.getByRole('button', { name: /^Acknowledged/ }).click();
  await expect.poll(() => listed(page, 'Acknowledged')).toEqual(['london-errors']);
  await expect.poll(() => page.locator('.alert-log').count()).toBe(1);
  await page.getByLabel('When they began').selectOption('Chosen time');
  await page.getByLabel('Before', { exact: true }).fill('2020-01-01T00:00');
  await page.getByText('The end must be after the beginning.').waitFor();
  expect(new URL(page.url()).search).toBe('?state=acknowledged');
  // A link with nonsense in it shows what there is.
  await page.goto(`${service.address}/alerts?state=no&severity=%3Cb%3E&from=x&range=-1`);
  await alertOf(page, 'london-low').waitFor();
});

test('[ABL-33] details: minute by minute as chart and table, who did what, the Live view of that time, a link to it', async () => {
  const service = await serve();
  service.log.past = pastAlerts(4, Date.now());
  const page = await openAlerts(service);
  const one = alertOf(page, 'past-0');
  await one.getByRole('button', { name: /^Details/ }).focus();
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).search).toBe('?alert=past-0');
  const steps = await one.locator('.alert-life li p').allTextContents();
  expect(steps.map((text) => text.split(' ')[0])).toEqual(['In', 'Firing', 'Acknowledged', 'Resolved']);
  expect(steps[2]).toBe('Acknowledged by Mei TanakaCalled the CDN.');
  await one.getByRole('slider').focus();
  await page.keyboard.press('PageDown');
  await expect
    .poll(() => one.getByRole('slider').getAttribute('aria-valuetext'))
    .toMatch(/^\d\d:\d\d: [\d.]+\u202f% of \d+ downloads$/);
  await expect.poll(() => one.locator('table tbody tr').count()).toBeGreaterThan(40);
  await expect.poll(() => one.locator('table').textContent()).toContain('%, beyond');
  const began = service.log.past[0]?.created_at ?? '';
  const at = new Date(Math.ceil(Date.parse(began) / 60_000) * 60_000).toISOString().slice(0, 16);
  const link = one.getByRole('link', { name: /^Live view then/ });
  await expect
    .poll(() => link.getAttribute('href'))
    .toBe(`/?${new URLSearchParams({ region: 'EU-London', at: `${at}Z` })}`);
  // The same by its own link, where nothing else is listed.
  await page.goto(
    new URL((await one.getByText('This alert alone').getAttribute('href')) ?? '', page.url()).href,
  );
  await one.locator('.alert-life').waitFor();
  await expect.poll(() => page.locator('.alert').count()).toBe(1);
  await page.keyboard.press('Escape');
  await one.locator('.alert-life').waitFor({ state: 'detached' });
});

test('[ABL-34] what cannot be loaded is named and asked again; a viewer reads; a sign-in that ends is said', async () => {
  const service = await serve({ play: 'failing' });
  service.log.past = pastAlerts(2, Date.now());
  service.log.fault = { of: '/api/stats/alerts', code: 'storage_unavailable' };
  service.identity = scriptedIdentity('viewer');
  const page = await open(service, { path: '/alerts' });
  const failed = page.locator('.failed');
  await failed.waitFor();
  await expect.poll(() => failed.textContent()).toContain('The alerts could not be loaded.');
  await expect.poll(() => headline(page)).toBe('2 alerts need somebody');
  service.log.fault = { of: '/api/stats/timeseries', code: 'storage_unavailable' };
  await page.getByRole('button', { name: 'Try again' }).click();
  await alertOf(page, 'past-0').waitFor();
  await failed.waitFor({ state: 'detached' });
  await alertOf(page, 'london-low').getByText('No values: The database did not answer').waitFor();
  await expect.poll(() => page.locator('.alert-ack button').count()).toBe(0);

  service.log.fault = { of: '/api/stats/alerts', code: 'forbidden' };
  await page.getByLabel('Which rules').selectOption('NO_DATA');
  await page.getByRole('link', { name: 'To the live view' }).waitFor();
  service.identity = null;
  service.closeSignedOut();
  await page.getByText('The alerts are shown again once you have signed in.').waitFor();
  await expect.poll(() => page.locator('.alert').count()).toBe(0);
  await expect
    .poll(() => page.getByRole('link', { name: 'Sign in' }).getAttribute('href'))
    .toContain('then=%2Falerts');
});

test('[ABL-30] a clock that is wrong by a day changes nothing: times are those of the server', async () => {
  const service = await serve({ play: 'failing' });
  const page = await openAlerts(service);
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 86_400_000;
  });
  await page.reload();
  const low = alertOf(page, 'london-low');
  await low.getByRole('img').waitFor();
  await expect.poll(() => low.locator('.alert-when').textContent()).toMatch(/for \d+\u202fmin$/);
  expect(await listed(page, 'Firing')).toEqual(['london-low', 'paris-low']);
  await page.goto(`${service.address}/`);
  await page.locator('.lane-add').first().waitFor();
  await page.keyboard.press('a');
  const when = await page.getByLabel('When').inputValue();
  expect(Math.abs(Date.parse(`${when}Z`) - Date.now())).toBeLessThan(60_000);
});
