// The admin pages by hand and by keyboard, before a scripted service.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { adminPages } from '../support/admin-pages.ts';
import { scriptedLines } from '../support/scripted-admin.ts';

const { serve, open } = adminPages();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const row = (page: Page, text: string) => page.locator('.list tbody tr', { hasText: text });
const names = (page: Page) => page.locator('.list .name').allTextContents();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());
const said = (page: Page) => page.locator('body > #app > p[role=status]');

describe('keys', () => {
  test('[ABL-88, ACC-9] a key is made by keyboard, shown once, copied, and stands in the list', async () => {
    const service = await serve();
    const page = await open(service, '/admin/keys');
    await button(page, 'Make a key').focus();
    await page.keyboard.press('Enter');
    // The first field has the focus.
    await page.keyboard.type('Kiosk');
    await page.keyboard.press('Tab');
    await page.keyboard.type('kiosk');
    await page.keyboard.press('Enter');
    await page.locator('.secret').first().waitFor();
    const body = service.asked.find(({ what }) => what === 'POST /api/admin/keys')?.body;
    expect(body).toEqual({
      name: 'Kiosk',
      account: 'kiosk',
      regions: null,
      events_per_second: 1000,
      bytes_per_second: 1_048_576,
      events_per_day: null,
      expires_at: null,
    });
    const key = await page.locator('.secret pre').first().textContent();
    expect(key).toMatch(/^mq_local_/);
    await expect
      .poll(() => page.locator('.secret pre').last().textContent())
      .toContain(`authorization: Bearer ${key}`);
    // Esc must not take away what is not shown again.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(1);
    await button(page, 'Copy: Key').click();
    await button(page, 'Copied: Key').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await button(page, 'Done').click();
    expect(await names(page)).toContain('Kiosk');
    await expect.poll(() => focused(page)).toBe('Make a key');
    expect(await page.content()).not.toContain(key);
  });

  test('[ACC-9] what the service says stands at its field, which gets the focus, and nothing typed is lost', async () => {
    const service = await serve();
    const errors = [{ pointer: '/account', message: 'must be 1 to 64 of a-z' }];
    service.fault = { of: 'POST', code: 'invalid_parameter', errors };
    const page = await open(service, '/admin/keys');
    await button(page, 'Make a key').click();
    await page.getByLabel('Name', { exact: true }).fill('Kiosk');
    await button(page, 'Make the key').click();
    const account = page.getByLabel('Account', { exact: true });
    await expect.poll(() => account.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => page.locator('#account-fault').textContent()).toBe('Must be 1 to 64 of a-z.');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('account');
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Kiosk');
    service.fault = null;
    await button(page, 'Make the key').click();
    await page.locator('.secret').first().waitFor();
  });

  test('a second key has the grants of the first, and the way on is told', async () => {
    const service = await serve();
    const page = await open(service, '/admin/keys');
    await button(page, 'Rotate Smart TV applications').click();
    await button(page, 'Make the second key').click();
    await page.locator('.steps').waitFor();
    await expect.poll(() => page.locator('.steps').textContent()).toContain('1a3c5e7g9j1k');
    const body = service.asked.find(({ what }) => what.startsWith('POST'))?.body;
    expect((body as { name: string }).name).toMatch(/^Smart TV applications \(\d{4}-\d\d-\d\d\)$/);
    expect(body).toMatchObject({
      account: 'tv-apps.living-room',
      regions: ['EU-Frankfurt', 'EU-London', 'EU-Paris'],
      bytes_per_second: 524_288,
    });
  });

  test('[ACC-9] to revoke says whose key it is and when it was used; Esc leaves it, and the focus comes back', async () => {
    const service = await serve();
    const page = await open(service, '/admin/keys');
    await button(page, 'Revoke Download service').click();
    const text = await page.locator('dialog').textContent();
    expect(text).toMatch(/Revoke Download service\?.*6v8x0z2b4d6f.*downloads.*last used 11.d ago/);
    // Enter by mistake does not revoke.
    expect(await focused(page)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Revoke Download service');
    expect(service.asked.filter(({ what }) => what.startsWith('POST'))).toEqual([]);
    await page.keyboard.press('Enter');
    await button(page, 'Revoke the key').click();
    await row(page, 'Download service').getByText('Revoked').waitFor();
    await expect.poll(() => said(page).textContent()).toBe('The key Download service is revoked.');
    // The button is gone: the page's first line has the focus.
    await expect.poll(() => focused(page)).toBe('3 active keys');
  });

  test('[ACC-9] a filter is in the address, and an address is a filter', async () => {
    const service = await serve();
    const page = await open(service, '/admin/keys?state=active&text=web');
    await expect.poll(() => names(page)).toEqual(['The web player, second key', 'The web player']);
    await button(page, /^Expiring/).click();
    expect(await names(page)).toEqual(['The web player']);
    expect(new URL(page.url()).search).toBe('?state=soon&text=web');
    await page.getByLabel('Name, account or id').fill('nobody has this');
    await button(page, 'Show all 6').click();
    expect([(await names(page)).length, new URL(page.url()).search]).toEqual([6, '']);
  });
});

test('keys: d changes the theme, / goes to the text field, and neither where somebody types', async () => {
  const page = await open(await serve(), '/admin/people');
  await row(page, 'Ada Obi').waitFor();
  const isDark = () => page.evaluate(() => document.documentElement.dataset.theme === 'dark');
  await page.keyboard.press('d');
  expect(await isDark()).toBe(true);
  await page.keyboard.press('/');
  await page.keyboard.type('ada');
  expect([await names(page), await isDark()]).toEqual([['Ada Obi '], true]);
});

describe('embeds', () => {
  const cells = (page: Page, name: string) => row(page, name).locator('td').allTextContents();

  test('[ABL-47, EMB-1] those of all are listed: who made each, what it shows, where, until when', async () => {
    const page = await open(await serve(), '/admin/embeds');
    await row(page, 'Status page').waitFor();
    expect(await page.locator('h1').textContent()).toBe('2 active embeds');
    await expect
      .poll(() => cells(page, 'The wiki'))
      .toEqual([
        expect.stringMatching(/^Activeends in 69.d$/) as string,
        'EU-Frankfurt and 2 more',
        'https://wiki.studio.example',
        expect.stringMatching(/^\d+ \w+ 20\d\d$/) as string,
        expect.stringMatching(/by Ada Obi$/) as string,
        'Revoke The wiki of the control room',
      ]);
    const [state, regions, sites] = await cells(page, 'Status page');
    expect([state, regions, sites]).toEqual([
      expect.stringMatching(/^Expires soonends in 4.d$/) as string,
      'all',
      'those of the service',
    ]);
    await page.getByRole('button', { name: 'Revoked' }).click();
    await expect.poll(() => names(page)).toEqual(['Portal of the summer festival']);
    expect(new URL(page.url()).search).toBe('?state=revoked');
    await expect.poll(() => button(page, /^Revoke Portal/).count()).toBe(0);
  });

  test('[ABL-47] one is revoked by keyboard, asked before, and the list says so', async () => {
    const service = await serve();
    const page = await open(service, '/admin/embeds');
    await button(page, 'Revoke Status page').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('sees nothing more within 10 s').waitFor();
    expect(await focused(page)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Revoke Status page');
    expect(service.asked.filter(({ what }) => what.startsWith('POST'))).toEqual([]);
    await page.keyboard.press('Enter');
    await button(page, 'Revoke the embed').click();
    await row(page, 'Status page').getByText('Revoked').waitFor();
    expect(service.asked.map(({ what }) => what)).toContain('POST /api/embeds/9f1h3k5m7p9r/revoke');
    await expect.poll(() => said(page).textContent()).toBe('The embed Status page is revoked.');
    await expect.poll(() => page.locator('h1').textContent()).toBe('1 active embed');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
  });
});

describe('people', () => {
  test('a person is added, and the link that signs in is shown once', async () => {
    const service = await serve();
    const page = await open(service, '/admin/people');
    await button(page, 'Add a person').click();
    await page.getByLabel('Name', { exact: true }).fill('Lin Wei');
    await page.getByLabel(/^analyst/).check();
    await page.getByLabel('Only these').check();
    await page.getByLabel('EU-London').check();
    await button(page, 'Add the person').click();
    await page.locator('.secret').waitFor();
    await expect
      .poll(() => page.locator('.secret pre').textContent())
      .toMatch(new RegExp(`^${service.address}/sign-in#mqp_`));
    expect(service.asked.find(({ what }) => what === 'POST /api/admin/people')?.body).toEqual({
      name: 'Lin Wei',
      email: null,
      role: 'analyst',
      regions: ['EU-London'],
    });
    await button(page, 'Done').click();
    await row(page, 'Lin Wei').waitFor();
  });

  test('[ACC-9] who renews his own link sees it before the sign-in that follows', async () => {
    const service = await serve();
    const page = await open(service, '/admin/people');
    await button(page, 'New link for Mei Tanaka').click();
    await page.getByText('all sessions of yours end').waitFor();
    // From the answer on.
    service.fault = { of: 'GET /api', code: 'unauthorized' };
    await button(page, 'Make a new link').click();
    await page.locator('.secret').waitFor();
    await button(page, 'Copy: Sign-in link').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('/sign-in#mqp_');
    await button(page, 'Done').click();
    await page.waitForURL(/\/sign-in\?then=%2Fadmin%2Fpeople$/);
  });

  test('one does not disable oneself; others only when it is confirmed', async () => {
    const service = await serve();
    const page = await open(service, '/admin/people');
    await row(page, 'Mei Tanaka').getByText('you').waitFor();
    await expect
      .poll(() => row(page, 'mei@studio').getByRole('button').allTextContents())
      .toEqual(['New link for Mei Tanaka']);
    await button(page, 'Disable Ada Obi').click();
    await button(page, 'Disable the person').click();
    await row(page, 'Ada Obi').getByText('Disabled').waitFor();
    await expect.poll(() => page.locator('h1').textContent()).toBe('3 people may sign in');
  });
});

describe('the audit log', () => {
  test('older lines come when they are asked for', async () => {
    const page = await open(await serve(), '/admin/audit');
    const lines = page.locator('.list .line');
    await expect.poll(() => lines.count()).toBe(100);
    await button(page, 'Older').click();
    await expect.poll(() => lines.count()).toBe(160);
    await expect.poll(() => said(page).textContent()).toBe('60 older lines.');
    await page.getByText('That is all: 160 lines.').waitFor();
  });

  test('[ABL-89, ACC-9] filters are in the address; back undoes one; a name stands for its person', async () => {
    const service = await serve();
    const page = await open(service, '/admin/audit');
    await page.getByLabel('Who').fill('ada obi');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).search).toBe('?actor=7b2kq0xw4n9d');
    await expect.poll(() => page.locator('.list .line').count()).toBe(40);
    await button(page, 'Signed in').first().click();
    await expect.poll(() => new URL(page.url()).search).toBe('?actor=7b2kq0xw4n9d&action=session.create');
    await expect.poll(() => page.locator('.list .line').count()).toBe(20);
    await page.goBack();
    await expect.poll(() => page.locator('.list .line').count()).toBe(40);
    await page.getByLabel('From').fill('2026-11-21T09:00:00');
    await page.keyboard.press('Tab');
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBe('2026-11-21T09:00:00.000Z');
    const shared = await open(service, '/admin/audit?actor=7b2kq0xw4n9d&action=session.create');
    await expect.poll(() => shared.locator('.list .line').count()).toBe(20);
    await expect.poll(() => shared.getByLabel('Who').inputValue()).toBe('Ada Obi');
  });

  test('the file holds what the filter lets through', async () => {
    const page = await open(await serve(), '/admin/audit?result=failed');
    await page.locator('.list .line').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download CSV').click(),
    ]);
    expect(download.suggestedFilename()).toBe('marquee-audit.csv');
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect([lines[0], lines.length]).toEqual(['seq,result', 21]);
  });

  test('[AUD-4] of a log that is longer than a file takes the newest lines are saved, and page and file say so', async () => {
    const service = await serve();
    service.lines = scriptedLines(100_001);
    const page = await open(service, '/admin/audit');
    await page.locator('.list .line').first().waitFor();
    const downloading = page.waitForEvent('download', { timeout: 60_000 });
    await button(page, 'Download CSV').click();
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\r\n');
    expect(lines.slice(100_000)).toEqual([
      '2,failed',
      'Cut off here: there are more rows than one file takes.,',
    ]);
    await page.getByText('Downloaded the newest 100,000 lines.').waitFor();
  });

  test('[AUD-4] a long log is checked piece by piece, and the page says how far it is', async () => {
    const service = await serve();
    const page = await open(service, '/admin/audit');
    await page.locator('.list .line').first().waitFor();
    const whole = service.check as object;
    service.pieces = [1, 2].map((i) => ({ ...whole, rows: i * 1_000, done: false, next: `${i}000.ab` }));
    service.delayMs = 50;
    // All that the panel shows, however short.
    await page.evaluate(() => {
      const shown = new Set<string>();
      Object.assign(globalThis, { shown });
      const place = document.querySelector('.check-place');
      const note = () => {
        const { value, max } = document.querySelector('progress') ?? { value: 0, max: 0 };
        shown.add(`${/[\d,]+ of [\d,]+/.exec(place?.textContent ?? '')?.[0]}: ${value}/${max}`);
      };
      if (place)
        new MutationObserver(note).observe(place, { childList: true, subtree: true, characterData: true });
    });
    await button(page, 'Check the log').click();
    await page.getByText('The log is whole up to line 4,211.').waitFor();
    const shown = await page.evaluate(() => [...(globalThis as unknown as { shown: Set<string> }).shown]);
    expect(shown).toEqual(expect.arrayContaining(['1,000 of 4,211: 1000/4211', '2,000 of 4,211: 2000/4211']));
    expect(
      service.asked.filter(({ what }) => what.includes('/check')).map(({ what }) => what.slice(26)),
    ).toEqual(['', '?cursor=1000.ab', '?cursor=2000.ab']);
  });

  test('a fault is said with its place, which is one step away', async () => {
    const service = await serve();
    service.check = {
      ...(service.check as object),
      ok: false,
      rows: 77,
      fault: { seq: 78, kind: 'changed' },
    };
    const page = await open(service, '/admin/audit');
    await button(page, 'Check the log').click();
    await page.getByText('Line 78 is not what was written.').waitFor();
    await page.getByText('Lines 1 to 77 are right.').waitFor();
    await button(page, 'Show the place').click();
    await expect.poll(() => page.locator('.list .line .acts').first().textContent()).toBe('#80');
  });
});

describe('who may not', () => {
  test('who is not signed in is taken to the sign-in, and back from it', async () => {
    const service = await serve();
    service.fault = { of: 'GET /api', code: 'unauthorized' };
    const page = await open(service, '/admin/audit?result=ok');
    await page.waitForURL(/\/sign-in/);
    expect(new URL(page.url()).searchParams.get('then')).toBe('/admin/audit?result=ok');
  });

  test('another role is told which one it needs', async () => {
    const service = await serve();
    service.role = 'analyst';
    service.fault = { of: 'GET /api/admin', code: 'forbidden' };
    for (const place of ['keys', 'people', 'audit']) {
      const page = await open(service, `/admin/${place}`);
      await page.getByText('This needs the role admin; yours is analyst.').waitFor();
    }
  });

  test('a failure names its part, and another try mends it', async () => {
    const service = await serve();
    service.fault = { of: 'GET /api/admin/people', code: 'storage_unavailable' };
    const page = await open(service, '/admin/people');
    await page.getByText('The people could not be loaded.').waitFor();
    service.fault = null;
    await button(page, 'Try again').click();
    await row(page, 'Ada Obi').waitFor();
  });
});
