// The lists of the admin pages: what is shown of them, and the address that shows the same.
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { keyRateMax } from '../../core/protocol/limits.ts';
import { auditCsv, joinedCsv } from '../../site/admin/audit-csv.ts';
import {
  auditAddress,
  auditFilterOf,
  auditSearch,
  isoTime,
  localTime,
  withField,
} from '../../site/admin/audit-filter.ts';
import { actionText, actorOf, remarks, subjectOf } from '../../site/admin/audit-words.ts';
import { bytesText } from '../../site/admin/bytes.ts';
import {
  countOf,
  keyState,
  keyStates,
  keysHeadline,
  keysRemark,
  limitTexts,
  shownKeys,
} from '../../site/admin/key-list.ts';
import { filterOf, searchOf } from '../../site/admin/list-filter.ts';
import { peopleHeadline, peopleRemark, personStates, shownPeople } from '../../site/admin/people-list.ts';
import type { AuditLine, KeyRow, PersonRow } from '../../site/admin/rows.ts';

const nowMs = Date.parse('2026-11-21T10:00:00Z');
const dayMs = 86_400_000;
const at = (ms: number): string => new Date(nowMs + ms).toISOString();

const key = (name: string, change: Partial<KeyRow> = {}): KeyRow => ({
  id: `id-${name}`,
  account: 'web',
  name,
  state: 'active',
  regions: null,
  events_per_second: 1,
  bytes_per_second: 1,
  events_per_day: null,
  created_at: at(-dayMs),
  created_by: 'me',
  expires_at: null,
  revoked_at: null,
  last_used_at: at(-1),
  ...change,
});

const person = (name: string, change: Partial<PersonRow> = {}): PersonRow => ({
  id: `id-${name}`,
  name,
  email: null,
  role: 'viewer',
  regions: null,
  has_token: true,
  created_at: at(-dayMs),
  created_by: 'me',
  disabled_at: null,
  last_seen_at: at(-1),
  ...change,
});

describe('keys', () => {
  test('expire soon from 14 days before their end, and are expired at it', () => {
    const ends = (ms: number) => keyState(key('x', { expires_at: at(ms) }), nowMs);
    expect([14 * dayMs + 1, 14 * dayMs, 1, 0].map(ends)).toEqual(['active', 'soon', 'soon', 'expired']);
    expect(keyState(key('x', { expires_at: at(-1), revoked_at: at(-2) }), nowMs)).toBe('revoked');
  });

  const keys = [
    key('gone', { revoked_at: at(-1) }),
    key('soon', { expires_at: at(dayMs) }),
    key('over', { expires_at: at(-dayMs) }),
    key('new', { last_used_at: null, account: 'TV-apps' }),
  ];
  const names = (search: string) =>
    shownKeys(keys, filterOf(search, keyStates), nowMs).map(({ name }) => name);

  test('those that are taken come first; those that expire soon are active too', () => {
    expect(names('')).toEqual(['soon', 'new', 'gone', 'over']);
    expect(names('?state=active')).toEqual(['soon', 'new']);
    expect(names('?state=soon')).toEqual(['soon']);
    expect(keyStates.map((state) => countOf(keys, state, nowMs))).toEqual([2, 1, 1, 1]);
    expect(names('?state=nonsense')).toHaveLength(4);
  });

  test('every word of the text is in name, account or id, whatever its case', () => {
    expect(names('?text=tv')).toEqual(['new']);
    expect(names('?text=NEW+apps')).toEqual(['new']);
    expect(names('?text=new+gone')).toEqual([]);
  });

  test('the first line says how they stand', () => {
    expect([keysHeadline(keys, nowMs), keysRemark(keys, nowMs)]).toEqual([
      '2 active keys',
      '1 expires within 14 days, 1 not used yet.',
    ]);
    expect(keysHeadline([], nowMs)).toBe('No keys yet');
    expect(keysHeadline(keys.slice(0, 1), nowMs)).toBe('No active keys');
  });

  test('limits say what is granted; the greatest rate there is is none', () => {
    const limits = { events_per_second: 12_500, bytes_per_second: 524_288, events_per_day: 2_000_000 };
    expect(limitTexts(key('x', limits))).toEqual([
      '12.5\u202fK events/s',
      '512\u202fKiB/s, 2.00\u202fM a day',
    ]);
    const free = { events_per_second: keyRateMax, bytes_per_second: keyRateMax };
    expect(limitTexts(key('x', free))).toEqual(['any rate', 'no quota']);
  });

  test('bytes have the unit they are granted in', () => {
    expect([1000, 1024, 1_048_576, 1_572_864, 10 ** 10].map(bytesText)).toEqual([
      '1000\u202fB',
      '1\u202fKiB',
      '1\u202fMiB',
      '1.5\u202fMiB',
      '9.31\u202fGiB',
    ]);
  });
});

