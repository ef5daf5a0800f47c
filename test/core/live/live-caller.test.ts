import { describe, expect, test } from 'vitest';
import type { Person } from '../../../core/access/caller.ts';
import { liveCallerOf, readLiveCaller, writeLiveCaller } from '../../../core/live/live-caller.ts';

const ann: Person = {
  kind: 'person',
  id: 'ann',
  name: 'Ann',
  role: 'viewer',
  regions: ['b', 'a', 'b'],
  via: 'session',
  sessionId: 's',
  expiresAtMs: 5_000,
};

describe('[ACC-5] who is at a live connection', () => {
  test('what the door writes, the hub reads', () => {
    const caller = liveCallerOf(ann, 0, 1_000);
    expect(caller).toEqual({
      personId: 'ann',
      sessionId: 's',
      endsAtMs: 5_000,
      scope: { regions: ['a', 'b'], masksPeople: true },
    });
    const strange = { ...caller, personId: 'é\r\n%"', scope: { regions: '*', masksPeople: false } as const };
    for (const each of [caller, strange]) {
      expect(writeLiveCaller(each)).toMatch(/^[ -~]+$/);
      expect(readLiveCaller(writeLiveCaller(each))).toEqual(each);
    }
  });

  test('only who has no session has to come again', () => {
    const endOf = (person: Partial<Person>) => liveCallerOf({ ...ann, ...person }, 100, 1_000).endsAtMs;
    expect(endOf({ via: 'bearer', sessionId: null })).toBe(1_100);
    expect(endOf({ via: 'access', sessionId: null, expiresAtMs: 900 })).toBe(900);
    expect(endOf({ via: 'bearer', sessionId: null, expiresAtMs: null })).toBe(1_100);
    expect(endOf({ via: 'session', expiresAtMs: 5_000 })).toBe(5_000);
  });

  test.each([
    null,
    '',
    '{}',
    '%',
    '{"personId":"a","sessionId":null,"endsAtMs":null}',
    '{"personId":"a","sessionId":null,"endsAtMs":null,"scope":{"regions":"all","masksPeople":false}}',
    '{"personId":"a","sessionId":null,"endsAtMs":null,"scope":{"regions":"*"}}',
    '{"personId":"a","sessionId":null,"endsAtMs":"never","scope":{"regions":"*","masksPeople":false}}',
  ])('%j is nobody', (header) => {
    expect(readLiveCaller(header)).toBeNull();
  });
});
