/** The running Worker and a browser: what the tests in test/browser share that need both. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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

class RealService {
  #runtime: Runtime | undefined;
  #browser: Browser | undefined;
  #producing: Promise<void> | undefined;
  readonly #folder: string;
  readonly #stopProducing = new AbortController();
  readonly #complaints: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  get runtime(): Runtime {
    if (!this.#runtime) throw new Error('The service has not started');
    return this.#runtime;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('The browser has not started');
    return this.#browser;
  }

  async start(fill?: (folder: string) => Promise<void>): Promise<void> {
    await fill?.(this.#folder);
    [this.#runtime, this.#browser] = await Promise.all([
      startRuntime({ persistTo: this.#folder, prepares: fill === undefined }),
      launchBrowser(),
    ]);
  }

  async stop(): Promise<void> {
    await this.stopTraffic().catch(() => {});
    await this.#browser?.close();
    await this.#runtime?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async closePages(): Promise<void> {
    for (const context of this.browser.contexts()) await context.close();
    expect(this.#complaints.splice(0)).toEqual([]);
  }

  /** Sends traffic, its past first, until stopTraffic() or the end. */
  sendTraffic(
    traffic: Traffic,
    { senders = 3, ...options }: { readonly backoffMsMax?: number; readonly senders?: number } = {},
  ): void {
    const { signal: stop } = this.#stopProducing;
    const { url, credentials } = this.runtime;
    const sender = new Sender({ url, key: credentials.ingest_key, connections: 3, stop, ...options });
    this.#producing = produce({ traffic, sender, progress: new Progress(), senders, batch: 50, stop });
  }

  async stopTraffic(): Promise<void> {
    this.#stopProducing.abort();
    await this.#producing;
  }

  /** Kills all of it, as when the machine fails; `start` starts it on the same folder and port. */
  async kill(): Promise<{ readonly start: () => Promise<void> }> {
    const port = Number(new URL(this.runtime.url).port);
    await this.runtime.killGroup();
    return {
      start: async () => {
        this.#runtime = await startRuntime({ persistTo: this.#folder, port, prepares: false });
      },
    };
  }

  /** A page in a context of its own; of nobody where the role is null. */
  async openAs(role: PersonRole | null, path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    if (role !== null) await signInContext(context, this.runtime, role);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    page.on('console', (line) => {
      if (/Content Security|Trusted/.test(line.text())) this.#complaints.push(line.text());
    });
    await page.goto(new URL(path, this.runtime.url).href);
    return page;
  }
}

/**
 * Starts both before the tests of a file and stops them after all; contexts are closed after each test, which fails if
 * a page of openAs() threw or broke its policy. `fill` prepares and fills the data folder before anything runs over it.
 */
export function realService(fill?: (folder: string) => Promise<void>): RealService {
  const service = new RealService(mkdtempSync(join(tmpdir(), 'marquee-browser-')));
  beforeAll(() => service.start(fill));
  afterAll(() => service.stop());
  afterEach(() => service.closePages());
  return service;
}
