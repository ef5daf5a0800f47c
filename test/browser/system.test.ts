// The System page before a scripted service: its states, what refreshes it, its keys, and how it looks.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { SystemData } from '../../site/system/answer.ts';
import { adminPages } from '../support/admin-pages.ts';
import { pictureOf } from '../support/pictures.ts';
import { faultySystem, quietSystem, wellSystem } from '../support/scripted-system.ts';
import { faults, overflow, type Theme, type Width } from '../support/site-pages.ts';

const { serve, open } = adminPages();

const headline = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor();
const node = (page: Page, name: string) =>
  page.locator('.node', { has: page.getByRole('link', { name, exact: true }) });
const asked = ({ asked: all }: { readonly asked: readonly { readonly what: string }[] }) =>
  all.filter(({ what }) => what === 'GET /api/system').length;

test('[ABL-60] the picture says what passes each arrow, shortened and in full, and how each place is; its boxes lead to more', async () => {
  const page = await open(await serve(), '/system');
  await headline(page, 'All is well');
  await page.getByText('250 events/s through 12 regions').waitFor();
  const arrows = await page.locator('.arrow').allInnerTexts();
  expect(arrows.map((text) => text.replace(/\s+/g, ' '))).toEqual([
    '418/h 418 in an hour records',
    '41.2–43.9/s 41.2 to 43.9 a second messages',
    '0 letters',
    '250/s 250.3 a second events',
    '12.0/min 12 a minute windows',
    '840K/h 840,112 in an hour events',
    '4.5/s 4.5 a second changes',
  ]);
  await node(page, 'Rejected').click();
  expect(new URL(page.url()).hash).toBe('#doors');
  const sydney = node(page, 'Regions').getByRole('link', { name: 'OC-Sydney' });
  await expect.poll(() => sydney.getAttribute('href')).toBe('/?region=OC-Sydney');
});

test('[ABL-61] what is wrong is said first, worst first, each a way to where it is told in full', async () => {
  const service = await serve();
  service.system = faultySystem();
  const page = await open(service, '/system');
  await headline(page, 'SA-SaoPaulo does not answer. Events wait in the queue.');
  expect(await node(page, 'D1').innerText()).toMatch(/failing[\s\S]*4\s*min[\s\S]*behind, 4 due/);
  await page.getByRole('link', { name: '14 dead letters: not counted until sent again.' }).click();
  expect(new URL(page.url()).hash).toBe('#dead_letters');
  const letters = page.getByRole('table', { name: 'Dead letters' });
  expect(await letters.innerText()).toMatch(/shard_refused[\s\S]*EU-London[\s\S]*11[\s\S]*1,204/);
  const runs = page.getByRole('table', { name: 'Runs of the last day' });
  expect(await runs.locator('tbody tr').first().innerText()).toMatch(/ETL[\s\S]*failed[\s\S]*line 4,012/);
  await expect.poll(() => runs.getByRole('progressbar').first().getAttribute('value')).toBe('0.62');
});

