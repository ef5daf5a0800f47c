// What the build leaves of uPlot draws what the whole of it draws, pixel for pixel.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uplotParts } from '../../site/uplot-parts.ts';
import { launchBrowser } from '../support/browser.ts';

const root = new URL('../..', import.meta.url).pathname;
let browser: Browser;
let folder = '';

/** Plots of the Live view with gaps, a lone value, open slots, an alert, a cursor, a week and the one before; then moved on, and narrower. */
const entry = `
import { signal } from '${root}node_modules/@preact/signals';
import { h, render } from '${root}node_modules/preact';
import { Plot } from '${root}site/chart/plot.tsx';
import { besideSpecs, successSpec, trafficSpec } from '${root}site/chart/plot-spec.ts';

const start = Date.UTC(2026, 10, 21, 11, 58);
const seriesAt = (step) => {
  const times = Array.from({ length: 91 }, (_, i) => start + (i + step) * 10_000);
  const wave = (by) => times.map((_, i) => (i < 4 || (i > 30 && i < 36 && i !== 33) ? null : by * (2 + Math.sin((i + step) / 7))));
  const span = { slotMs: 10_000, lengthMs: 900_000 };
  const success = wave(0.3).map((value) => (value === null ? null : 1 - value / 5));
  return { span, asOf: times[90] + 4_000, times, closedCount: 88, events: wave(4_000), views: wave(9), downloads: wave(700), success };
};
const series = signal(seriesAt(0));
const crosshair = signal(null);
const stretches = signal([{ severity: 'CRITICAL', from: start + 300_000, until: start + 420_000 }]);
const place = document.querySelector('#plots');
const empty = signal({ ...seriesAt(0), times: [], events: [], downloads: [], success: [], closedCount: 0 });
const week = (step) => {
  const slotMs = 3_600_000;
  const times = Array.from({ length: 169 }, (_, i) => start - start % slotMs + (i + step - 168) * slotMs);
  const events = times.map((_, i) => (i % 50 === 9 ? null : 1e13 * (1 + Math.cos(i / 9))));
  const before = { events: events.toReversed(), downloads: events, success: events };
  return { span: { slotMs, lengthMs: 168 * slotMs }, asOf: times.at(-1) + 5e5, times, closedCount: 167, events, downloads: times.map(() => 4e12), success: events, before };
};
const long = signal(week(0));
const besideLong = { ...besideSpecs.traffic, hasTimeAxis: true };
render([[trafficSpec, series], [successSpec, series], [trafficSpec, empty], [besideLong, long]].map(([spec, of]) =>
  h(Plot, { spec, series: of, stretches, crosshair })), place);
const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
const seen = () => [
  ...[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()),
  ...[...document.querySelectorAll('.u-cursor-x, .u-cursor-pt, .u-over')].map((one) => one.className + one.style.cssText),
];
globalThis.draw = async () => {
  const pictures = [];
  await frame();
  pictures.push(seen());
  crosshair.value = start + 500_000;
  await frame();
  pictures.push(seen());
  series.value = seriesAt(7);
  long.value = week(5);
  await frame();
  pictures.push(seen());
  place.style.width = '340px';
  await frame();
  pictures.push(seen());
  return pictures;
};
`;

beforeAll(async () => {
  folder = await mkdtemp(join(root, '.cache/plots-'));
  await writeFile(join(folder, 'plots.ts'), entry);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

async function picturesOf(name: string, plugins: ReturnType<typeof uplotParts>[]): Promise<string[][]> {
  await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    plugins,
    build: {
      outDir: join(folder, name),
      lib: { entry: join(folder, 'plots.ts'), formats: ['iife'], name: 'plots', fileName: 'plots' },
      minify: true,
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  });
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  const css = await readFile(join(root, 'site/theme/tokens.css'), 'utf8');
  await page.setContent(`<style>${css}</style><div id="plots" style="width: 700px"></div>`);
  await page.addScriptTag({ path: join(folder, name, 'plots.iife.js') });
  const pictures = await page.evaluate(() =>
    (globalThis as unknown as { draw: () => Promise<string[][]> }).draw(),
  );
  expect(complaints).toEqual([]);
  await page.close();
  return pictures;
}

test('the parts of uPlot that the site keeps draw as the whole does', async () => {
  const whole = await picturesOf('whole', []);
  const parts = await picturesOf('parts', [uplotParts()]);
  // There is something to compare: four plots, and each step draws another picture.
  expect(whole).toHaveLength(4);
  expect(whole[0]?.filter((text) => text.startsWith('data:image/png') && text.length > 2_000)).toHaveLength(
    4,
  );
  expect(new Set(whole.map((seen) => seen.join())).size).toBe(4);
  expect(parts).toEqual(whole);
});
