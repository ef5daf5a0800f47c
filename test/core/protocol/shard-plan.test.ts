import { describe, expect, test } from 'vitest';
import {
  earliestShardHour,
  readShardPlan,
  shardPlanText,
  shardsAt,
  shardsEver,
  shardsOf,
  withShardStep,
} from '../../../core/protocol/shard-plan.ts';

const hourMs = 3_600_000;
/** One shard, four from hour 10 on, one again from hour 12 on. */
const plan = [
  { fromHour: 10, shards: 4 },
  { fromHour: 12, shards: 1 },
];

describe('[IDN-2b] the shards of a region', () => {
  test.each([
    [0, 1],
    [10 * hourMs - 1, 1],
    [10 * hourMs, 4],
    [12 * hourMs - 1, 4],
    [12 * hourMs, 1],
    [1_000 * hourMs, 1],
  ])('at %i ms of event time are %i', (timeMs, shards) => {
    expect(shardsAt(plan, timeMs)).toBe(shards);
  });

  test('are one where nothing is said', () => {
    expect([shardsAt(undefined, 10 * hourMs), shardsAt([], 10 * hourMs)]).toEqual([1, 1]);
    expect(shardsEver({})).toBe(1);
  });

  test('are all asked that ever were or will be', () => {
    const regions = [{ number: 3, shardPlan: plan }, { number: 5 }];
    expect(shardsOf(regions).map(({ regionNumber, shard }) => `${regionNumber}/${shard}`)).toEqual([
      '3/0',
      '3/1',
      '3/2',
      '3/3',
      '5/0',
    ]);
  });
});

describe('[IDN-2c] a step that is announced', () => {
  test('takes the place of what was announced for later hours, and is left out where it changes nothing', () => {
    const text = (fromHour: number, shards: number) =>
      shardPlanText(withShardStep(plan, { fromHour, shards }));
    expect(text(14, 2)).toBe('[[10,4],[12,1],[14,2]]');
    expect(text(12, 2)).toBe('[[10,4],[12,2]]');
    expect(text(11, 4)).toBe('[[10,4]]');
    expect(text(9, 1)).toBe('[]');
    expect(readShardPlan(text(14, 2))).toEqual(withShardStep(plan, { fromHour: 14, shards: 2 }));
  });

  test('begins two whole hours ahead or later', () => {
    expect(earliestShardHour(10 * hourMs)).toBe(12);
    expect(earliestShardHour(10 * hourMs + 1)).toBe(13);
  });
});

describe('a stored plan', () => {
  test('is read as it was written', () => {
    expect(readShardPlan('[[10,4],[12,1]]')).toEqual(plan);
    expect(readShardPlan('[]')).toEqual([]);
    expect(readShardPlan('[[10,64]]')).toEqual([{ fromHour: 10, shards: 64 }]);
  });

  test.each([
    ['no JSON', '[[10,'],
    ['no list', '{"10":4}'],
    ['no pair', '[10,4]'],
    ['no shard', '[[10,0]]'],
    ['more shards than there may be', '[[10,65]]'],
    ['half a shard', '[[10,1.5]]'],
    ['words', '[["10",4]]'],
    ['steps in disorder', '[[12,1],[10,4]]'],
    ['two steps of one hour', '[[10,1],[10,4]]'],
  ])('with %s is none', (_, text) => {
    expect(readShardPlan(text)).toBeNull();
  });
});
