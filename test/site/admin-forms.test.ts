// What is typed into the forms of the admin pages, and what the service says of it.
import { describe, expect, test } from 'vitest';
import { keyNameLengthMax } from '../../core/protocol/limits.ts';
import { problem } from '../../core/protocol/problem.ts';
import { sendCommand } from '../../site/admin/first-command.ts';
import { keyBody, keyFields, rotatedBody, rotatedEnd, rotatedName } from '../../site/admin/key-form.ts';
import { personBody, signInLink } from '../../site/admin/people-list.ts';
import { formFaults } from '../../site/admin/problem-fields.ts';
import type { KeyRow } from '../../site/admin/rows.ts';

function typed(fields: Readonly<Record<string, string | readonly string[]>>): FormData {
  const form = new FormData();
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat()) form.append(name, value);
  return form;
}

const plain = {
  name: ' The web player ',
  account: 'player-web',
  scope: 'all',
  events_per_second: '1000',
  bytes_per_second: '1048576',
  events_per_day: '',
  expires_at: '',
};

const key: KeyRow = {
  id: '4s0x9k2m7q1w',
  account: 'player-web',
  name: 'The web player',
  state: 'active',
  regions: ['EU-London'],
  events_per_second: 500,
  bytes_per_second: 2_000,
  events_per_day: 9_000_000,
  created_at: '2026-01-01T12:00:00.000Z',
  created_by: 'me',
  expires_at: '2026-04-01T00:00:00.000Z',
  revoked_at: null,
  last_used_at: null,
};

describe('a key', () => {
  test('what is left empty is null, and texts are trimmed', () => {
    expect(keyBody(typed(plain))).toEqual({
      name: 'The web player',
      account: 'player-web',
      regions: null,
      events_per_second: 1000,
      bytes_per_second: 1_048_576,
      events_per_day: null,
      expires_at: null,
    });
  });

  test('no region of some is no region, not all of them', () => {
    expect(keyBody(typed({ ...plain, scope: 'some' })).regions).toEqual([]);
    const some = { ...plain, scope: 'some', regions: ['EU-London', 'EU-Paris'] };
    expect(keyBody(typed(some)).regions).toEqual(['EU-London', 'EU-Paris']);
    // Boxes that were ticked before all were chosen do not count.
    expect(keyBody(typed({ ...some, scope: 'all' })).regions).toBeNull();
  });

  test('what is no number goes as it is, for the service to judge', () => {
    const body = keyBody(
      typed({ ...plain, events_per_second: 'many', bytes_per_second: '', events_per_day: '1e6' }),
    );
    expect([body.events_per_second, body.bytes_per_second, body.events_per_day]).toEqual(['many', '', 1e6]);
  });

  test('a day is its start, UTC', () => {
    expect(keyBody(typed({ ...plain, expires_at: '2027-06-30' })).expires_at).toBe('2027-06-30T00:00:00Z');
    expect(keyBody(typed({ ...plain, expires_at: 'soon' })).expires_at).toBe('soon');
  });

  test('a second key has the grants of the first, and its own name and end', () => {
    expect(rotatedBody(key, typed({ name: 'The web player 2', expires_at: '' }))).toEqual({
      name: 'The web player 2',
      account: 'player-web',
      regions: ['EU-London'],
      events_per_second: 500,
      bytes_per_second: 2_000,
      events_per_day: 9_000_000,
      expires_at: null,
    });
  });

  test('a second key is offered a name that is not the first one, and fits', () => {
    const nowMs = Date.parse('2026-03-30T10:00:00Z');
    expect(rotatedName('The web player', nowMs)).toBe('The web player (2026-03-30)');
    expect(rotatedName('The web player (2025-11-02)', nowMs)).toBe('The web player (2026-03-30)');
    expect(rotatedName('x'.repeat(keyNameLengthMax), nowMs)).toHaveLength(keyNameLengthMax);
  });

  test('a second key is offered the life of the first', () => {
    const nowMs = Date.parse('2026-03-30T10:00:00Z');
    expect(rotatedEnd(key, nowMs)).toBe('2026-06-27');
    expect(rotatedEnd({ ...key, expires_at: null }, nowMs)).toBe('');
    // At least till tomorrow, which the service takes.
    expect(rotatedEnd({ ...key, expires_at: key.created_at }, nowMs)).toBe('2026-03-31');
  });

  test('the command sends a whole event by the key', () => {
    const command = sendCommand('https://m.example', 'mq_live_x', 'EU-London');
    expect(command).toContain("curl https://m.example/v1/events \\\n  -H 'authorization: Bearer mq_live_x'");
    expect(JSON.parse(/-d '(.*)'$/.exec(command)?.[1] ?? '')).toMatchObject({
      event_type: 'view',
      region: 'EU-London',
    });
  });
});

test('a person without an e-mail address has none, and the token is behind the hash', () => {
  expect(personBody(typed({ name: 'Ada', email: ' ', role: 'analyst', scope: 'all' }))).toEqual({
    name: 'Ada',
    email: null,
    role: 'analyst',
    regions: null,
  });
  const link = new URL(signInLink('https://m.example', 'mqp_secret'));
  expect([link.pathname, link.search, link.hash]).toEqual(['/sign-in', '', '#mqp_secret']);
});

describe('what the service says', () => {
  const said = (errors?: Parameters<typeof problem>[2]) => problem('invalid_parameter', 'All of it.', errors);

  test('stands at its field, by pointer or parameter; of more than one fault the first', () => {
    const errors = [
      { pointer: '/account', message: 'must be short' },
      { pointer: '/account', message: 'must be nice' },
      { pointer: '/regions/2', message: 'must be text' },
      { parameter: 'name', message: 'must not be empty.' },
    ];
    expect(formFaults(said(errors), 'All of it.', keyFields)).toEqual({
      fields: { account: 'Must be short.', regions: 'Must be text.', name: 'Must not be empty.' },
      rest: null,
    });
  });

  test('stands under the form where it has no field', () => {
    const errors = [
      { pointer: '/secret', message: 'is not known' },
      { pointer: '', message: 'must be an object' },
    ];
    expect(formFaults(said(errors), 'All of it.', keyFields)).toEqual({
      fields: {},
      rest: 'Secret is not known. Must be an object.',
    });
    expect(formFaults(said(), 'All of it.', keyFields)).toEqual({ fields: {}, rest: 'All of it.' });
    expect(formFaults(null, 'No answer.', keyFields)).toEqual({ fields: {}, rest: 'No answer.' });
  });
});
