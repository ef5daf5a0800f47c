/** The running Worker and a browser: what the tests in test/browser share that need both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { PersonRole } from '../../core/access/caller.ts';
import { produce } from '../../tools/producer/produce.ts';
import { Progress } from '../../tools/producer/progress.ts';
import { Sender } from '../../tools/producer/sender.ts';
import type { Traffic } from '../../tools/producer/traffic.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { launchBrowser } from './browser.ts';
import { signInContext } from './signed-in.ts';

/**
 * Starts both before the tests of a file and stops them after all; contexts are closed after each test, which fails if
 * a page of openAs() threw or broke its policy. `fill` finds the data folder prepared, before anything runs over it.
 */
export function realService(fill?: (folder: string) => Promise<void>) {
  let folder = '';
  let runtime: Runtime;
  let browser: Browser;
  const stopProducing = new AbortController();
  let producing: Promise<void> | undefined;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marquee-browser-'));
    await fill?.(folder);
    [runtime, browser] = await Promise.all([
      startRuntime({ persistTo: folder, prepares: fill === undefined }),
      launchBrowser(),
    ]);
  });

  afterAll(async () => {
    stopProducing.abort();
    await producing?.catch(() => {});
    await browser?.close();
    await runtime?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  return {
    get runtime(): Runtime {
      return runtime;
    },
    get browser(): Browser {
      return browser;
    },

    /** Sends traffic, its past first, until stopTraffic() or the end. */
    sendTraffic(traffic: Traffic, options: { readonly backoffMsMax?: number } = {}): void {
      const { signal: stop } = stopProducing;
      const { url, credentials } = runtime;
      const sender = new Sender({ url, key: credentials.ingest_key, connections: 3, stop, ...options });
      producing = produce({ traffic, sender, progress: new Progress(), senders: 3, batch: 50, stop });
    },

    async stopTraffic(): Promise<void> {
      stopProducing.abort();
      await producing;
    },

    /** Kills all of it, as when the machine fails; `start` starts it on the same folder and port. */
    async kill(): Promise<{ readonly start: () => Promise<void> }> {
      const port = Number(new URL(runtime.url).port);
      await runtime.killGroup();
      return {
        start: async () => {
          runtime = await startRuntime({ persistTo: folder, port, prepares: false });
        },
      };
    },

    /** A page in a context of its own; of nobody where the role is null. */
    async openAs(role: PersonRole | null, path = '/', options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      if (role !== null) await signInContext(context, runtime, role);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on(
        'console',
        (line) => /Content Security|Trusted/.test(line.text()) && complaints.push(line.text()),
      );
      await page.goto(new URL(path, runtime.url).href);
      return page;
    },
  };
}
