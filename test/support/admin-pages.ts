/** The admin pages in a real browser before a scripted service: what test/browser/admin-*.test.ts share. */
import type { Page } from 'playwright-core';
import { type AdminHarness, startAdminHarness } from './admin-harness.ts';
import { browserPages, type Look } from './site-pages.ts';

/** Starts a browser and a service for the tests of a file. A test fails if its page complained. */
export function adminPages(site: 'builtSite' | 'siteWithComponents' = 'builtSite') {
  // An answer that is no success, as some are on purpose.
  const pages = browserPages(/Failed to load resource/, site);
  const permissions = ['clipboard-read', 'clipboard-write'];

  const serve = (): Promise<AdminHarness> => pages.serve((folder) => startAdminHarness(folder));

  const open = (service: AdminHarness, path: string, look: Look = {}): Promise<Page> =>
    pages.open(service.address + path, look, { permissions });

  return { serve, open };
}
