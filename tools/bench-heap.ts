// Whether the heap of an open Live view stays as it is, over half an hour of sped-up time, before a scripted service.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { resolvedAlert, scriptedAlert } from '../test/support/scripted-alerts.ts';
import { type Harness, startHarness } from '../test/support/site-harness.ts';
import { PageCost } from './bench-page.ts';
import type { Report } from './bench-report.ts';

/** A page that falls behind would hold the frames that it has not read: it must keep up at this speed. */
const speed = 6;
const heapMinutes = 30;
/** Until then caches fill. */
const warmMinutes = 5;
const minuteMs = 60_000;

interface HeapSample {
  readonly minute: number;
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

export interface Heap {
  readonly settings: Readonly<Record<string, string>>;
  /** Of each settled minute, the whole. */
  readonly kilobytes: readonly number[];
  readonly targets: NonNullable<Report['targets']>;
}

/** An alert that fires in every other minute and is resolved in the next, so that lists and shades change too. */
function alertOfMinute(service: Harness, minute: number): void {
  const alert = scriptedAlert(`minute-${minute - (minute % 2)}`, service.now());
  service.tell(minute % 2 === 0 ? alert : resolvedAlert(alert, service.now()));
}

/** Those of the hour before: a page holds an hour of alerts, which would otherwise fill meanwhile. Cells come whole. */
function alertsOfTheHour(service: Harness): void {
  const now = service.now();
  for (let minutes = 2; minutes <= 60; minutes += 2) {
    const alert = scriptedAlert(`before-${minutes}`, now - minutes * minuteMs);
    service.alerts.push(resolvedAlert(alert, now - (minutes - 1) * minuteMs));
  }
}

export async function measureHeap(
  browser: Browser,
  folder: string,
  open: (context: BrowserContext, address: string) => Promise<Page>,
): Promise<Heap> {
  const service = await startHarness({ folder, speed });
  alertsOfTheHour(service);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await open(context, service.address);
    const cost = await PageCost.of(page);
    const startedAt = service.now();
    const samples: HeapSample[] = [];
    const objects: number[] = [];
    for (let minute = 1; minute <= heapMinutes; minute++) {
      alertOfMinute(service, minute);
      await page.waitForTimeout(Math.max(0, (startedAt + minute * minuteMs - service.now()) / speed));
      samples.push({ minute, ...(await cost.held()) });
      if (minute === warmMinutes || minute === heapMinutes) objects.push(await cost.objects());
    }
    return heapOf(samples, objects as [number, number]);
  } finally {
    await context.close();
    await service.stop();
  }
}

function heapOf(samples: readonly HeapSample[], [before, after]: [number, number]): Heap {
  const settled = samples.filter(({ minute }) => minute > warmMinutes);
  const kilobytes = settled.map(({ heapBytes }) => heapBytes / 1024);
  const gainedKb = (slope(settled) * (heapMinutes - warmMinutes)) / 1024;
  const [first, last] = [samples[0], samples.at(-1)];
  return {
    settings: {
      heap: `${heapMinutes} minutes of frames at ${speed} times their speed, each minute after a collection, with an hour of alerts from the start`,
      'what scripts hold': `${Math.round(before / 1024)} KB after ${warmMinutes} minutes, ${Math.round(after / 1024)} KB after ${heapMinutes}`,
      'nodes and listeners': `${first?.nodes}, ${first?.listeners} at first, ${last?.nodes}, ${last?.listeners} at last`,
    },
    kilobytes,
    targets: [
      percent('what scripts hold, gained in 25 minutes, %', (after - before) / before),
      percent('heap with compiled code, gained in 25 minutes, %', gainedKb / Math.min(...kilobytes)),
    ],
  };
}

const percent = (what: string, part: number) => ({
  what,
  atMost: 2,
  measured: Number((part * 100).toFixed(1)),
});

/**
 * Bytes a minute: the median of the slopes between any two samples (Theil and Sen), which a minute with frames that
 * were not read yet does not bend.
 */
function slope(samples: readonly HeapSample[]): number {
  const slopes = samples.flatMap((a, i) =>
    samples.slice(i + 1).map((b) => (b.heapBytes - a.heapBytes) / (b.minute - a.minute)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}
