import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { dimensions } from '../../core/aggregate/counters.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { rollUpHour } from '../../storage/hour-store.ts';
import {
  partsSql,
  type RangePart,
  type RangePlan,
  type RangeWant,
  readMinuteSums,
  readParts,
} from '../../storage/range-store.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import { saveWindows } from '../../storage/window-store.ts';
import { midnight, modelEvents, recount, windowOf, windowsOf } from './packed-windows.ts';

const all: RangeWant = { dimensions, key: null, titles: true, sketches: true, panes: true };
const totals: RangeWant = { dimensions: [], key: null, titles: false, sketches: false, panes: false };
const hour = midnight / 60;
const events = modelEvents(41, 2000, 150, 2).filter(({ shard }) => shard === 0);
const windows = windowsOf(events);
const shards = [1, 2].map((regionNumber) => ({ regionNumber, shard: 0 }));

async function read(plan: RangePlan, want: RangeWant): Promise<RangePart[]> {
  const parts: RangePart[] = [];
  for await (const lot of readParts(env.DB, plan, want)) parts.push(...lot);
  return parts;
}

const minutesOf = (from: number, to: number): RangePlan => ({
  minutes: shards.map((shard) => ({ ...shard, from, to })),
  hours: [],
});
const wholeDay: RangePlan = {
  minutes: [],
  hours: shards.map((shard) => ({ ...shard, from: hour, to: hour + 24 })),
};

const eventsIn = (parts: readonly RangePart[]): number =>
  parts.reduce((sum, { counters }) => sum + (counters[0] as number), 0);

