// The judge of the fire runs must see what is wrong, and the stand-in's dice must be what the figures say.
import { describe, expect, test } from 'vitest';
import { contentCell, differences, minuteCell, tally } from '../../tools/fire/harness/cells.ts';
import { checkEvents } from '../../tools/fire/harness/check.ts';
import type { LakeEvent } from '../../tools/fire/harness/lake-set.ts';
import { badlyEnded } from '../../tools/fire/harness/settle.ts';
import { chance } from '../../tools/fire/protocol.ts';
import { percentile } from '../../tools/fire/results.ts';

const at = 1_795_000_020_000;
const events = Array.from({ length: 6 }, (_, number) => ({
  number,
  region: 'EU-London',
  content: `title-${number % 2}`,
  timeMs: at + number * 20_000,
}));
/** 0 to 2 were taken, of 3 nobody knows, 4 was refused, 5 was never sent. */
const oracle = {
  events,
  ok: new Set([0, 1, 2]),
  unknown: new Set([3]),
  failed: new Set([4]),
  wrongAnswers: [],
};
const once = { counted: 1, late: 0, twice: 0 };
const row = (number: number, change: Partial<LakeEvent> = {}): LakeEvent => ({
  ...(events[number] as (typeof events)[number]),
  ...once,
  ...change,
});
const good = [row(0), row(1), row(2), row(3)];
const live = (rows: readonly LakeEvent[]) => ({
  minutes: tally(rows, minuteCell),
  contents: tally(rows, contentCell),
  faults: [],
});
const faultsOf = (rows: readonly LakeEvent[], seen = live(rows)) => checkEvents(oracle, rows, seen).faults;

describe('ok ⊆ counted ⊆ ok ∪ unknown', () => {
  test('holds with and without what nobody knows of', () => {
    expect(faultsOf(good)).toEqual([]);
    expect(faultsOf(good.slice(0, 3))).toEqual([]);
    expect(checkEvents(oracle, [...good, row(4)], live([...good, row(4)]))).toMatchObject({
      acknowledged: 3,
      counted: 5,
      unknownCounted: 1,
      refusedCounted: 1,
      lost: 0,
      doubled: 0,
    });
  });

  test.each([
    ['a lost one', [row(0), row(1), row(3)], /^lost: 1 events, such as 2/],
    ['one that was counted twice', [row(0, { counted: 2 }), row(1), row(2)], /^counted twice: 1 events/],
    ['one that nobody sent', [...good, row(5)], /^never sent: 1 events, such as 5/],
    ['one of another time', [row(0, { timeMs: at + 1 }), row(1), row(2)], /^not as it was sent: 1 events/],
    ['one of another title', [row(0, { content: 'title-9' }), row(1), row(2)], /^not as it was sent/],
    ['one that lies in two parts', [row(0, { twice: 1 }), row(1), row(2)], /^in two parts/],
    ['one in two cells', [...good, row(3, { region: 'EU-Paris' })], /^not as it was sent/],
  ])('sees %s', (_, rows, fault) => {
    expect(faultsOf(rows).some((text) => fault.test(text))).toBe(true);
  });

  test('sees a number of the stream that is not what the lake holds, in minutes and in contents', () => {
    const faults = faultsOf(good, live(good.slice(0, 3)));
    expect(faults.some((fault) => fault.startsWith('stream: EU-London'))).toBe(true);
    expect(faults.some((fault) => fault.startsWith('contents of the stream: EU-London'))).toBe(true);
    // What came late is none of the stream's.
    expect(faultsOf([...good.slice(0, 3), row(3, { counted: 0, late: 1 })], live(good.slice(0, 3)))).toEqual(
      [],
    );
  });

  test('tells the first differences, and how many more there are', () => {
    const cells = new Map(Array.from({ length: 12 }, (_, n) => [`cell ${n}`, 1] as const));
    expect(differences('x', new Map(), cells).slice(-1)).toEqual(['x: and 2 more']);
    expect(differences('x', cells, new Map(cells))).toEqual([]);
  });
});

describe('runs of the batch layer', () => {
  const run = (state: string, error: string | null = null) => ({ id: 'one', state, error });

  test('that ended well are done, or gave their hour to a replay', () => {
    expect(badlyEnded([run('done'), run('cancelled', 'replay r-1 computes this hour')])).toEqual([]);
  });

  test.each([
    ['failed', 'it stood still for a day'],
    ['failed', 'replay r-1 computes this hour'],
    ['cancelled', 'its replay was cancelled'],
    ['cancelled', null],
  ])('that ended as %s with %s are told', (state, error) => {
    expect(badlyEnded([run(state, error)])).toEqual([`batch: ${JSON.stringify(run(state, error))}`]);
  });
});

describe('figures', () => {
  test('chances are the same whenever they are asked, and as often as they say', () => {
    const dice = Array.from({ length: 20_000 }, (_, n) => chance(7, n, 1));
    expect(chance(7, 123, 1)).toBe(dice[123]);
    for (const share of [0.05, 0.3, 0.9])
      expect(Math.abs(dice.filter((value) => value < share).length / dice.length - share)).toBeLessThan(0.01);
    expect(new Set([chance(7, 1, 2), chance(7, 2, 1), chance(8, 1, 2)]).size).toBe(3);
  });

  test('percentiles are values that were measured', () => {
    const values = Array.from({ length: 200 }, (_, n) => 200 - n);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([100, 198, 200]);
    expect(percentile([5], 0.99)).toBe(5);
    expect(percentile([], 0.5)).toBe(0);
  });
});
