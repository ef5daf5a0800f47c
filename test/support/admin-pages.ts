/** The built admin pages in a real browser before a scripted service: what test/browser/admin-*.test.ts share. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type AdminHarness, startAdminHarness } from './admin-harness.ts';
import { launchBrowser } from './browser.ts';
import { type Theme, type Width, widths } from './site-pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Look {
  readonly width?: Width;
  readonly theme?: Theme;
}

/** Starts a browser and a service for the tests of a file. A test fails if its page complained. */
export function adminPages() {
  let browser: Browser;
  let folder = '';
  const harnesses = new Set<AdminHarness>();
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(root, '.cache/site-'));
    const outDir = folder;
    await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const harness of harnesses) await harness.stop();
    harnesses.clear();
    expect(complaints.splice(0)).toEqual([]);
  });

  const serve = async (): Promise<AdminHarness> => {
    const harness = await startAdminHarness(folder);
    harnesses.add(harness);
    return harness;
  };

  const open = async (service: AdminHarness, path: string, look: Look = {}): Promise<Page> => {
    const { width = 1440, theme = 'light' } = look;
    const context = await browser.newContext({
      viewport: { width, height: widths[width] },
      colorScheme: theme,
      timezoneId: 'Europe/London',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => {
      // An answer that is no success, as some are on purpose.
      const isMeant = /Failed to load resource/.test(line.text());
      if (line.type() === 'error' && !isMeant) complaints.push(line.text());
    });
    await page.goto(service.address + path);
    return page;
  };

  return { serve, open };
}
