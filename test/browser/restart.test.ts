// A server that is killed under an open page, and comes back: what the page shows at every frame of that time. The real
// runtime with real traffic, which goes on meanwhile.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { produce } from '../../tools/producer/produce.ts';
import { Progress } from '../../tools/producer/progress.ts';
import { Sender } from '../../tools/producer/sender.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { launchBrowser } from '../support/browser.ts';
import { signInContext } from '../support/signed-in.ts';

const backFillMs = 3 * 60_000;
/** From the kill to numbers that look stale. The socket of a killed process is closed by the system at once. */
const staleWithinMs = 2_000;

let browser: Browser;
let runtime: Runtime;
let folder = '';
const stopProducing = new AbortController();
let producing: Promise<void> | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-restart-'));
  [runtime, browser] = await Promise.all([startRuntime({ persistTo: folder }), launchBrowser()]);
});

afterAll(async () => {
  stopProducing.abort();
  await producing?.catch(() => {});
  await browser?.close();
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

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

function startProducing(): void {
  const stop = stopProducing.signal;
  const fromMs = Math.ceil((Date.now() - backFillMs) / 60_000) * 60_000;
  const sender = new Sender({
    url: runtime.url,
    key: runtime.credentials.ingest_key,
    connections: 3,
    backoffMsMax: 500,
    stop,
  });
  const traffic = new Traffic({ seed: 2, rate: 60 }, fromMs);
  producing = produce({ traffic, sender, progress: new Progress(), senders: 3, batch: 50, stop });
}

async function numbersOfApi(): Promise<{ views: number; downloads: number }> {
  const answer = await fetch(`${runtime.url}/api/stats/realtime?minutes=60`, {
    headers: { 'cache-control': 'no-cache', authorization: `Bearer ${runtime.credentials.viewer_token}` },
  });
  const { data } = (await answer.json()) as { data: { views: number; total_downloads: number } };
  return { views: data.views, downloads: data.total_downloads };
}

/** Names those that are less than one before them. */
function steppedBack(sights: readonly Sight[], number: 'views' | 'downloads'): Sight[] {
  return sights.filter((sight, i) => sight[number] < (sights[i - 1]?.[number] ?? 0));
}

test('[ABL-05, LIV-1] a killed server: the page recovers by itself, and shows nothing untrue meanwhile', async () => {
  startProducing();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await signInContext(context, runtime, 'viewer');
  const page = await context.newPage();
  await page.goto(runtime.url);
  await page.locator('h1', { hasText: 'healthy' }).waitFor({ timeout: 30_000 });
  await page.locator('.regions tbody tr').nth(11).waitFor({ timeout: 30_000 });
  await watch(page);
  const before = (await lastSight(page)).views;
  await expect.poll(async () => (await lastSight(page)).views, { timeout: 15_000 }).toBeGreaterThan(before);

  const port = Number(new URL(runtime.url).port);
  const killedMs = Date.now();
  await runtime.killGroup();
  await expect.poll(async () => (await lastSight(page)).numbers).toBe('stale');
  runtime = await startRuntime({ persistTo: folder, port, prepares: false });
  const backMs = Date.now();
  await expect.poll(async () => (await lastSight(page)).link, { timeout: 30_000 }).toBe('Live');
  const whenBack = (await lastSight(page)).views;
  await expect.poll(async () => (await lastSight(page)).views, { timeout: 15_000 }).toBeGreaterThan(whenBack);

  // Without traffic the two settle on the same numbers.
  stopProducing.abort();
  await producing;
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
