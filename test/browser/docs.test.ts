// The documentation in a real browser: readable, usable by keyboard, and its trials run.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildSite } from '../../tools/build-site.ts';
import { launchBrowser } from '../support/browser.ts';
import { pictureOf } from '../support/pictures.ts';
import { type StaticSite, serveStatically } from '../support/static-site.ts';

const root = new URL('../..', import.meta.url).pathname;
const widths = [390, 820, 1440];
let browser: Browser;
let folder = '';
let site: StaticSite;
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(root, '.cache/site-'));
  await buildSite(folder, 'silent');
  site = await serveStatically(folder);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await site.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

async function open(path: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on(
    'console',
    (line) => line.type() === 'error' && !/ 404 /.test(line.text()) && complaints.push(line.text()),
  );
  page.on('request', (request) => !request.url().startsWith(site.origin) && complaints.push(request.url()));
  await page.goto(`${site.origin}${path}`);
  return page;
}

const looks = ['/docs', '/docs/problems', '/offline', '/nothing/here'].flatMap((path) =>
  (['light', 'dark'] as const).flatMap((theme) => widths.map((width) => ({ path, theme, width }))),
);

test.each(looks)('$path, $theme, $width wide: nothing for axe, nothing beyond the edge', async (look) => {
  const page = await open(look.path, look.width, look.theme);
  for (const details of await page.locator('details').all()) {
    await details.evaluate((element) => element.setAttribute('open', ''));
  }
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  expect(violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const name = look.path.replaceAll('/', '-').slice(1);
  await page.screenshot({ path: pictureOf(`${name}-${look.theme}-${look.width}`) });
});

describe('trying an operation', () => {
  test('by keyboard: the command follows what is typed, and the answer is shown', async () => {
    const page = await open('/docs', 1440, 'light');
    const section = page.locator('#getStatsTrending');
    await section.locator('input[name=minutes]').focus();
    await page.keyboard.type('15');
    await expect
      .poll(() => section.locator('[data-role=command]').textContent())
      .toBe(`curl '${site.origin}/api/stats/trending?minutes=15' \\\n  -H "authorization: Bearer $TOKEN"`);
    await page.keyboard.press('Enter');
    await section.locator('output .status').waitFor();
    expect(site.asked.splice(0)).toEqual(['/api/stats/trending?minutes=15']);
    await expect
      .poll(() => section.locator('output').textContent())
      .toMatch(/^200 in \d+ ms[\s\S]*x-cache: miss[\s\S]*"count": 0/);
  });

  test('who is not signed in is led to the sign-in, and back to the operation', async () => {
    const page = await open('/docs', 1440, 'light');
    await page.route('**/api/stats/trending', (route) => route.fulfill({ status: 401, body: '{}' }));
    const section = page.locator('#getStatsTrending');
    await section.getByRole('button', { name: 'Try it' }).click();
    const link = section.getByRole('link', { name: 'Sign in' });
    await expect.poll(() => link.getAttribute('href')).toBe('/sign-in?then=%2Fdocs%23getStatsTrending');
    complaints.length = 0;
  });

  test('a service that is away is told in words', async () => {
    const page = await open('/docs', 1440, 'light');
    await page.context().setOffline(true);
    const section = page.locator('#getApiHealth');
    await section.getByRole('button', { name: 'Try it' }).click();
    await section.locator('output .status').waitFor();
    await expect.poll(() => section.locator('output').textContent()).toMatch(/No answer/);
    complaints.length = 0;
  });

  test('the theme that was chosen stays', async () => {
    const page = await open('/docs', 820, 'light');
    await page.locator('#theme').click();
    await page.goto(`${site.origin}/docs/problems`);
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
    await expect.poll(() => page.locator('#theme').getAttribute('aria-pressed')).toBe('true');
  });
});
