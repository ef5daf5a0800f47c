// `node tools/run.mjs lighthouse FOLDER`: what Lighthouse says of the pages of a local server, signed in, with traffic.
// Lighthouse is no dependency: FOLDER is where it was installed, as docs/page-performance.md tells.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { table } from './bench-report.ts';
import { freePort } from './ports.ts';
import { produce } from './producer/produce.ts';
import { Progress } from './producer/progress.ts';
import { Sender } from './producer/sender.ts';
import { Traffic } from './producer/traffic.ts';
import { type Runtime, startRuntime } from './runtime.ts';

/** As much of Lighthouse as is used here. */
interface Lighthouse {
  readonly default: (url: string, flags: object, config?: object) => Promise<{ readonly lhr: Findings }>;
  readonly desktopConfig: object;
}

interface Findings {
  readonly lighthouseVersion: string;
  readonly categories: Readonly<
    Record<string, { readonly score: number | null; readonly auditRefs: readonly Ref[] }>
  >;
  readonly audits: Readonly<Record<string, Audit>>;
}

interface Ref {
  readonly id: string;
  readonly weight: number;
}

interface Audit {
  readonly title: string;
  readonly score: number | null;
  readonly displayValue?: string;
  readonly numericValue?: number;
}

const pages = ['/', '/analytics', '/sign-in'] as const;
const forms = ['mobile', 'desktop'] as const;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const backFillMs = 10 * 60_000;

/** The session of the browser's own context, in which Lighthouse opens its page. */
async function signIn(browser: Browser, runtime: Runtime): Promise<void> {
  const answer = await fetch(`${runtime.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: runtime.url },
    body: JSON.stringify({ token: runtime.credentials.analyst_token }),
  });
  const [name = '', ...value] = answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=') ?? [];
  const session = await browser.newBrowserCDPSession();
  const cookie = { name, value: value.join('='), url: runtime.url, httpOnly: true };
  await session.send('Storage.setCookies', { cookies: [cookie] });
}

async function sendTraffic({ url, credentials }: Runtime, stop: AbortSignal): Promise<void> {
  const sender = new Sender({ url, key: credentials.ingest_key, stop });
  const traffic = new Traffic({ seed: 1, rate: 20 }, Date.now() - backFillMs);
  await produce({ traffic, sender, progress: new Progress(), senders: 3, batch: 50, stop });
}

/** What cost points, for whoever mends it. */
function losses({ categories: found, audits }: Findings): string[] {
  return Object.entries(found).flatMap(([category, { auditRefs }]) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => `${category}: ${audits[id]?.title} ${audits[id]?.displayValue ?? ''}`),
  );
}

const ms = ({ audits }: Findings, id: string): number => Math.round(audits[id]?.numericValue ?? Number.NaN);

async function judge(lighthouse: Lighthouse, url: string, port: number): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  const lost: string[] = [];
  let version = '';
  for (const page of pages) {
    for (const form of forms) {
      const flags = { port, onlyCategories: categories, disableStorageReset: true, logLevel: 'error' };
      const config = form === 'desktop' ? lighthouse.desktopConfig : undefined;
      const { lhr } = await lighthouse.default(url + page, flags, config);
      version = lhr.lighthouseVersion;
      const scores = categories.map((name) => [name, Math.round((lhr.categories[name]?.score ?? 0) * 100)]);
      rows.push({
        page,
        form,
        ...(Object.fromEntries(scores) as Record<string, number>),
        'first paint, ms': ms(lhr, 'first-contentful-paint'),
        'largest paint, ms': ms(lhr, 'largest-contentful-paint'),
        'blocked, ms': ms(lhr, 'total-blocking-time'),
        shift: Number((lhr.audits['cumulative-layout-shift']?.numericValue ?? 0).toFixed(3)),
      });
      lost.push(...losses(lhr).map((loss) => `  ${page} ${form}, ${loss}`));
    }
  }
  console.log(`Lighthouse ${version}\n\n${table(rows)}\n\n${lost.join('\n')}`);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error(
    'Usage: node tools/run.mjs lighthouse FOLDER, where FOLDER has lighthouse in its node_modules.',
  );
  process.exit(2);
}
const entry = pathToFileURL(join(resolve(folder), 'node_modules/lighthouse/core/index.js')).href;
const lighthouse = (await import(entry)) as Lighthouse;
const persistTo = mkdtempSync(join(tmpdir(), 'marquee-lighthouse-'));
const port = await freePort();
const stop = new AbortController();
const runtime = await startRuntime({ persistTo });
const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
const sending = sendTraffic(runtime, stop.signal);
try {
  await signIn(browser, runtime);
  await judge(lighthouse, runtime.url, port);
} finally {
  stop.abort();
  await sending;
  await browser.close();
  await runtime.stop();
  rmSync(persistTo, { recursive: true, force: true });
}
