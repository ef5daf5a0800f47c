// What the Live view costs the browser that it is open in, and how soon it shows something. The main thread and the heap
// before a scripted service, so that nothing else is measured; the first picture before the real one.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { frameEveryMs } from '../../core/protocol/limits.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { signInContext } from '../../test/support/signed-in.ts';
import { startHarness } from '../../test/support/site-harness.ts';
import { type Heap, measureHeap } from '../bench-heap.ts';
import { type MainThread, PageCost, tracedTasks } from '../bench-page.ts';
import { type Bench, quantileRow, type Report } from '../bench-report.ts';
import { buildSite } from '../build-site.ts';
import { produce } from '../producer/produce.ts';
import { Progress } from '../producer/progress.ts';
import { Sender } from '../producer/sender.ts';
import { Traffic } from '../producer/traffic.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const viewport = { width: 1440, height: 900 };
const settleMs = 5_000;
const busyForMs = 60_000;
const tracedMs = 20_000;
const minuteMs = 60_000;
const navigations = 15;
const backFillMs = 10 * minuteMs;

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function openLive(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(watchLongTasks);
  await page.goto(address);
  await page.locator('.regions tbody tr').nth(11).waitFor();
  await page.waitForTimeout(settleMs);
  return page;
}

/** Runs in the page: what the browser itself calls a long task, 50 ms or more. */
function watchLongTasks(): void {
  const tasks: { startTime: number; duration: number }[] = [];
  Object.assign(globalThis, { longTasks: tasks });
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({
    type: 'longtask',
    buffered: true,
  });
}

/** Milliseconds of the long tasks since `fromMs` of the page's time. */
const longTasks = (page: Page, fromMs: number): Promise<number[]> =>
  page.evaluate(
    (from) =>
      (globalThis as unknown as { longTasks: PerformanceEntry[] }).longTasks
        .filter(({ startTime }) => startTime > from)
        .map(({ duration }) => duration),
    fromMs,
  );

interface Busy extends MainThread {
  readonly charts: string;
  readonly longTasks: readonly number[];
  /** Milliseconds of wall and of processor time of the longest traced task. */
  readonly longest: { readonly wallMs: number; readonly processorMs: number };
  readonly tasks: number;
}

async function measureBusy(browser: Browser, folder: string): Promise<Busy> {
  const service = await startHarness({ folder });
  const context = await browser.newContext({ viewport });
  try {
    const page = await openLive(context, service.address);
    const settledAt = await page.evaluate(() => performance.now());
    const cost = await PageCost.of(page);
    const thread = await cost.mainThread(page, busyForMs);
    const long = await longTasks(page, settledAt);
    const [longest = { wallMs: 0, processorMs: 0 }, ...others] = await tracedTasks(browser, page, tracedMs);
    const count = (selector: string): Promise<number> => page.locator(selector).count();
    const charts = `${await count('.uplot')} of uPlot, ${await count('svg.sparkline')} sparklines, a map`;
    return { ...thread, charts, longTasks: long, longest, tasks: others.length + 1 };
  } finally {
    await context.close();
    await service.stop();
  }
}

interface Picture {
  /** From the start of the navigation, ms. */
  readonly ms: number;
  readonly sockets: number;
  readonly snapshots: number;
  /** What went over its socket but for deltas, in order; of snapshots their epoch and number. */
  readonly told: readonly string[];
  /** Requests of the page to the API by HTTP. */
  readonly requests: number;
}

/** Runs in the page: notes the frame after the one in which the state, all regions and the charts are there. */
function watchPicture(): void {
  const isThere = (): boolean =>
    document.querySelectorAll('.regions tbody tr').length >= 12 &&
    document.querySelector('.uplot canvas') !== null &&
    /regions/.test(document.querySelector('h1')?.textContent ?? '');
  const look = (): void => {
    if (!isThere()) requestAnimationFrame(look);
    else requestAnimationFrame(() => Object.assign(globalThis, { pictureMs: performance.now() }));
  };
  look();
}

