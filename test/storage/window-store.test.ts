import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { dimensionKeysMax } from '../../core/protocol/limits.ts';
import { packedKey } from '../../core/protocol/region.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import {
  addressOf,
  readTotals,
  readWindows,
  saveWindows,
  totalsSql,
  windowsSql,
} from '../../storage/window-store.ts';
import { midnight, modelEvents, windowOf, windowsOf } from './packed-windows.ts';

const shards = [1, 2, 3].flatMap((regionNumber) => [0, 1].map((shard) => ({ regionNumber, shard })));
const one = [{ regionNumber: 1, shard: 0 }];

beforeEach(async () => {
  await env.DB.exec('DELETE FROM region_windows');
});

const byKey = (a: PackedWindow, b: PackedWindow): number =>
  packedKey(a.regionNumber, a.shard, a.minute) - packedKey(b.regionNumber, b.shard, b.minute);

describe('windows in D1', () => {
  test('come back as they went in, whatever their keys and titles are', async () => {
    const windows = windowsOf(modelEvents(1, 500));
    await saveWindows(env.DB, windows);
    expect(await readWindows(env.DB, shards, midnight, midnight + 3)).toEqual(windows.toSorted(byKey));
  });

  test('are one row written each, in one statement', async () => {
    const windows = windowsOf(modelEvents(2, 500));
    expect(windows).toHaveLength(18);
    expect(await saveWindows(env.DB, windows)).toBe(18);
    expect(await saveWindows(env.DB, windows.slice(0, 1))).toBe(0);
    const newer = { generation: 0, incarnation: 1_700_000_000_000, logRow: 2 };
    expect(await saveWindows(env.DB, [{ ...(windows[0] as PackedWindow), revision: newer }])).toBe(1);
  });

  test('totals are those of the whole windows', async () => {
    await saveWindows(env.DB, windowsOf(modelEvents(3, 300)));
    const whole = await readWindows(env.DB, shards, midnight, midnight + 3);
    const totals = await readTotals(env.DB, shards, midnight, midnight + 3);
    expect(whole).toMatchObject(totals);
    expect(totals).toHaveLength(18);
  });

  test('a range is half-open, and of the shards asked for', async () => {
    const minutes = [midnight - 1, midnight, midnight + 1, midnight + 2];
    const windows = minutes.map((minute) => windowOf([], { minute }));
    await saveWindows(env.DB, [...windows, windowOf([], { regionNumber: 2 }), windowOf([], { shard: 1 })]);
    const found = await readTotals(env.DB, one, midnight, midnight + 2);
    expect(found.map(({ regionNumber, shard, minute }) => [regionNumber, shard, minute])).toEqual([
      [1, 0, midnight],
      [1, 0, midnight + 1],
    ]);
    expect(await readTotals(env.DB, [], midnight, midnight + 2)).toEqual([]);
  });

  test('of more than a parameter holds are written in several statements', async () => {
    const long = Array.from({ length: dimensionKeysMax }, (_, index) => `${index}${'x'.repeat(100)}`);
    const titles = long.map((content): [string, string, null] => [content, 'y'.repeat(200), null]);
    const windows = Array.from({ length: 12 }, (_, index) =>
      windowOf([], { minute: midnight + index, titles }),
    );
    expect(await saveWindows(env.DB, windows)).toBe(12);
    expect(await readWindows(env.DB, one, midnight, midnight + 12)).toEqual(windows);
  });

  test('[WIN-6] a window at its cap of keys, with the longest and strangest strings, is stored', async () => {
    const strange = (length: number, index: number): string => String(index).padEnd(length, '\u0001\ud800');
    const counters = Array.from({ length: 21 }, () => 2 ** 40);
    const keys = (length: number): [string, number[]][] =>
      Array.from({ length: dimensionKeysMax }, (_, index) => [strange(length, index), counters]);
    const window = windowOf([], {
      dimensions: {
        content: keys(128),
        content_type: keys(32),
        device: keys(32),
        country: keys(32),
        quality: keys(32),
      },
      titles: keys(128).map(([content], index) => [content, strange(256, index), strange(32, index)]),
    });
    expect(await saveWindows(env.DB, [window])).toBe(1);
    // Its titles are the price.
    expect(await readWindows(env.DB, one, midnight, midnight + 1)).toEqual([{ ...window, titles: [] }]);
  });

  test.each([
    ['totals', totalsSql],
    ['whole windows', windowsSql],
  ])('%s are searched by key, not scanned', async (_, sql) => {
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind('[]').all<{ detail: string }>();
    const details = plan.results.map(({ detail }) => detail);
    expect(details).toContainEqual(expect.stringMatching(/^SEARCH w USING INTEGER PRIMARY KEY/));
    expect(details).not.toContainEqual(expect.stringMatching(/^SCAN w/));
  });

  test('a key gives back region, shard and minute', () => {
    const address = { regionNumber: 65_535, shard: 255, minute: 2 ** 26 - 1 };
    expect(addressOf(packedKey(65_535, 255, 2 ** 26 - 1))).toEqual(address);
    expect(addressOf(packedKey(1, 0, 0))).toEqual({ regionNumber: 1, shard: 0, minute: 0 });
  });
});

describe('[DUP-2] an older revision never overwrites a newer one', () => {
  const at = (generation: number, incarnation: number, logRow: number, closed: boolean): PackedWindow =>
    windowOf([], {
      revision: { generation, incarnation, logRow },
      closed,
      // Tells the states apart.
      counters: windowOf([]).counters.map(
        () => generation * 10_000 + incarnation * 100 + logRow * 2 + Number(closed),
      ),
    });

  /** Ascending: each state is newer than all before it. */
  const states = [
    at(0, 1, 8, true),
    at(0, 1, 9, false),
    at(0, 1, 9, true),
    at(0, 2, 1, false),
    at(0, 2, 10, false),
    at(1, 1, 1, true),
    at(1, 1, 2, false),
  ];
  const pairs = states.flatMap((before, i) => states.map((after, j) => [i, j, before, after] as const));

  test.each(pairs)('state %i is held, state %i arrives', async (i, j, before, after) => {
    await saveWindows(env.DB, [before]);
    expect(await saveWindows(env.DB, [after])).toBe(j > i ? 1 : 0);
    expect(await readWindows(env.DB, one, midnight, midnight + 1)).toEqual([j > i ? after : before]);
  });

  test('also within one statement, whatever their order', async () => {
    await saveWindows(env.DB, [...states.slice(3), ...states.slice(0, 3)]);
    expect(await readWindows(env.DB, one, midnight, midnight + 1)).toEqual([states.at(-1)]);
  });
});

describe('a row that this version did not write', () => {
  test.each([
    ['v = 99', 'version 99'],
    ['views = -1', 'views'],
    ["events = 'many'", 'events'],
    ["panes = '[null]'", 'panes'],
    ["panes = 'nonsense'", 'panes'],
    [`dimensions = '{"content":[["a",[1,"2"]]]}'`, 'dimensions'],
    ["titles = '[[1,2,3]]'", 'titles'],
  ])('%s is a StoredDataError that names the column', async (change, name) => {
    await saveWindows(env.DB, [windowOf([])]);
    await env.DB.prepare(`UPDATE region_windows SET ${change}`).run();
    const read = readWindows(env.DB, one, midnight, midnight + 1);
    await expect(read).rejects.toThrow(StoredDataError);
    await expect(read).rejects.toThrow(name);
  });
});
