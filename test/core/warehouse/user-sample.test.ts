import { describe, expect, test } from 'vitest';
import { isInSample, readUsersOneIn, usersOneInMax } from '../../../core/warehouse/user-sample.ts';

/** Seeded, as even as pseudonyms are. */
function users(count: number): { userHi: number; userLo: number }[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state ^ (state >>> 15)) >>> 0;
  };
  return Array.from({ length: count }, () => ({ userHi: next(), userLo: next() }));
}

describe('[SES-6] of whose sessions D1 has rows', () => {
  test('is told by the remainder of the whole pseudonym', () => {
    for (const user of users(2000)) {
      const whole = (BigInt(user.userHi) << 32n) + BigInt(user.userLo);
      for (const oneIn of [1, 2, 3, 7, 64, 1000, 65_537, usersOneInMax])
        expect(isInSample(user, oneIn)).toBe(whole % BigInt(oneIn) === 0n);
    }
  });

  test('is about one user in so many, and a smaller sample lies in a larger one', () => {
    const all = users(64_000);
    const inEight = all.filter((user) => isInSample(user, 8));
    const inSixtyFour = all.filter((user) => isInSample(user, 64));
    expect(Math.abs(inEight.length - 8000)).toBeLessThan(400);
    expect(Math.abs(inSixtyFour.length - 1000)).toBeLessThan(150);
    expect(inSixtyFour.every((user) => isInSample(user, 8))).toBe(true);
  });

  test.each([
    [undefined, 1],
    ['', 1],
    ['1', 1],
    ['64', 64],
    ['1000000', 1_000_000],
    ['0', null],
    ['1000001', null],
    ['-8', null],
    ['8.5', null],
    ['1e3', null],
    ['all', null],
  ])('is set as %o, which is %o', (text, value) => {
    expect(readUsersOneIn(text)).toBe(value);
  });
});
