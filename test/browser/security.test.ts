// The site under its own policy, in a real browser: nothing is blocked, nothing else is asked for, nothing else runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answerHeaders, pageHeaders } from '../../core/protocol/security-headers.ts';
import { buildSite } from '../../tools/build-site.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { launchBrowser } from '../support/browser.ts';
import { signInContext } from '../support/signed-in.ts';
import { startHarness } from '../support/site-harness.ts';

const root = new URL('../..', import.meta.url).pathname;
let browser: Browser;
let runtime: Runtime;
let persistTo = '';
let folder = '';

beforeAll(async () => {
  persistTo = await mkdtemp(join(tmpdir(), 'marquee-security-'));
  folder = await mkdtemp(join(root, '.cache/site-'));
  await buildSite(folder, 'silent');
  [runtime, browser] = await Promise.all([startRuntime({ persistTo }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await runtime?.stop();
  await rm(persistTo, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

/** Violations of the policy, as the page and the browser report them, and every address that was asked for. */
async function watched(): Promise<{ context: BrowserContext; violations: string[]; asked: Set<string> }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const violations: string[] = [];
  const asked = new Set<string>();
  await context.exposeFunction('reportViolation', (text: string) => violations.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      const { reportViolation } = globalThis as unknown as {
        reportViolation: (text: string) => void;
      };
      reportViolation(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  context.on('console', (line) => {
    if (/Content Security Policy|Trusted/i.test(line.text())) violations.push(line.text());
  });
  context.on('weberror', (error) => violations.push(error.error().message));
  // Of service workers too: the context sees what a page does not.
  context.on('request', (request) => asked.add(new URL(request.url()).origin));
  return { context, violations, asked };
}

const controlled = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await navigator.serviceWorker.ready).active !== null);

const pages = [
  '/',
  '/sign-in',
  '/admin/keys',
  '/admin/people',
  '/admin/audit',
  '/docs',
  '/docs/problems',
  '/offline',
  '/nothing/here',
];

test('[SEC-1] every page of the running service, and its service worker, works under the policy and asks nobody else', async () => {
  const { context, violations, asked } = await watched();
  await signInContext(context, runtime, 'admin');
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(`${runtime.url}${path}`);
    await page.locator('h1').first().waitFor();
    if (path === '/') expect(await controlled(page)).toBe(true);
  }
  await page.goto(`${runtime.url}/docs`);
  const health = page.locator('#getApiHealth');
  await health.getByRole('button', { name: 'Try it' }).click();
  await health.locator('output .status').waitFor();
  expect(violations).toEqual([]);
  expect([...asked]).toEqual([runtime.url.replace(/\/$/, '')]);
});

test('[SEC-1] charts, tables and alerts with data in them are drawn under the policy', async () => {
  const service = await startHarness({ folder, play: 'failing' });
  try {
    const { context, violations, asked } = await watched();
    const page = await context.newPage();
    await page.goto(service.address);
    await page.locator('.u-over').first().waitFor();
    await page.locator('canvas').first().waitFor();
    await page.waitForTimeout(1_500);
    expect(violations).toEqual([]);
    expect([...asked]).toEqual([service.address]);
  } finally {
    await service.stop();
  }
});

test('[SEC-1] what is smuggled into a page is neither run nor taken for markup', async () => {
  const { context, violations } = await watched();
  const page = await context.newPage();
  await page.goto(`${runtime.url}/docs`);
  const tried = await page.evaluate(async () => {
    const outcomes: string[] = [];
    const attempt = (name: string, work: () => unknown) => {
      try {
        work();
        outcomes.push(`${name} taken`);
      } catch {
        outcomes.push(`${name} refused`);
      }
    };
    attempt('markup', () => {
      document.createElement('p').innerHTML = '<b>x</b>';
    });
    attempt('address of a script', () => {
      document.createElement('script').src = '/theme.js';
    });
    attempt('policy', () => {
      const { trustedTypes } = globalThis as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): unknown };
      };
      trustedTypes.createPolicy('anything', { createHTML: (text: string) => text });
    });
    const inline = document.createElement('div');
    inline.setAttribute('style', 'color: red');
    document.body.append(inline);
    outcomes.push(inline.style.color === '' ? 'style refused' : 'style taken');
    await new Promise((resolve) => setTimeout(resolve, 100));
    return outcomes;
  });
  expect(tried).toEqual(['markup refused', 'address of a script refused', 'policy refused', 'style refused']);
  expect(violations.length).toBeGreaterThanOrEqual(4);
});

test.each([
  ['/', pageHeaders],
  ['/docs', pageHeaders],
  ['/nothing/here', pageHeaders],
  ['/sw.js', pageHeaders],
  ['/favicon.svg', pageHeaders],
  ['/.well-known/security.txt', pageHeaders],
  ['/health', answerHeaders],
  ['/openapi.json', answerHeaders],
  ['/api/nothing', answerHeaders],
])('[SEC-1] %s of the running service says what the list says', async (path, expected) => {
  const answer = await fetch(new URL(path, runtime.url));
  await answer.body?.cancel();
  const said = Object.fromEntries(Object.keys(expected).map((name) => [name, answer.headers.get(name)]));
  expect(said).toEqual(expected);
  expect(answer.headers.get('strict-transport-security')).toBeNull();
});

test('[SEC-2] security.txt is plain text', async () => {
  const answer = await fetch(new URL('/.well-known/security.txt', runtime.url));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toMatch(/^Contact: /m);
});
