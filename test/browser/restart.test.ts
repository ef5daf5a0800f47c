// A server that is killed under an open page, and comes back: what the page shows at every frame of that time. The real
// runtime with real traffic, which goes on meanwhile.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Traffic } from '../../tools/producer/traffic.ts';
import { realService } from '../support/real-service.ts';

const backFillMs = 3 * 60_000;
/** From the kill to numbers that look stale. The socket of a killed process is closed by the system at once. */
const staleWithinMs = 2_000;

const service = realService();

/** What a person sees in one frame of the screen. */
interface Sight {
  /** Date.now() */
  readonly atMs: number;
  readonly link: string;
  readonly headline: string;
  /** Whether the numbers are there, and whether they look old. */
  readonly numbers: 'none' | 'fresh' | 'stale';
  readonly asOf: string;
  /** Exact, of the last hour. */
  readonly views: number;
  readonly downloads: number;
  readonly regions: number;
}

/** Looks at the page in every frame from now on; keeps each sight that differs from the one before. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const text = (selector: string): string => document.querySelector(selector)?.textContent ?? '';
    const exact = (name: string): number => {
      const cards = [...document.querySelectorAll('.figure-card')];
      const figure = cards.find((card) => card.querySelector('dt')?.textContent === name);
      const number = figure?.querySelector('.figure');
      return Number((number?.getAttribute('title') ?? number?.textContent ?? '').replaceAll(/\D/g, ''));
    };
    const look = () => {
      const numbers = document.querySelector('.numbers');
      const kind = numbers?.classList.contains('stale') ? 'stale' : 'fresh';
      return {
        link: text('.link-word'),
        headline: text('h1'),
        numbers: numbers ? kind : 'none',
        asOf: text('.as-of'),
        views: exact('Views'),
        downloads: exact('Downloads'),
        regions: document.querySelectorAll('.regions tbody tr').length,
      };
    };
    const sights: object[] = [];
    let last = '';
    const frame = () => {
      const sight = look();
      if (JSON.stringify(sight) !== last) sights.push({ atMs: Date.now(), ...sight });
      last = JSON.stringify(sight);
      requestAnimationFrame(frame);
    };
    Object.assign(globalThis, { sights });
    frame();
  });
}

const seen = (page: Page): Promise<Sight[]> =>
  page.evaluate(() => (globalThis as unknown as { sights: Sight[] }).sights);

async function lastSight(page: Page): Promise<Sight> {
  const sights = await seen(page);
  return sights.at(-1) as Sight;
}

async function numbersOfApi(): Promise<{ views: number; downloads: number }> {
  const answer = await fetch(`${service.runtime.url}/api/stats/realtime?minutes=60`, {
    headers: {
      'cache-control': 'no-cache',
      authorization: `Bearer ${service.runtime.credentials.viewer_token}`,
    },
  });
  const { data } = (await answer.json()) as { data: { views: number; total_downloads: number } };
  return { views: data.views, downloads: data.total_downloads };
}

/** Names those that are less than one before them. */
function steppedBack(sights: readonly Sight[], number: 'views' | 'downloads'): Sight[] {
  return sights.filter((sight, i) => sight[number] < (sights[i - 1]?.[number] ?? 0));
}

test('[ABL-05, LIV-1] a killed server: the page recovers by itself, and shows nothing untrue meanwhile', async () => {
  const fromMs = Math.ceil((Date.now() - backFillMs) / 60_000) * 60_000;
  service.sendTraffic(new Traffic({ seed: 2, rate: 60 }, fromMs), { backoffMsMax: 500 });
  const page = await service.openAs('viewer');
  await page.locator('h1', { hasText: 'healthy' }).waitFor({ timeout: 30_000 });
  await page.locator('.regions tbody tr').nth(11).waitFor({ timeout: 30_000 });
  await watch(page);
  const before = (await lastSight(page)).views;
  await expect.poll(async () => (await lastSight(page)).views, { timeout: 15_000 }).toBeGreaterThan(before);

  const killedMs = Date.now();
  const killed = await service.kill();
  await expect.poll(async () => (await lastSight(page)).numbers).toBe('stale');
  await killed.start();
  const backMs = Date.now();
  await expect.poll(async () => (await lastSight(page)).link, { timeout: 30_000 }).toBe('Live');
  const whenBack = (await lastSight(page)).views;
  await expect.poll(async () => (await lastSight(page)).views, { timeout: 15_000 }).toBeGreaterThan(whenBack);

  // Without traffic the two settle on the same numbers.
  await service.stopTraffic();
  await expect
    .poll(
      async () => {
        const { views, downloads } = await lastSight(page);
        return { page: { views, downloads }, api: await numbersOfApi() };
      },
      { timeout: 20_000, interval: 250 },
    )
    .toSatisfy(({ page: shown, api }) => JSON.stringify(shown) === JSON.stringify(api));

  // The sights are kept in the page: a reload would have lost those from before.
  const sights = await seen(page);
  expect(sights[0]?.atMs).toBeLessThan(killedMs);
  expect(steppedBack(sights, 'views')).toEqual([]);
  expect(steppedBack(sights, 'downloads')).toEqual([]);
  expect(sights.filter(({ regions, numbers }) => regions !== 12 || numbers === 'none')).toEqual([]);
  // A busy machine may be some seconds behind, which is said.
  const untrue = sights.filter(({ link, numbers }) => numbers === 'fresh' && !/^Live$|behind$/.test(link));
  expect(untrue).toEqual([]);
  const lost = sights.findIndex(({ numbers }) => numbers === 'stale');
  expect((sights[lost]?.atMs ?? Infinity) - killedMs).toBeLessThan(staleWithinMs);
  const away = sights.slice(lost).filter(({ atMs }) => atMs < backMs);
  for (const { headline } of away) expect(headline).toMatch(/^Not connected since/);
  // What is old is not counted on, and says of when it is.
  expect(new Set(away.map(({ asOf, views }) => `${asOf}, ${views} views`)).size).toBe(1);
  expect(away[0]?.asOf).toMatch(/^as of \d\d:\d\d:\d\d$/);
});
