import { describe, expect, test } from 'vitest';
import { counterCount, dimensions } from '../../../core/aggregate/counters.ts';
import { FormatError } from '../../../core/protocol/bytes.ts';
import { dimensionKeysMax, OTHER_KEY } from '../../../core/protocol/limits.ts';
import { mergeWindows } from '../../../core/window/merge-windows.ts';
import { newestWindows } from '../../../core/window/newest-windows.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import {
  groupBy,
  midnight,
  modelEvents,
  recount,
  speedsOf,
  usersOf,
  windowOf,
  windowsOf,
} from '../../storage/packed-windows.ts';

describe('merging windows', () => {
  const events = modelEvents(7, 600, 10, 1).filter((event) => event.shard === 0);
  const windows = windowsOf(events);

  test('[WIN-2] a merge of windows is the recount of their events', () => {
    const merged = mergeWindows(windows);
    expect(merged.windows).toBe(10);
    expect(merged.counters).toEqual(recount(events));
    expect(merged.users).toEqual(usersOf(events).toBytes());
    expect(merged.speed).toEqual(speedsOf(events).toBytes());
    for (const name of dimensions) {
      const counted = [...groupBy(events, (event) => event[name])].map(([key, group]) => [
        key,
        recount(group),
      ]);
      expect(new Map(merged.dimensions[name])).toEqual(new Map(counted as [string, number[]][]));
    }
  });

  test('[WIN-2] the order in which windows come does not matter', () => {
    expect(mergeWindows(windows.toReversed())).toEqual(mergeWindows(windows));
  });

  test('the revision is the highest, and closed is only what is closed in every part', () => {
    const newer = { generation: 0, incarnation: 2, logRow: 1 };
    const older = { generation: 0, incarnation: 1, logRow: 99 };
    const parts = [
      windowOf(events, { revision: newer }),
      windowOf(events, { revision: older, closed: false }),
    ];
    expect(mergeWindows(parts)).toMatchObject({ revision: newer, closed: false });
  });

  test('a title stays known when a later window does not tell it', () => {
    const first = windowOf(events, { minute: 1, titles: [['mov_1', 'Old', 'movie']] });
    const later = windowOf(events, { minute: 2, titles: [['mov_1', null, 'series']] });
    expect(mergeWindows([later, first]).titles).toEqual([['mov_1', 'Old', 'series']]);
  });

  test('a sketch that is none is a FormatError', () => {
    expect(() => mergeWindows([windowOf(events, { users: new Uint8Array([9]) })])).toThrow(FormatError);
  });
});

describe('[WIN-6] the cap on keys when windows are merged', () => {
  const counters = (count: number): number[] => [count, ...Array<number>(counterCount - 1).fill(0)];
  const withContents = (minute: number, keys: readonly string[], count: number): PackedWindow => {
    const base = windowOf([], { minute });
    const content = keys.map((key): [string, number[]] => [key, counters(count)]);
    return { ...base, dimensions: { ...base.dimensions, content } };
  };
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  test('as many keys as the cap stay as they are', () => {
    const merged = mergeWindows([withContents(1, names('a', dimensionKeysMax), 1)]).dimensions.content;
    expect(merged).toHaveLength(dimensionKeysMax);
    expect(merged.at(-1)?.[0]).toBe(`a${dimensionKeysMax - 1}`);
  });

  test('one more folds the key with the fewest events, and the totals stay exact', () => {
    const parts = [withContents(1, names('a', dimensionKeysMax), 2), withContents(2, ['b', OTHER_KEY], 1)];
    const merged = mergeWindows(parts).dimensions.content;
    expect(merged).toHaveLength(dimensionKeysMax + 1);
    expect(merged.at(-1)).toEqual([OTHER_KEY, counters(2)]);
    const events = merged.reduce((total, [, [count = 0]]) => total + count, 0);
    expect(events).toBe(2 * dimensionKeysMax + 2);
  });

  test('the title of a content that was folded away goes with it', () => {
    const named = (prefix: string, minute: number, count: number): PackedWindow => {
      const window = withContents(minute, names(prefix, count), 3 - minute);
      return { ...window, titles: window.dimensions.content.map(([key]) => [key, `Title of ${key}`, null]) };
    };
    const { titles } = mergeWindows([named('a', 1, dimensionKeysMax), named('b', 2, 1)]);
    expect(titles).toHaveLength(dimensionKeysMax);
    expect(titles.map(([content]) => content)).not.toContain('b0');
  });

  test('a busy newcomer displaces a key that was first but is small', () => {
    const parts = [withContents(1, names('a', dimensionKeysMax), 1), withContents(2, ['busy'], 9)];
    const keys = mergeWindows(parts).dimensions.content.map(([key]) => key);
    expect(keys).toContain('busy');
    expect(keys).not.toContain(`a${dimensionKeysMax - 1}`);
  });
});

describe('[WIN-7] the newest state of every window', () => {
  const state = (logRow: number, closed = false, from = 'a') => ({
    regionNumber: 1,
    shard: 0,
    minute: midnight,
    closed,
    from,
    revision: { generation: 0, incarnation: 1, logRow },
  });

  test('is taken, never the sum, whatever the order of the sources', () => {
    expect(newestWindows([state(3), state(5), state(4)])).toEqual([state(5)]);
    expect(newestWindows([state(5), state(3)])).toEqual([state(5)]);
  });

  test('of equal revisions is the closed one, else that of the first source', () => {
    expect(newestWindows([state(3, false, 'a'), state(3, true, 'b')])).toEqual([state(3, true, 'b')]);
    expect(newestWindows([state(3, true, 'a'), state(3, true, 'b')])).toEqual([state(3, true, 'a')]);
  });

  test('[DUP-2] of a later incarnation wins over more log rows of an earlier one', () => {
    const wiped = { ...state(1), revision: { generation: 0, incarnation: 2, logRow: 1 } };
    expect(newestWindows([state(99), wiped])).toEqual([wiped]);
  });

  test('is kept for each region, shard and minute, by key', () => {
    const others = [
      { ...state(1), minute: midnight + 1 },
      { ...state(1), shard: 1 },
      { ...state(1), regionNumber: 2 },
    ];
    expect(newestWindows([...others.toReversed(), state(1)])).toEqual([state(1), ...others]);
  });
});