test('[ABL-62] the numbers move by themselves while the page is seen, and nothing is asked while it is not', async () => {
  const service = await serve();
  const page = await open(service, '/system');
  await headline(page, 'All is well');
  await page.clock.install();
  await page.reload();
  await headline(page, 'All is well');
  service.system = { ...service.system, events_per_second: 12_410 };
  await page.clock.runFor(5_000);
  await page.locator('.to-regions', { hasText: '12.4' }).waitFor();
  await page.getByText('12.4K events/s through 12 regions').waitFor();

  const setHidden = (isHidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await setHidden(true);
  const before = asked(service);
  await page.clock.runFor(60_000);
  expect(asked(service)).toBe(before);
  service.system = { ...service.system, events_per_second: 1 };
  await setHidden(false);
  await page.locator('.to-regions', { hasText: '1.0' }).waitFor();
  expect(asked(service)).toBe(before + 1);
});

test('[ABL-63] numbers that are not of now look so and say since when; they come back by themselves', async () => {
  const service = await serve();
  const page = await open(service, '/system');
  await page.clock.install();
  await page.reload();
  await headline(page, 'All is well');
  const at = await page.locator('.heard time').innerText();
  service.fault = { of: 'GET /api/system', code: 'storage_unavailable' };
  await page.clock.runFor(5_000);
  await page.getByText(`No answer since ${at}`).waitFor();
  await page.getByText('The newest numbers could not be loaded.').waitFor();
  await expect.poll(() => page.locator('.stale .node').count()).toBe(8);
  await page.screenshot({ path: pictureOf('system-stale') });
  expect(await faults(page)).toEqual([]);
  service.fault = null;
  await page.clock.runFor(5_000);
  await page.locator('.stale').waitFor({ state: 'detached' });
});

test('[ABL-64] who may not see it is told which role it needs, who is signed out signs in and comes back', async () => {
  const service = await serve();
  service.role = 'viewer';
  service.fault = { of: 'GET /api/system', code: 'forbidden' };
  const page = await open(service, '/system');
  await page.getByText('This needs the role analyst; yours is viewer.').waitFor();
  await expect.poll(() => page.getByRole('link', { name: 'System', exact: true }).count()).toBe(0);
  expect(await faults(page)).toEqual([]);
  service.fault = { of: 'GET /api/system', code: 'unauthorized' };
  await page.goto(`${service.address}/system`);
  await page.waitForURL(/sign-in.*then=%2Fsystem/);
});

test('[ABL-65] a key shows the table of all that is drawn, and the sheet of keys names it', async () => {
  const page = await open(await serve(), '/system');
  await headline(page, 'All is well');
  await page.keyboard.press('t');
  const table = page.getByRole('table', { name: 'The pipeline, from the doors to the viewers' });
  await expect.poll(() => table.locator('tbody tr').count()).toBe(8);
  expect(await table.locator('tbody tr').nth(2).innerText()).toMatch(/^Queue\s+well\s+41\.2–43\.9/);
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Show or hide the table beside the picture').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('t');
  await table.waitFor({ state: 'detached' });
});

test('[ABL-66] an admin has the dead letters sent again, asked before; an analyst is not offered it', async () => {
  const service = await serve();
  service.system = faultySystem();
  const page = await open(service, '/system');
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('button', { name: 'Leave them' }).click();
  expect(service.asked.some(({ what }) => what.includes('redrive'))).toBe(false);
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('button', { name: 'Send them again' }).click();
  await page.getByText('2 were sent again.').waitFor();
  const sent = service.asked.find(({ what }) => what === 'POST /api/admin/dead-letters/redrive');
  expect(sent?.body).toEqual({ keys: ['dead/1', 'dead/2'] });
  service.role = 'analyst';
  const theirs = await open(service, '/system');
  await theirs.getByRole('table', { name: 'Dead letters' }).waitFor();
  await expect.poll(() => theirs.getByRole('button', { name: 'Send again' }).count()).toBe(0);
});

type Shot = readonly [name: string, theme: Theme, widths: readonly Width[]];
const states: Readonly<Record<string, () => SystemData>> = { wellSystem, quietSystem, faultySystem };
const shots: readonly Shot[] = [
  ['wellSystem', 'light', [390]],
  ['wellSystem', 'dark', [1440]],
  ['quietSystem', 'light', [1440]],
  ['quietSystem', 'dark', [390]],
  ['faultySystem', 'light', [390, 820, 1440]],
  ['faultySystem', 'dark', [390, 820, 1440]],
];

test.each(shots)('[ABL-67] %s, %s, %s: axe finds nothing, nothing sticks out', async (name, theme, sizes) => {
  const service = await serve();
  service.system = states[name]?.() ?? service.system;
  for (const width of sizes) {
    const page = await open(service, '/system', { width, theme });
    await page.locator('.flow').waitFor();
    await page.locator('.person-name').first().waitFor({ state: 'attached' });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    if (width !== 820) expect(await faults(page)).toEqual([]);
    if (name === 'faultySystem') await page.screenshot({ path: pictureOf(`system-${theme}-${width}`) });
    await page.context().close();
  }
});
