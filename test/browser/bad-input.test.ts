// What no one would send on purpose, before a scripted service: words, numbers, crowds, clocks, frames, failures,
// addresses and a storage that does not work. Each test also fails if the page complains.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { LiveRegion, SnapshotFrame } from '../../core/protocol/live.ts';
import { startAdminHarness } from '../support/admin-harness.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';
import { type Harness, startHarness } from '../support/site-harness.ts';
import { browserPages, overflow } from '../support/site-pages.ts';

const pages = browserPages(
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|[45]\d\d|no valid credentials|Failed to load/,
);
const serve = (options: Parameters<typeof startHarness>[0] = {}): Promise<Harness> =>
  pages.serve((folder) => startHarness({ ...options, folder }));
const open = (service: Harness, path = '/', width: 390 | 1440 = 1440): Promise<Page> =>
  pages.open(service.address + path, { width });

const headline = (page: Page) => page.locator('h1').textContent();
/** Slow machines take their time to open a page. */
const soon = { timeout: 15_000 };
const rows = (page: Page) => page.locator('.regions tbody tr');
const card = (page: Page, name: string) => page.locator('.figure-card', { hasText: name });
const link = (page: Page) => page.locator('.link-word').textContent();
const wordsOfNoNumber = /NaN|Infinity|undefined|null|\[object|Invalid/;

const hostile = '<img src=x onerror="globalThis.broken = true"><b>bold</b>';
const hard: readonly string[] = [
  hostile,
  'الطريق الطويل إلى البيت (2026)',
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🎬',
  'W'.repeat(200),
  `${'very '.repeat(40)}long`,
  '\u202eright to left by force',
];

test('[ABL-91] titles, devices, regions and alerts in any words are text, and break nothing', async () => {
  const service = await serve();
  service.reshape = (frame) => {
    const { breakdown } = frame;
    const contents = breakdown?.contents.map((one, i) => ({ ...one, title: hard[i % hard.length] ?? null }));
    const devices = breakdown?.devices.map((one, i) => ({ ...one, key: hard[i % hard.length] ?? '' }));
    const london = frame.regions['EU-London'];
    const regions = { ...frame.regions, ...Object.fromEntries(hard.map((name) => [name, london])) };
    const worded = breakdown && contents && devices ? { ...breakdown, contents, devices } : breakdown;
    return [JSON.stringify({ ...frame, regions, breakdown: worded })];
  };
  for (const width of [390, 1440] as const) {
    const page = await open(service, '/', width);
    await page.locator('.trending tbody tr').nth(5).waitFor();
    service.tell(scriptedAlert('words', Date.now(), { message: hard.join(' '), region: hard[3] ?? '' }));
    await page.locator('.alert').waitFor();
    await page.locator('.alert .mention').first().click();
    await page.locator('.chip').waitFor();
    await expect.poll(() => page.locator('.trending').textContent()).toContain(hostile);
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    await expect.poll(() => page.locator('main img, main b b, .trending b').count()).toBe(0);
    await page.keyboard.press('t');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
});

/** The regions of a frame with all counters of their cells made into something else. */
function withCounters(
  regions: Readonly<Record<string, LiveRegion>>,
  counters: Readonly<Record<string, number | null>>,
): object {
  const changed = Object.entries(regions).map(([name, region]) => {
    const counter = counters[name];
    if (counter === undefined) return [name, region];
    const cells = (list: LiveRegion['panes']) =>
      list?.map(([start, ...values]) => [start, ...values.map(() => counter)]);
    return [
      name,
      { ...region, viewers: counter, panes: cells(region.panes), minutes: cells(region.minutes) },
    ];
  });
  return Object.fromEntries(changed) as object;
}

test('[ABL-91] zero, nothing in place of a number, and 10^12 are shown as what they are', async () => {
  const service = await serve();
  // NaN is null in JSON.
  const counters = { 'EU-London': 0, 'EU-Paris': Number.NaN, 'US-Virginia': 10 ** 12 };
  service.reshape = (frame) => [
    'NaN',
    JSON.stringify({ ...frame, regions: withCounters(frame.regions, counters) }),
  ];
  for (const width of [390, 1440] as const) {
    const page = await open(service, '/', width);
    await rows(page).nth(11).waitFor();
    await page.keyboard.press('t');
    await page.locator('.series-panel tbody tr').nth(100).waitFor();
    const text = await page.locator('body').innerText();
    expect(text).not.toMatch(wordsOfNoNumber);
    await expect
      .poll(() => card(page, 'Views').locator('.figure').textContent())
      .toMatch(/^6\d\.\dT|^6\d\.\d.T/);
    await expect.poll(() => rows(page).filter({ hasText: 'EU-London' }).textContent()).toContain('idle');
    await page.keyboard.press('t');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
});

/** A snapshot or delta whose every region is there forty times and more. */
function crowded<F extends Pick<SnapshotFrame, 'regions'>>(frame: F, times: number): F {
  const copies = (name: string) => Array.from({ length: times }, (_, i) => `${name}-${i}`);
  const regions = Object.entries(frame.regions).flatMap(([name, region]) =>
    copies(name).map((copy) => [copy, region]),
  );
  const { facts } = frame as Partial<SnapshotFrame>;
  const many = facts?.flatMap((one) =>
    copies(one.name).map((name, i) => ({
      ...one,
      name,
      latitude: one.latitude - (i % 7),
      longitude: one.longitude + i / 3,
    })),
  );
  return { ...frame, regions: Object.fromEntries(regions) as F['regions'], ...(many ? { facts: many } : {}) };
}

test('[ABL-91] 500 regions: the worst and busiest are shown, all on request, and the page stays usable', async () => {
  const service = await serve();
  service.reshape = (frame) => [JSON.stringify(crowded(frame, 42))];
  const page = await open(service);
  await expect.poll(() => headline(page), soon).toBe('All 504 regions are healthy');
  expect([await rows(page).count(), await page.locator('.map-mark').count()]).toEqual([24, 48]);
  await page.getByText('48 of 504 regions').waitFor();
  await page.getByRole('button', { name: 'Show 480 more regions' }).click();
  await expect.poll(() => rows(page).count(), soon).toBe(504);
  await page.getByRole('button', { name: 'Show fewer' }).click();
  await expect.poll(() => rows(page).count(), soon).toBe(24);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test.each([-1, 1])('[ABL-91] a clock of the device that is wrong by %i day changes nothing', async (days) => {
  const service = await serve();
  const page = await open(service);
  await page.addInitScript((byMs) => {
    const real = Date;
    const wrong = () => real.now() + byMs;
    globalThis.Date = new Proxy(real, {
      construct: (target, args: []) => (args.length === 0 ? new target(wrong()) : new target(...args)),
      get: (target, name): unknown => (name === 'now' ? wrong : Reflect.get(target, name)),
    });
  }, days * 86_400_000);
  await page.reload();
  await expect.poll(() => headline(page), soon).toBe('All 12 regions are healthy');
  expect(await link(page)).toBe('Live');
  await expect.poll(() => rows(page).first().locator('td').last().textContent()).toMatch(/now|\d+\u202f?s/);
  await page.locator('.numbers:not(.stale)').waitFor();
});

test('[ABL-91] cells and times of tomorrow, as a wrong clock of a server has them, are not counted into today', async () => {
  const service = await serve();
  const clean = await open(service);
  await rows(clean).nth(11).waitFor();
  const viewsOf = async (page: Page): Promise<number> =>
    Number((await card(page, 'Views').locator('.figure').getAttribute('title'))?.replaceAll(',', ''));
  const before = await viewsOf(clean);
  service.reshape = (frame) => {
    const london = frame.regions['EU-London'];
    const tomorrow = frame.at + 86_400_000;
    const values = Array.from({ length: 40 }, () => 10 ** 9);
    const panes = [...(london?.panes ?? []), [Math.floor(tomorrow / 10_000) * 10_000, ...values]];
    const minutes = [...(london?.minutes ?? []), [Math.floor(tomorrow / 60_000), ...values]];
    const changed = { ...london, panes, minutes, last_event_at: tomorrow, last_received_at: tomorrow };
    return [JSON.stringify({ ...frame, regions: { ...frame.regions, 'EU-London': changed } })];
  };
  const page = await open(service);
  await rows(page).nth(11).waitFor();
  expect(await headline(page)).toBe('All 12 regions are healthy');
  expect(await viewsOf(page)).toBeLessThan(before * 2);
  expect(await page.locator('body').innerText()).not.toMatch(wordsOfNoNumber);
});

test('[ABL-91] frames twice, out of order, lost or of no sense: the same numbers in the end, and none goes back', async () => {
  const service = await serve();
  const page = await open(service);
  await rows(page).nth(11).waitFor();
  await page.evaluate(() => {
    const views: { at: number; count: number }[] = [];
    Object.assign(globalThis, { views });
    const look = () => {
      const cards = [...document.querySelectorAll('.figure-card')];
      const figure = cards.find((one) => one.textContent?.startsWith('Views'))?.querySelector('.figure');
      views.push({ at: Date.now(), count: Number(figure?.getAttribute('title')?.replaceAll(',', '')) });
      requestAnimationFrame(look);
    };
    look();
  });
  const resyncs = () => service.heard.filter(({ t }) => t === 'resync').length;
  /** What is done to the frames that are left; the n-th is counted from 0. */
  const play = async (change: (text: string, n: number) => readonly string[]): Promise<void> => {
    const before = resyncs();
    let n = 0;
    service.reshape = (frame) => change(JSON.stringify(frame), n++);
    await expect.poll(() => resyncs(), { timeout: 5_000 }).toBeGreaterThan(before);
    service.reshape = null;
  };
  await play((text, n) => (n === 1 ? [text, text] : [text]));
  let held = '';
  await play((text, n) => {
    if (n === 1) held = text;
    return n === 1 ? [] : n === 2 ? [text, held] : [text];
  });
  await play((text, n) => (n === 1 ? [] : [text]));
  await play((text, n) => (n === 1 ? ['', '[]', '{"t":"delta"}', 'x', text.slice(1)] : [text]));
  const clean = await open(service);
  await rows(clean).nth(11).waitFor();
  const closedMinutes = async (of: Page): Promise<string[]> =>
    (await of.locator('.series-panel').last().locator('tbody tr').allTextContents()).slice(5, 50);
  expect(await closedMinutes(page)).toEqual(await closedMinutes(clean));
  const views = await page.evaluate(
    () => (globalThis as unknown as { views: { at: number; count: number }[] }).views,
  );
  expect(views.length).toBeGreaterThan(20);
  // With each new minute an old one leaves the hour.
  const steady = views.filter(({ at }) => at % 60_000 > 2_000);
  const isBack = ({ count, at }: (typeof views)[number], i: number): boolean => {
    const before = steady[i - 1];
    return before !== undefined && at - before.at < 1_000 && !(count >= before.count);
  };
  expect(steady.filter(isBack)).toEqual([]);
  expect(await link(page)).toBe('Live');
});

test('[ABL-91] a service that answers 500 in mid-session is said to, what was shown stays, and the page recovers', async () => {
  const service = await serve({ play: 'failing' });
  const page = await open(service);
  await rows(page).nth(11).waitFor();
  service.failsWith = 'internal_error';
  await page.locator('.alert .button').first().click();
  await page.keyboard.type('Mine.');
  await page.keyboard.press('Enter');
  await page.getByText('Not acknowledged. Something broke in the middle of it.').waitFor();
  await expect.poll(() => page.getByRole('textbox').inputValue()).toBe('Mine.');
  service.dropViewers();
  await expect.poll(() => headline(page), soon).toMatch(/^Not connected since/);
  await page.locator('.remark', { hasText: 'Something went wrong on our side' }).waitFor();
  await expect.poll(() => rows(page).count()).toBe(12);
  service.failsWith = null;
  await expect.poll(() => headline(page), soon).toContain('failing downloads');
  await expect.poll(() => page.getByRole('textbox').inputValue()).toBe('Mine.');
});

const parameters =
  'region at from to range days tz zone compare part view kiosk theme embed token then movie user session genre country ' +
  'content_id device_type device content subscription_type q sort order cursor state text actor action result alert ' +
  'severity type id rule of metric live pause tables filter';
/** Each is in every parameter once; the rounds differ in which has which. */
const nonsense = [
  '',
  hostile,
  '-1',
  '1e999',
  '%00%FF',
  '9'.repeat(99),
  '!,,!","',
  '../../../',
  '__proto__',
  'javascript:alert(1)',
];
const rounds = [0, 3, 7];

function nonsenseOf(round: number): string {
  const parts = parameters.split(' ').map((name, i) => {
    const value = nonsense[(i + round) % nonsense.length] ?? '';
    return `${name}=${value.startsWith('%') ? value : encodeURIComponent(value)}`;
  });
  return `?${parts.join('&')}&region=again#${encodeURIComponent(hostile)}`;
}

async function survives(page: Page): Promise<void> {
  await expect.poll(() => headline(page), soon).not.toMatch(/^$|^Connecting$/);
  await expect.poll(() => page.locator('[aria-busy=true]').count(), soon).toBe(0);
  expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
  expect(await page.locator('body').innerText()).not.toMatch(/NaN|\[object|Invalid Date/);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
}

test('[ABL-91] nonsense in every parameter of the Live view', async () => {
  const service = await serve();
  for (const round of rounds) {
    const page = await open(service, `/${nonsenseOf(round)}`);
    await survives(page);
    await page.locator('.chip').first().waitFor();
    await rows(page).nth(11).waitFor();
  }
});

const others = [
  '/analytics',
  '/sign-in',
  '/admin/keys',
  '/admin/people',
  '/admin/embeds',
  '/admin/audit',
  '/admin/reconcile',
  '/system',
];

test.each(others)('[ABL-91] nonsense in every parameter of %s', async (path) => {
  const service = await pages.serve((folder) => startAdminHarness(folder));
  for (const round of rounds) {
    const page = await pages.open(service.address + path + nonsenseOf(round), {});
    await survives(page);
    expect(new URL(page.url()).origin).toBe(service.address);
    await page.close();
  }
});

test.each(['full', 'forbidden'])(
  '[ABL-91] a storage that is %s: everything works, only nothing is kept',
  async (how) => {
    const service = await serve();
    const page = await open(service);
    await page.addInitScript((kind) => {
      const refuse = (name: string) => () => {
        throw new DOMException('The storage says no.', name);
      };
      if (kind === 'full') {
        Object.defineProperty(Storage.prototype, 'setItem', { value: refuse('QuotaExceededError') });
      } else {
        for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
          Object.defineProperty(globalThis, name, { get: refuse('SecurityError') });
      }
    }, how);
    await page.reload();
    await expect.poll(() => headline(page), soon).toBe('All 12 regions are healthy');
    await page.keyboard.press('d');
    await page.locator('html[data-theme=dark]').waitFor();
    await rows(page).first().click();
    await page.locator('.chip').waitFor();
  },
);
