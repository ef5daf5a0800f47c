import { expect, it } from 'vitest';
import { judgeHour } from '../../../core/account/hour-check.ts';

const batch = { parts: 3, events: 100, lateAdded: 0, lateTwins: 0 };
const hour = { parts: 3, streamed: 100, late: 0, batch, served: 100 };

it('[ING-6c] an hour of which batch says what the stream said is equal', () => {
  expect(judgeHour(hour)).toEqual({ state: 'equal', difference: 0, why: '' });
  expect(judgeHour({ ...hour, served: null }).state).toBe('equal');
});

it('[ING-6c] what came late, and late twins, explain a difference', () => {
  const late = { ...batch, events: 107, lateAdded: 7, lateTwins: 3 };
  expect(judgeHour({ ...hour, late: 10, batch: late, served: 107 })).toEqual({
    state: 'explained',
    difference: 7,
    why: '7 came late and count now; 3 came late and were twins',
  });
});

it('[ING-6c] twins of another log of the shard are dropped from what the stream counted', () => {
  const twins = { ...batch, events: 98, lateTwins: 2 };
  expect(judgeHour({ ...hour, batch: twins, served: 98 })).toMatchObject({
    state: 'explained',
    difference: -2,
  });
});

it('[ING-6c] an hour is open before its first run, and stale when parts have come since', () => {
  expect(judgeHour({ ...hour, batch: null })).toMatchObject({ state: 'open', difference: null });
  expect(judgeHour({ ...hour, parts: 5, late: 4 })).toMatchObject({
    state: 'stale',
    why: '2 of its parts came after the last run: it will run again',
  });
});

it('[ING-6c] any other difference is a fault: too few, too many, a part that is gone, a row that says another thing', () => {
  expect(judgeHour({ ...hour, batch: { ...batch, events: 99 }, served: 99 })).toMatchObject({
    state: 'fault',
    difference: -1,
    why: 'batch counts 99 where its parts hold 100 that count',
  });
  expect(judgeHour({ ...hour, late: 1 }).state).toBe('fault');
  expect(judgeHour({ ...hour, parts: 2 })).toMatchObject({
    state: 'fault',
    why: '1 parts that batch has read are no longer listed',
  });
  expect(judgeHour({ ...hour, served: 101 })).toMatchObject({
    state: 'fault',
    why: 'the row of the hour says 101, batch says 100',
  });
});
