/** The built site in a real browser, before a scripted service: what the tests in test/browser share. */
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Harness, startHarness } from './site-harness.ts';

/** Widths of the pages that are tested, each with the height of its screen. */
export const widths = { 390: 844, 820: 1180, 1440: 900 } as const;
export type Width = keyof typeof widths;
export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface Look {
  readonly width?: Width;
  readonly theme?: Theme;
  /** Of the browser; British if not said. */
  readonly locale?: string;
}

interface Service {
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Starts a browser before the tests of a file and stops all after them, services that were kept too. A test fails if
 * its page complained of anything but what `isMeant` names: a server that is down, or says no, on purpose.
 */
export function browserPages(isMeant: RegExp, site: 'builtSite' | 'siteWithComponents' = 'builtSite') {
  let browser: Browser;
  const folder = inject(site);
  const services = new Set<Service>();
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const service of services) await service.stop();
    services.clear();
    expect(complaints.splice(0)).toEqual([]);
  });

  /** Starts a service over the folder of the built site; it is stopped after the test. */
  const serve = async <S extends Service>(start: (folder: string) => Promise<S>): Promise<S> => {
    const service = await start(folder);
    services.add(service);
    return service;
  };

  const open = async (address: string, look: Look, more: BrowserContextOptions = {}): Promise<Page> => {
    const { width = 1440, theme = 'light', locale = 'en-GB' } = look;
    const context = await browser.newContext({
      viewport: { width, height: widths[width] },
      colorScheme: theme,
      timezoneId: 'Europe/London',
      locale,
      ...more,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !isMeant.test(line.text())) complaints.push(line.text());
    });
    await page.goto(address);
    return page;
  };

  return { serve, open };
}

interface SiteLook extends Look {
  readonly path?: string;
  readonly reducedMotion?: boolean;
  readonly hasTouch?: boolean;
}

/** Starts a browser before the tests of a file and stops all after them. A test fails if its page complained. */
export function sitePages() {
  const pages = browserPages(
    /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|503|409|400|401|403|429|no valid credentials/,
  );

  const serve = (options: Parameters<typeof startHarness>[0] = {}): Promise<Harness> =>
    pages.serve((folder) => startHarness({ ...options, folder }));

  const open = (service: Harness, look: SiteLook = {}): Promise<Page> => {
    const { path = '/', reducedMotion = false, hasTouch = false } = look;
    const motion = reducedMotion ? 'reduce' : 'no-preference';
    return pages.open(service.address + path, look, { reducedMotion: motion, hasTouch });
  };

  return { serve, open };
}

/** What axe finds, as `rule: element`. The page stands still: transitions in flight have colours of no design. */
export async function faults(page: Page): Promise<string[]> {
  await page.waitForTimeout(300);
  await page.evaluate(axe.source);
  // Of all else that it looked at it would write down a path to each element, which takes half of its time.
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** By how much the page is wider than its screen, CSS pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