beforeEach(async () => {
  await env.DB.batch(
    ['region_windows', 'region_hours'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  await saveWindows(env.DB, windows);
});

describe('the parts of a range', () => {
  test('are its windows, half-open, with what was asked for and nothing else', async () => {
    const expected = windows
      .filter(({ minute }) => minute >= midnight + 5 && minute < midnight + 40)
      .toSorted((a, b) => a.regionNumber - b.regionNumber || a.minute - b.minute);
    const plan = minutesOf(midnight + 5, midnight + 40);
    const whole = await read(plan, all);
    expect(whole.map(({ regionNumber, minute, minutes }) => [regionNumber, minute, minutes])).toEqual(
      expected.map(({ regionNumber, minute }) => [regionNumber, minute, 1]),
    );
    for (const [index, part] of whole.entries()) {
      const { panes, titles, users, sessions, speed, counters, revision, closed } = expected[
        index
      ] as PackedWindow;
      expect(part).toMatchObject({ panes, titles, counters, revision, closed });
      expect(part.sketches).toEqual({ users, sessions, speed });
      for (const name of dimensions) expect(padded(part, name)).toEqual(expected[index]?.dimensions[name]);
    }
    const bare = await read(plan, totals);
    expect(bare).toEqual(
      whole.map((part) => ({ ...part, panes: null, titles: [], entries: {}, sketches: null })),
    );
  });

  test('are hours where these have rows, else their minutes', async () => {
    await rollUpHour(env.DB, 1, 0, hour);
    await rollUpHour(env.DB, 2, 0, hour + 1);
    const parts = await read(wholeDay, all);
    const hours = parts.filter(({ minutes }) => minutes === 60);
    expect(hours.map(({ regionNumber, minute }) => [regionNumber, minute])).toEqual([
      [1, midnight],
      [2, midnight + 60],
    ]);
    const counted = recount(
      events.filter(({ regionNumber, minute }) => regionNumber === 1 && minute < midnight + 60),
    );
    expect(hours[0]).toMatchObject({ counters: counted, panes: null });
    expect(eventsIn(parts)).toBe(events.length);
    expect(eventsIn(await read(wholeDay, totals))).toBe(events.length);
  });

  test('come in lots, each window once', async () => {
    const lots: number[] = [];
    for await (const lot of readParts(env.DB, minutesOf(midnight, midnight + 150), {
      ...totals,
      titles: true,
    }))
      lots.push(lot.length);
    expect(lots.length).toBeGreaterThan(1);
    expect(lots.reduce((a, b) => a + b, 0)).toBe(windows.length);
  });

  test('an hour that is rolled up while its minutes are read changes nothing', async () => {
    const parts: RangePart[] = [];
    let lots = 0;
    for await (const lot of readParts(env.DB, wholeDay, all)) {
      parts.push(...lot);
      lots++;
      if (lots > 1) continue;
      for (const { regionNumber } of shards)
        for (const at of [hour, hour + 1, hour + 2]) await rollUpHour(env.DB, regionNumber, 0, at);
    }
    expect(lots).toBeGreaterThan(1);
    expect(eventsIn(parts)).toBe(events.length);
  });

  test('of one key have its entry and no other', async () => {
    const keys = ['mov_1', '__proto__', 'it\'s "quoted"', 'ünï\u0000\ud83d\ude00', 'tv', 'nothing'];
    const plan = minutesOf(midnight, midnight + 20);
    const whole = await read(plan, all);
    for (const key of keys) {
      const parts = await read(plan, { ...totals, dimensions: ['content', 'device'], key });
      const own = (part: RangePart, name: 'content' | 'device') =>
        (part.entries[name] ?? []).filter(([entry]) => entry === key);
      expect(parts.map(({ entries }) => entries)).toEqual(
        whole.map((part) => ({ content: own(part, 'content'), device: own(part, 'device') })),
      );
    }
  });

  test('summed by minute are the recount of the minute', async () => {
    const { sums, regions } = await readMinuteSums(env.DB, shards, midnight + 5, midnight + 40);
    expect(regions).toEqual([1, 2]);
    expect(sums).toEqual(
      Array.from({ length: 35 }, (_, at) => ({
        minute: midnight + 5 + at,
        closed: true,
        counters: recount(events.filter(({ minute }) => minute === midnight + 5 + at)),
      })).filter(({ counters }) => counters[0] !== 0),
    );
    await env.DB.prepare('UPDATE region_windows SET closed = 0 WHERE key & 67108863 = ?1')
      .bind(midnight + 6)
      .run();
    const open = await readMinuteSums(env.DB, shards.slice(0, 1), midnight + 6, midnight + 7);
    expect(open).toMatchObject({ sums: [{ closed: false }], regions: [1] });
    expect(await readMinuteSums(env.DB, shards, 5, 9)).toEqual({ sums: [], regions: [] });
  });

  test('of nothing are none', async () => {
    expect(await read({ minutes: [], hours: [] }, all)).toEqual([]);
    expect(await read(minutesOf(midnight + 1000, midnight + 2000), all)).toEqual([]);
  });

  test('are searched by key, not scanned', async () => {
    const query = `EXPLAIN QUERY PLAN ${partsSql(all)}`;
    const plan = await env.DB.prepare(query).bind('[]', '[]', 1, null, null).all<{ detail: string }>();
    const details = plan.results.map(({ detail }) => detail);
    expect(details.filter((detail) => detail.startsWith('SEARCH w USING INTEGER PRIMARY KEY'))).toHaveLength(
      2,
    );
    expect(details).not.toContainEqual(expect.stringMatching(/^SCAN [wh]\b/));
  });
});

function padded(
  part: RangePart,
  name: (typeof dimensions)[number],
): (readonly [string, readonly number[]])[] {
  return (part.entries[name] ?? []).map(([key, counters]) => [
    key,
    Array.from({ length: recount([]).length }, (_, index) => counters[index] ?? 0),
  ]);
}

describe('a row that this version did not write', () => {
  test.each([
    ['v = 99', 'version 99'],
    ['views = -1', 'views'],
    ["panes = '[null]'", 'panes'],
    [`dimensions = '{"device":[["a",[1,"2"]]]}'`, 'dimensions'],
    ["titles = '[[1,2,3]]'", 'titles'],
  ])('%s is a StoredDataError that names the column', async (change, name) => {
    await saveWindows(env.DB, [windowOf([])]);
    await env.DB.prepare(`UPDATE region_windows SET ${change}`).run();
    const reading = read(minutesOf(midnight, midnight + 1), all);
    await expect(reading).rejects.toThrow(StoredDataError);
    await expect(reading).rejects.toThrow(name);
  });

  test('of before a dimension existed has none of it', async () => {
    await env.DB.prepare("UPDATE region_windows SET dimensions = '{}'").run();
    const parts = await read(minutesOf(midnight, midnight + 1), { ...totals, dimensions: ['device'] });
    expect(parts.map(({ entries }) => entries)).toEqual(parts.map(() => ({ device: [] })));
    expect(parts.length).toBeGreaterThan(0);
  });
});