test('people: those who may sign in come first, and are counted', () => {
  const people = [
    person('Jo', { disabled_at: at(-1), role: 'admin' }),
    person('Mei', { role: 'admin', email: 'mei@studio.example' }),
    person('Ada', { last_seen_at: null }),
  ];
  const names = (search: string) =>
    shownPeople(people, filterOf(search, personStates)).map(({ name }) => name);
  expect(names('')).toEqual(['Mei', 'Ada', 'Jo']);
  expect(names('?state=disabled')).toEqual(['Jo']);
  expect(names('?text=STUDIO')).toEqual(['Mei']);
  expect([peopleHeadline(people), peopleRemark(people)]).toEqual([
    '2 people may sign in',
    '1 admin, 1 not seen yet.',
  ]);
});

test('the address of a list shows the same again', () => {
  for (const search of ['', '?state=soon', '?text=a+b%26c', '?state=active&text=x'])
    expect(searchOf(filterOf(search, keyStates))).toBe(search);
  expect(searchOf(filterOf('?state=none&other=1', keyStates))).toBe('');
});

describe('the audit log', () => {
  const search =
    '?actor=abc&action=key.create&result=ok&from=2026-11-21T03%3A00%3A00Z&to=1763694000000&cursor=47';

  test('the address of the page is what the service is asked', () => {
    const filter = auditFilterOf(`${search}&other=1`);
    expect(auditSearch(filter)).toBe(search);
    expect(auditAddress(filter, 100)).toBe(
      `/api/admin/audit${search.replace('&cursor=47', '')}&cursor=47&limit=100`,
    );
    expect(auditAddress(filter, 100, '12')).toContain('cursor=12&limit=100');
    expect(auditAddress({}, 100)).toBe('/api/admin/audit?limit=100');
    expect(auditSearch(auditFilterOf('?actor=++&result='))).toBe('');
  });

  test('another question begins at its newest line', () => {
    expect(withField({ actor: 'a', cursor: '9' }, 'result', 'ok')).toEqual({ actor: 'a', result: 'ok' });
    expect(withField({ actor: 'a', result: 'ok' }, 'actor', '')).toEqual({ result: 'ok' });
  });

  test('a local time is the same moment as the one in the address', () => {
    const iso = '2026-07-21T03:04:05.000Z';
    expect(isoTime(localTime(iso))).toBe(iso);
    expect([localTime(undefined), localTime('never'), isoTime('')]).toEqual(['', '', '']);
  });

  test('a name that one person bears stands for the person', () => {
    const people = [person('Mei Tanaka'), person('Jo'), { ...person('Jo'), id: 'other' }];
    expect(actorOf(' mei tanaka', people)).toBe('id-Mei Tanaka');
    expect([actorOf('Jo', people), actorOf('nobody', people)]).toEqual(['Jo', 'nobody']);
  });

  test('a line tells what was done to what, by name where it has one', () => {
    const line = (change: Partial<AuditLine>): AuditLine => ({
      seq: 1,
      at: at(0),
      actor: 'a',
      role: 'admin',
      action: 'key.create',
      target: 't',
      country: '',
      result: 'ok',
      details: {},
      hash: '',
      ...change,
    });
    const made = line({ details: { name: 'The web player', account: 'web', request_id: 'r' } });
    expect([actionText(made.action), subjectOf(made), remarks(made)]).toEqual([
      'Made a key',
      'The web player',
      [['account', 'web']],
    ]);
    // Who signs in is named once.
    expect(subjectOf(line({ target: 'a' }))).toBe('');
    expect(subjectOf(line({ action: 'people.read', target: '/api/admin/people' }))).toBe('');
    expect(subjectOf(line({ action: 'export.csv', target: '/api/stats/regions' }))).toBe(
      '/api/stats/regions',
    );
    expect(subjectOf(line({ action: 'request.refuse', target: 'GET /metrics' }))).toBe('GET /metrics');
    expect(actionText('PUT /api/new')).toBe('PUT /api/new');
  });

  test('pages of CSV become one file with one header', () => {
    expect(joinedCsv(['seq,at\r\n3,x\r\n2,y\r\n', 'seq,at\r\n1,z\r\n'], false)).toBe(
      'seq,at\r\n3,x\r\n2,y\r\n1,z\r\n',
    );
    expect(joinedCsv(['seq,at\r\n'], false)).toBe('seq,at\r\n');
  });

  test.each([
    [100, false],
    [101, true],
  ])('[AUD-4] of %i pages the file takes 100, and says so where one is left out', async (count, isCut) => {
    let asked = 0;
    vi.stubGlobal('fetch', () => {
      asked++;
      const headers = new Headers(asked < count ? { 'x-next-cursor': String(asked) } : {});
      return Promise.resolve(new Response(`seq,at,by\r\n${asked},x,y\r\n`, { headers }));
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    const heard: boolean[] = [];
    const lines = (await (await auditCsv({}, (_, cut) => heard.push(cut))).text()).split('\r\n').slice(1, -1);
    const note = 'Cut off here: there are more rows than one file takes.,,';
    expect([lines[99], ...lines.slice(100)]).toEqual(['100,x,y', ...(isCut ? [note] : [])]);
    expect([asked, heard.indexOf(true)]).toEqual([100, isCut ? 99 : -1]);
  });
});
