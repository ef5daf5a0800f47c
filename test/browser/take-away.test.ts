// What is taken away from a panel: its numbers as CSV, its chart as PNG.
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { faults, sitePages, themes, widths } from '../support/site-pages.ts';

const { serve, open } = sitePages();
const admin = adminPages();

async function takeAway(page: Page, title: string, what: string): Promise<Download> {
  await page.getByRole('button', { name: `Take away: ${title}`, exact: true }).click();
  const download = page.waitForEvent('download');
  await page.locator('.panel-menu').getByRole('button', { name: what }).click();
  return await download;
}

/** Rows of a file without quotes, line breaks or commas in its cells. */
async function rowsOf(download: Download): Promise<string[][]> {
  const text = await readFile(await download.path(), 'utf8');
  return text
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
}

async function paused(path = '/', theme: (typeof themes)[number] = 'light'): Promise<Page> {
  const page = await open(await serve({ play: 'failing' }), { path, theme });
  await page.locator('.trending tbody tr').first().waitFor();
  await page.locator('.plot canvas').first().waitFor();
  await page.keyboard.press('p');
  await page.locator('.paused-bar').waitFor();
  return page;
}

test('[ABL-42] the CSV of a panel holds the numbers that it shows, in full', async () => {
  const page = await paused();
  const download = await takeAway(page, 'Regions', 'Numbers as CSV');
  expect(download.suggestedFilename()).toMatch(/^marquee-Live-Regions-\d{8}T\d{6}Z\.csv$/);
  const [head = [], ...rows] = await rowsOf(download);
  expect(head.slice(0, 3)).toEqual(['Region', 'Status', 'Events /s']);
  const shown = await page.locator('.regions tbody tr').evaluateAll((lines) =>
    lines.map((line) => {
      const full = (figure: Element | null | undefined) =>
        figure?.getAttribute('title') ?? figure?.textContent ?? '';
      const cells = [...line.querySelectorAll('td')];
      return {
        name: line.querySelector('.region-name')?.textContent,
        status: line.querySelector('.status-word.wide')?.textContent,
        figures: cells.slice(2).map((cell) => full(cell.querySelector('.figure'))),
      };
    }),
  );
  expect(rows).toHaveLength(shown.length);
  const digits = (text: string): string => text.replaceAll(/[^\d.]/g, '');
  for (const [i, { name, status, figures }] of shown.entries()) {
    const [file = [], speeds] = [rows[i], head.indexOf('Last event')];
    expect(file.slice(0, 2)).toEqual([name, status]);
    expect(file.slice(2, speeds).map(digits)).toEqual(figures.slice(0, speeds - 2).map(digits));
  }
});

test('[ABL-42] it is of the filter and of the time that are shown, and a title is no formula', async () => {
  const page = await paused('/?region=EU-London');
  const download = await takeAway(page, 'Last 15 minutes', 'Numbers as CSV');
  expect(download.suggestedFilename()).toMatch(/^marquee-Live-Last-15-minutes-EU-London-\d{8}T\d{6}Z\.csv$/);
  const [head = [], newest = []] = await rowsOf(download);
  expect(head[0]).toBe('From');
  const first = page.locator('.series-panel').first().locator('tbody tr').first();
  expect(newest[0]).toBe(await first.locator('time').getAttribute('datetime'));
  expect(newest[1]).toBe((await first.locator('.figure').first().getAttribute('title'))?.split(' ')[0]);
  await page
    .locator('.trending tbody tr .title bdi')
    .first()
    .evaluate((title) => {
      title.textContent = '=1+1';
    });
  const [, trending = []] = await rowsOf(await takeAway(page, 'Trending', 'Numbers as CSV'));
  expect(trending).toContain("'=1+1");
});

