import { describe, expect, test } from 'vitest';
import { makePersonId, makeSignInToken, personIdOf } from '../../../core/access/sign-in-token.ts';

const random = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);
const token = makeSignInToken('ann', random(26));

describe('[ACC-3] sign-in tokens', () => {
  test('name their person', () => {
    expect(token).toMatch(/^mqp_ann_[0-9a-z]{33}$/);
    expect(personIdOf(token)).toBe('ann');
    expect(personIdOf(makeSignInToken(makePersonId(random(12)), random(26)))).toMatch(/^[0-9a-z]{12}$/);
  });

  test('with any one character changed they are none', () => {
    for (let at = 0; at < token.length; at++) {
      for (const other of ['0', 'a', 'z', '_', '-', 'A', ' ', 'é', '\n']) {
        if (token[at] === other) continue;
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        expect([changed, personIdOf(changed)]).toEqual([changed, null]);
      }
    }
  });

  test.each([
    '',
    'mqp_',
    'mq_local_ann',
    token.slice(0, -1),
    `${token}0`,
    ` ${token}`,
    `${token}\n`,
    token.toUpperCase(),
  ])('%j is none', (text) => {
    expect(personIdOf(text)).toBeNull();
  });

  test('too little randomness makes none', () => {
    expect(() => makeSignInToken('ann', random(25))).toThrow();
    expect(() => makePersonId(random(11))).toThrow();
  });
});