async function pictureOf(browser: Browser, runtime: Runtime): Promise<Picture> {
  const context = await browser.newContext({ viewport });
  await signInContext(context, runtime, 'viewer');
  const page = await context.newPage();
  let sockets = 0;
  let snapshots = 0;
  let requests = 0;
  const told: string[] = [];
  page.on('websocket', (socket) => {
    sockets++;
    socket.on('framereceived', ({ payload }) => {
      const [, epoch, seq] = /"t":"snapshot","epoch":"(\w{4})[^"]*","seq":(\d+)/.exec(String(payload)) ?? [];
      if (epoch === undefined) return;
      snapshots++;
      told.push(`snapshot ${epoch}:${seq}`);
    });
    socket.on('framesent', ({ payload }) => told.push(/"t":"(\w+)"/.exec(String(payload))?.[1] ?? 'ping'));
  });
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/') && request.resourceType() === 'fetch') requests++;
  });
  await page.addInitScript(watchPicture);
  await page.goto(runtime.url);
  await page.waitForFunction(() => 'pictureMs' in globalThis);
  const ms = await page.evaluate(() => (globalThis as unknown as { pictureMs: number }).pictureMs);
  await page.waitForTimeout(1_000);
  await context.close();
  return { ms, sockets, snapshots, told, requests };
}

async function measurePictures(browser: Browser): Promise<Picture[]> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-dashboard-'));
  const runtime = await startRuntime({ persistTo: folder });
  try {
    const fromMs = Date.now() - backFillMs;
    const sender = new Sender({ url: runtime.url, key: runtime.credentials.ingest_key });
    const traffic = new Traffic({ seed: 1, rate: 60 }, fromMs);
    const progress = new Progress();
    await produce({ traffic, sender, progress, senders: 3, batch: 500, untilMs: Date.now() });
    const pictures: Picture[] = [];
    // The first is the server's, which compiles and wakes what it needs.
    await pictureOf(browser, runtime);
    while (pictures.length < navigations) pictures.push(await pictureOf(browser, runtime));
    return pictures;
  } finally {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-site-'));
  const browser = await launchBrowser();
  try {
    await buildSite(folder, 'silent');
    const busy = await measureBusy(browser, folder);
    const heap = await measureHeap(browser, folder, openLive);
    const pictures = await measurePictures(browser);
    return reportOf(browser.version(), busy, heap, pictures);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportOf(chromium: string, busy: Busy, heap: Heap, pictures: readonly Picture[]): Report {
  const times = pictures.map(({ ms }) => ms);
  const most = (pick: (picture: Picture) => number): number => Math.max(...pictures.map(pick));
  return {
    settings: {
      chromium,
      charts: busy.charts,
      frames: `12 regions, one every ${frameEveryMs} ms`,
      'main thread': `${busyForMs / 1000} s, without a graphics processor`,
      'script, %': rounded(busy.script * 100),
      'style and layout, %': rounded(busy.layout * 100),
      'longest task': `${rounded(busy.longest.wallMs)} ms, of the processor ${rounded(busy.longest.processorMs)} ms, of ${busy.tasks} in ${tracedMs / 1000} s`,
      ...heap.settings,
      picture: 'state, 12 regions and charts, from the start of the navigation, with nothing in the cache',
      'requests of the API by HTTP': most(({ requests }) => requests),
      'the most talkative page': mostTold(pictures),
      'load of the machine': `${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')} (1, 5, 15 minutes), ${availableParallelism()} processors`,
    },
    rows: [quantileRow('picture, ms', times), quantileRow('heap, KB', heap.kilobytes)],
    targets: [
      { what: 'main thread busy, %', atMost: 10, measured: rounded(busy.busy * 100) },
      // Other programs take the processor from a task that is under way: what it used itself is told apart.
      { what: 'main thread on the processor, %', atMost: 10, measured: rounded(busy.processor * 100) },
      { what: 'tasks over 50 ms after load', atMost: 0, measured: busy.longTasks.length },
      { what: 'longest task on the processor, ms', atMost: 50, measured: rounded(busy.longest.processorMs) },
      ...heap.targets,
      { what: 'first picture, median, ms', atMost: 1_000, measured: rounded(quantileOf(times)) },
      { what: 'snapshots', atMost: 1, measured: most(({ snapshots }) => snapshots) },
      { what: 'sockets', atMost: 1, measured: most(({ sockets }) => sockets) },
    ],
  };
}

const mostTold = (pictures: readonly Picture[]): string =>
  pictures.map(({ told }) => told.join(', ')).sort((a, b) => b.length - a.length)[0] ?? '';

const quantileOf = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;

export default {
  name: 'dashboard',
  describe: 'what the Live view costs a browser, main thread and heap, and how soon it shows something',
  notes: [
    'What holds the heap back: what scripts hold stays; the rest is code that V8 compiles for as long as it optimises, which snapshots tell apart ([page-performance](page-performance.md)).',
  ],
  run,
} satisfies Bench;