test('[ABL-42] so it is with the lists of the System page', async () => {
  const page = await admin.open(await admin.serve(), '/system');
  await page.locator('#regions tbody tr').first().waitFor();
  const download = await takeAway(page, 'Regions', 'Numbers as CSV');
  expect(download.suggestedFilename()).toMatch(/^marquee-System-Regions-\d{8}T\d{6}Z\.csv$/);
  const [head = [], ...rows] = await rowsOf(download);
  expect(head.slice(0, 3)).toEqual(['Region', 'State', 'Events (a second)']);
  expect(rows.map(([name]) => name)).toEqual(await page.locator('#regions tbody th').allTextContents());
});

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Of the first pixel and of the page's ground; and whether there are such of the first line, in all and where the title stands. */
  readonly corner: string;
  readonly page: string;
  readonly ofLine: number;
  readonly ofTitle: number;
}

async function look(page: Page, download: Download): Promise<Picture> {
  const bytes = [...(await readFile(await download.path()))];
  return await page.evaluate(async (all) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(all)], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!context) throw new Error('no canvas');
    const ofToken = (token: string): string => {
      context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data.join();
    };
    const [line, ink, ground] = [ofToken('--line-1'), ofToken('--ink'), ofToken('--page')];
    context.drawImage(image, 0, 0);
    const count = (color: string, height: number): number => {
      const { data } = context.getImageData(0, 0, image.width, height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) if (data.subarray(at, at + 4).join() === color) found++;
      return found;
    };
    return {
      width: image.width,
      height: image.height,
      corner: context.getImageData(0, 0, 1, 1).data.join(),
      page: ground,
      ofLine: count(line, image.height),
      ofTitle: count(ink, 80),
    };
  }, bytes);
}

test.each(themes)(
  '[ABL-43] the PNG of a chart is drawn at 2x in the theme, with title and legend, %s',
  async (theme) => {
    const page = await paused('/?region=EU-London', theme);
    const before = await page.locator('.plot canvas').first().getAttribute('width');
    const download = await takeAway(page, 'Last 15 minutes', 'Chart as PNG');
    expect(download.suggestedFilename()).toMatch(
      /^marquee-Live-Last-15-minutes-EU-London-\d{8}T\d{6}Z\.png$/,
    );
    await download.saveAs(`.cache/chart-${theme}.png`);
    const box = await page.locator('.plot').first().boundingBox();
    const { width, height, corner, page: ground, ofLine, ofTitle } = await look(page, download);
    expect(width).toBe(2 * (Math.round(box?.width ?? 0) + 40));
    expect(height).toBeGreaterThan(2 * 256);
    expect(corner).toBe(ground);
    expect(ofLine).toBeGreaterThan(200);
    expect(ofTitle).toBeGreaterThan(100);
    // What is on the screen has its own ratio again.
    await expect.poll(() => page.locator('.plot canvas').first().getAttribute('width')).toBe(before);
  },
);

test('[ABL-43] so is the chart of the Analytics page, of its days', async () => {
  const page = await admin.open(await admin.serve(), '/analytics?days=30');
  await page.locator('.plot canvas').first().waitFor();
  const download = await takeAway(page, 'Views by day', 'Chart as PNG');
  expect(download.suggestedFilename()).toMatch(/^marquee-Analytics-Views-by-day-.*\.png$/);
  await download.saveAs('.cache/chart-daily.png');
  expect((await look(page, download)).ofLine).toBeGreaterThan(200);
});

test('[ABL-42] the menu opens by keyboard, and Esc leaves it alone', async () => {
  const page = await paused('/?region=EU-London');
  await page.getByRole('button', { name: 'Take away: Last hour' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.panel-menu').waitFor();
  for (const width of [390, 1440] as const) {
    await page.setViewportSize({ width, height: widths[width] });
    expect(await faults(page)).toEqual([]);
  }
  await page.screenshot({ path: '.cache/panel-menu.png' });
  await page.keyboard.press('Escape');
  await page.locator('.panel-menu').waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('region')).toBe('EU-London');
});
