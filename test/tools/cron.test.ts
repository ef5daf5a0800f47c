import { expect, test } from 'vitest';
import { cronFires } from '../../tools/cron.ts';

/** A Saturday. */
const at = new Date('2026-11-21T04:30:40Z');

test.each([
  ['* * * * *', true],
  ['30 4 * * *', true],
  ['31 4 * * *', false],
  ['*/15 * * * *', true],
  ['*/20 * * * *', false],
  ['10/20 * * * *', true],
  ['0,30 1-5 * * *', true],
  ['30 4 21 11 *', true],
  ['30 4 21 12 *', false],
  ['30 4 * NOV sat', true],
  // Days of the week count from Sunday, 1, as the platform has it.
  ['30 4 * * 7', true],
  ['30 4 * * 6', false],
  ['30 4 * * MON-FRI', false],
  // Where both days are named, either will do.
  ['30 4 1 * 7', true],
  ['30 4 1 * 2', false],
])('%s fires on Saturday the 21st at 04:30: %s', (expression, fires) => {
  expect(cronFires(expression, at)).toBe(fires);
});

test.each(['* * * *', '60 * * * *', '* * L * *', '*/0 * * * *', '5-1 * * * *', '* * * * 0'])(
  '%s is not understood, and says so',
  (expression) => {
    expect(() => cronFires(expression, at)).toThrow(/Cron/);
  },
);
