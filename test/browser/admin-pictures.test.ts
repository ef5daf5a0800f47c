// Every state of the admin pages at every width in both themes: what axe says, that nothing sticks out, and a picture.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { AdminHarness } from '../support/admin-harness.ts';
import { adminPages } from '../support/admin-pages.ts';
import { pictureOf } from '../support/pictures.ts';
import { brokenAccounts, noAccounts } from '../support/scripted-accounts.ts';
import { faults, overflow, type Theme, themes, type Width, widths } from '../support/site-pages.ts';

const { serve, open } = adminPages();

interface State {
  readonly path: string;
  readonly set?: (service: AdminHarness) => void;
  /** Until what is to be seen is there. */
  readonly go: (page: Page) => Promise<void>;
}

const rows = (page: Page) => page.locator('.list tbody tr').first().waitFor();
const press = (page: Page, name: string | RegExp, which = 0) =>
  page.getByRole('button', { name }).nth(which).click();
const dialog = (page: Page) => page.locator('dialog[open]').waitFor();
const broken = { seq: 812, kind: 'changed' };

const states: Readonly<Record<string, State>> = {
  keys: { path: '/admin/keys', go: rows },
  'keys-empty': {
    path: '/admin/keys',
    set: (service) => {
      service.keys = [];
    },
    go: (page) => page.getByText('Nothing can be sent yet').waitFor(),
  },
  'keys-loading': {
    path: '/admin/keys',
    set: (service) => {
      service.delayMs = 60_000;
    },
    go: (page) => page.locator('.bone').first().waitFor(),
  },
  'keys-failed': {
    path: '/admin/keys',
    set: (service) => {
      service.fault = { of: 'GET /api/admin/keys', code: 'storage_unavailable' };
    },
    go: (page) => page.getByText('The keys could not be loaded.').waitFor(),
  },
  'keys-make': {
    path: '/admin/keys',
    set: (service) => {
      const errors = [
        { pointer: '/account', message: 'must be 1 to 64 of a-z' },
        { pointer: '/regions', message: 'must be names of the registry' },
      ];
      service.fault = { of: 'POST', code: 'invalid_parameter', errors };
    },
    go: async (page) => {
      await rows(page);
      await press(page, 'Make a key');
      await page.getByLabel('Only these').check();
      await press(page, 'Make the key');
      await page.getByText('Must be 1 to 64 of a-z.').waitFor();
    },
  },
  'keys-rotated': {
    path: '/admin/keys',
    go: async (page) => {
      await rows(page);
      await press(page, /^Rotate/, 1);
      await press(page, 'Make the second key');
      await page.locator('.steps').waitFor();
    },
  },
  'keys-revoke': {
    path: '/admin/keys',
    go: async (page) => {
      await rows(page);
      await press(page, /^Revoke The/, 1);
      await dialog(page);
    },
  },
  people: { path: '/admin/people', go: rows },
  'people-add': {
    path: '/admin/people',
    go: async (page) => {
      await rows(page);
      await press(page, 'Add a person');
      await dialog(page);
    },
  },
  'people-link': {
    path: '/admin/people',
    go: async (page) => {
      await rows(page);
      await press(page, /^New link/, 1);
      await press(page, 'Make a new link');
      await page.locator('.secret').waitFor();
    },
  },
  embeds: { path: '/admin/embeds', go: rows },
  'embeds-empty': {
    path: '/admin/embeds',
    set: (service) => {
      service.embeds = [];
    },
    go: (page) => page.getByText('No embeds yet').waitFor(),
  },
  'embeds-revoke': {
    path: '/admin/embeds?state=soon',
    go: async (page) => {
      await press(page, 'Revoke Status page');
      await dialog(page);
    },
  },
  audit: {
    path: '/admin/audit',
    go: async (page) => {
      await rows(page);
      await press(page, 'Check the log');
      await page.locator('.check-whole').waitFor();
      await press(page, '#159');
    },
  },
  'audit-fault': {
    path: '/admin/audit?result=refused&from=2026-11-01T00:00:00Z',
    set: (service) => {
      service.check = { ...(service.check as object), ok: false, rows: 811, fault: broken };
    },
    go: async (page) => {
      await rows(page);
      await press(page, 'Check the log');
      await page.locator('.check-fault').waitFor();
    },
  },
  accounts: { path: '/admin/reconcile', go: rows },
  'accounts-fault': {
    path: '/admin/reconcile?minutes=360',
    set: (service) => {
      service.accounts = brokenAccounts;
    },
    go: (page) => page.locator('.check-fault').waitFor(),
  },
  'accounts-none': {
    path: '/admin/reconcile?minutes=60',
    set: (service) => {
      service.accounts = noAccounts;
    },
    go: (page) => page.getByText('Nothing came in').waitFor(),
  },
  'audit-none': {
    path: '/admin/audit?actor=x',
    go: (page) => page.getByText('No line is like that').waitFor(),
  },
};

const sizes = Object.keys(widths).map(Number) as Width[];

async function look(service: AdminHarness, name: string, theme: Theme, width: Width): Promise<void> {
  const { path, go } = states[name] as State;
  const page = await open(service, path, { width, theme });
  await go(page);
  if (name !== 'keys-loading') await page.locator('.person-name').first().waitFor({ state: 'attached' });
  if (width !== 820) expect(await faults(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: pictureOf(`admin-${name}-${theme}-${width}`) });
  await page.context().close();
}

test.each(Object.keys(states).flatMap((name) => themes.map((theme) => [name, theme] as const)))(
  '%s, %s',
  async (name, theme) => {
    const service = await serve();
    states[name]?.set?.(service);
    for (const width of sizes) await look(service, name, theme, width);
  },
);
