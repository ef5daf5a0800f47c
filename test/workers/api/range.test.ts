import { beforeEach, describe, expect, test, vi } from 'vitest';
import { DistinctSketch } from '../../../core/aggregate/distinct-sketch.ts';
import { OTHER_KEY } from '../../../core/protocol/limits.ts';
import { mergeWindows } from '../../../core/window/merge-windows.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import type { PackedHour } from '../../../storage/hour-store.ts';
import { NothingAnswersError } from '../../../workers/api/range-reader.ts';
import { realtimeFigures } from '../../../workers/api/realtime.ts';
import { regionRows, regionStatus } from '../../../workers/api/regions.ts';
import { series } from '../../../workers/api/timeseries.ts';
import { trendingRows } from '../../../workers/api/trending.ts';
import {
  groupBy,
  type ModelEvent,
  midnight,
  recount,
  usersOf,
  windowOf,
} from '../../storage/packed-windows.ts';
import { events, fakeSources, nowMs, query, regions, whole, windows } from './fake-sources.ts';

const newerOf = (window: PackedWindow, group: readonly ModelEvent[], logRow: number): PackedWindow =>
  windowOf(group, {
    regionNumber: window.regionNumber,
    minute: window.minute,
    revision: { ...window.revision, logRow },
  });

/** Both sources have every window; which of the two is ahead differs from one to the next. */
function mixedSources() {
  const held: PackedWindow[] = [];
  const stored: PackedWindow[] = [];
  for (const [index, window] of windows.entries()) {
    const own = events.filter(
      ({ minute, regionNumber }) => minute === window.minute && regionNumber === window.regionNumber,
    );
    const behind = newerOf(window, own.slice(1), 1);
    const ahead = newerOf(window, own, 2);
    if (index % 3 !== 0) held.push(index % 3 === 1 ? behind : ahead);
    stored.push(index % 3 === 2 ? behind : ahead);
  }
  return fakeSources(held, stored);
}

describe('[WIN-7] an answer is the newest of what shards and D1 say, never their sum', () => {
  test('realtime figures are the recount of the events', async () => {
    const { data } = await realtimeFigures(mixedSources(), whole, nowMs);
    const downloads = events.filter(({ type }) => type === 'download');
    const of = (status: string): number => downloads.filter((event) => event.status === status).length;
    expect(data).toMatchObject({
      total_events: events.length,
      views: events.filter(({ type }) => type === 'view').length,
      total_downloads: downloads.length,
      successful_downloads: of('success') + of('slow'),
      failed_downloads: of('failed'),
      slow_downloads: of('slow'),
      success_rate: (of('success') + of('slow')) / downloads.length,
      error_rate: of('failed') / downloads.length,
      unique_users: Math.round(usersOf(events).estimate()),
      active_regions: 3,
      active_content: groupBy(events, ({ content }) => content).size - 1,
      concurrent_viewers: 6,
      late_total: 30,
      duplicates_total: 300,
    });
    expect(data.events_by_type.rating).toBe(events.filter(({ type }) => type === 'rating').length);
    const speeds = downloads.map(({ speedKbps }) => speedKbps as number).sort((a, b) => a - b);
    const median = (speeds[Math.floor((speeds.length - 1) / 2)] as number) / 1000;
    expect(Math.abs((data.p50_speed_mbps as number) - median)).toBeLessThanOrEqual(median * 0.011);
  });

  test('trending is the recount by content, without what was folded away', async () => {
    const { data } = await trendingRows(mixedSources(), whole);
    const counted = [...groupBy(events, ({ content }) => content)].filter(
      ([content]) => content !== OTHER_KEY,
    );
    expect(new Map(data.map((row) => [row.content_id, row.total_events]))).toEqual(
      new Map(counted.map(([content, group]) => [content, group.length])),
    );
    expect(data.find((row) => row.content_id === '__proto__')?.title).toBe('Title of __proto__');
  });

  test('a series has every minute, and every pane', async () => {
    const longer = query(midnight - 5, midnight + 90);
    const { data } = await series(mixedSources(), longer, 60_000, nowMs);
    expect(data).toHaveLength(95);
    expect(data[0]).toMatchObject({ total_events: 0, success_rate: null, open: false });
    expect(data.slice(5).map((row) => row.total_events)).toEqual(
      Array.from({ length: 90 }, (_, i) => events.filter(({ minute }) => minute === midnight + i).length),
    );
    const panes = await series(mixedSources(), whole, 10_000, nowMs);
    expect(panes.data.map((row) => row.total_events)).toEqual(
      Array.from(
        { length: 540 },
        (_, i) =>
          events.filter(({ minute, pane }) => minute === midnight + Math.floor(i / 6) && pane === i % 6)
            .length,
      ),
    );
  });

  test('a series ends now, but for events that are ahead', async () => {
    const early = (midnight + 10) * 60_000 + 30_000;
    const none = await series(fakeSources([], []), query(midnight, midnight + 20), 60_000, early);
    expect(none.data).toHaveLength(11);
    expect(none.data.at(-1)).toMatchObject({ window_start: '2026-11-21T00:10:00.000Z', open: true });
    const ahead = windowOf([], { minute: midnight + 13, counters: recount(events) });
    const some = await series(fakeSources([ahead], []), query(midnight, midnight + 20), 60_000, early);
    expect(some.data).toHaveLength(14);
  });

  test('a long series is summed by D1 where no shard holds its minutes, and is the same', async () => {
    const later = nowMs + 3_600_000;
    const settled = fakeSources([], windows);
    const { state, data } = await series(settled, whole, 60_000, later);
    expect(settled.minuteSums).toHaveBeenCalledTimes(1);
    expect([state.range, state.active]).toEqual([whole.range, new Set([1, 2, 3])]);
    for (const held of [windows, windows.slice(0, 1)]) {
      const sources = fakeSources(held, windows);
      expect((await series(sources, whole, 60_000, later)).data).toEqual(data);
      expect(sources.live).toHaveBeenCalledTimes(3);
    }
    expect(data.map((row) => row.total_events)).toEqual(
      Array.from({ length: 90 }, (_, i) => events.filter(({ minute }) => minute === midnight + i).length),
    );
  });

  test('of one region is of that region only', async () => {
    const sources = mixedSources();
    const { data } = await realtimeFigures(
      sources,
      query(midnight, midnight + 90, { regions: regions.slice(1, 2) }),
      nowMs,
    );
    expect(data.total_events).toBe(events.filter(({ regionNumber }) => regionNumber === 2).length);
    expect(sources.live).toHaveBeenCalledTimes(1);
  });

  test('of a range in the past leaves out what shards hold of later minutes', async () => {
    const past = query(midnight + 10, midnight + 20);
    const inPast = events.filter(({ minute }) => minute >= midnight + 10 && minute < midnight + 20);
    const sources = fakeSources(windows, windows);
    expect((await realtimeFigures(sources, past, nowMs)).data.total_events).toBe(inPast.length);
    const { data } = await trendingRows(sources, past);
    const ranked = inPast.filter(({ content }) => content !== OTHER_KEY);
    expect(data.reduce((sum, row) => sum + row.total_events, 0)).toBe(ranked.length);
  });

  test('the rate is that of the last six full panes', async () => {
    const at = (midnight + 89) * 60_000 + 25_000;
    const { data } = await realtimeFigures(fakeSources(windows, []), query(midnight + 89, midnight + 90), at);
    const startOf = (event: ModelEvent): number => event.minute * 60_000 + event.pane * 10_000;
    const inLastMinute = events.filter(
      (event) => startOf(event) >= at - 65_000 && startOf(event) < at - 5000,
    );
    expect(inLastMinute.length).toBeGreaterThan(0);
    expect(data.events_per_second).toBe(inLastMinute.length / 60);
  });
});

describe('a shard tells what the question needs and no more', () => {
  const told = async (ask: (sources: ReturnType<typeof fakeSources>) => Promise<unknown>) => {
    const sources = fakeSources(windows, []);
    await ask(sources);
    expect(sources.live).toHaveBeenCalledTimes(3);
    const [, fromMinute, wanted] = sources.live.mock.calls[0] ?? [];
    return { fromMinute, ...wanted };
  };
  const past = query(midnight + 10, midnight + 20);
  const bare = { dimensions: [], key: null, titles: false, sketches: false, panes: false };

  test('totals', async () => {
    expect(await told((sources) => regionRows(sources, past, nowMs))).toEqual({
      ...bare,
      fromMinute: midnight + 10,
      toMinute: midnight + 20,
    });
  });

  test('contents with their titles, of one key only where it is asked for', async () => {
    const filter = { name: 'content_id', dimension: 'content', key: 'mov_1' } as const;
    const one = query(midnight + 10, midnight + 20, { filter });
    expect(await told((sources) => trendingRows(sources, past))).toMatchObject({
      ...bare,
      dimensions: ['content'],
      titles: true,
    });
    expect(await told((sources) => trendingRows(sources, one))).toMatchObject({ key: 'mov_1' });
  });

  test('panes up to now for the rate', async () => {
    expect(await told((sources) => realtimeFigures(sources, past, nowMs))).toMatchObject({
      fromMinute: midnight + 10,
      toMinute: Number.POSITIVE_INFINITY,
      panes: true,
      sketches: true,
      titles: false,
    });
  });
});

describe('a shard that does not answer', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  test('[WIN-7] costs what D1 does not have, and a warning', async () => {
    const held = windows.filter(({ minute }) => minute >= midnight + 80);
    const { state, data } = await realtimeFigures(fakeSources(held, windows, { dead: [2] }), whole, nowMs);
    expect(data.total_events).toBe(events.length);
    expect(data.concurrent_viewers).toBe(4);
    expect(state.warnings).toEqual([expect.stringMatching(/^R2 /)]);
  });

  test('is given up after a time', async () => {
    vi.useFakeTimers();
    try {
      const sources = { ...fakeSources([], windows), live: () => new Promise<never>(() => undefined) };
      const waiting = realtimeFigures(sources, whole, nowMs);
      await vi.advanceTimersByTimeAsync(3000);
      expect((await waiting).state.warnings).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('D1 that does not answer', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  test('costs what the shards no longer hold, and a warning', async () => {
    const held = windows.filter(({ minute }) => minute >= midnight + 80);
    const sources = fakeSources(held, windows, { failsAfter: 0 });
    const { state, data } = await realtimeFigures(sources, whole, nowMs);
    expect(data.total_events).toBe(events.filter(({ minute }) => minute >= midnight + 80).length);
    expect(data.concurrent_viewers).toBe(6);
    expect(state.warnings).toEqual([expect.stringMatching(/^The database /)]);
  });

  test('half-way costs the rest, and nothing is counted twice', async () => {
    const sources = fakeSources(windows, windows, { failsAfter: 14 });
    const { state, data } = await realtimeFigures(sources, whole, nowMs);
    expect(data.total_events).toBe(events.length);
    expect(state.warnings).toHaveLength(1);
  });

  test('and no shard either: nothing can be said', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const sources = fakeSources(windows, windows, { failsAfter: 0, dead: [1, 2, 3] });
    await expect(realtimeFigures(sources, whole, nowMs)).rejects.toThrow(NothingAnswersError);
  });
});

describe('hours in place of their minutes', () => {
  const hourOf = (regionNumber: number, parts: readonly PackedWindow[]): PackedHour => ({
    regionNumber,
    shard: 0,
    hour: midnight / 60,
    ...mergeWindows(parts),
  });
  const inHour = (regionNumber: number): PackedWindow[] =>
    windows.filter((window) => window.regionNumber === regionNumber && window.minute < midnight + 60);

  test('are read in place of their minutes, and the answer is the same', async () => {
    const hours = regions.map(({ number }) => hourOf(number, inHour(number)));
    const sources = fakeSources([], windows, { hours });
    const { data } = await realtimeFigures(sources, whole, nowMs);
    expect(data).toMatchObject({
      total_events: events.length,
      unique_users: Math.round(usersOf(events).estimate()),
    });
    expect(sources.stored).toHaveBeenCalledTimes(1);
  });

  test('are not, where a shard holds one of their minutes: it may be newer', async () => {
    const behind = inHour(3).map((window) => newerOf(window, [], 0));
    const hours = [hourOf(1, inHour(1)), hourOf(2, inHour(2)), hourOf(3, behind)];
    const sources = fakeSources(inHour(3).slice(0, 1), windows, { hours });
    const { data } = await realtimeFigures(sources, whole, nowMs);
    expect(data.total_events).toBe(events.length);
    expect(data.unique_users).toBe(Math.round(usersOf(events).estimate()));
    const again = { minutes: [{ regionNumber: 3, shard: 0, from: midnight, to: midnight + 60 }], hours: [] };
    expect(sources.stored.mock.calls.map(([plan]) => plan).at(-1)).toEqual(again);
  });

  test('are not where they lie partly outside, nor for a series', async () => {
    const hours = regions.map(({ number }) => hourOf(number, inHour(number)));
    const sources = fakeSources([], windows, { hours });
    await realtimeFigures(sources, query(midnight + 1, midnight + 60), nowMs);
    await series(sources, whole, 60_000, nowMs);
    for (const [plan] of sources.stored.mock.calls) expect(plan.hours).toEqual([]);
  });

  test('a distinct count is that of the union, not a sum of minutes', () => {
    const sum = windows.reduce(
      (total, window) => total + DistinctSketch.fromBytes(window.users).estimate(),
      0,
    );
    expect(sum).toBeGreaterThan(usersOf(events).estimate() * 5);
  });
});

describe('regions', () => {
  test('are all listed, with their figures and state', async () => {
    const held = windows.filter(({ regionNumber }) => regionNumber === 1);
    const stored = windows.filter(({ regionNumber, minute }) => regionNumber === 2 && minute < midnight + 60);
    const { data } = await regionRows(fakeSources(held, stored, { dead: [2] }), whole, nowMs);
    expect(data.map(({ region, status }) => [region, status])).toEqual([
      ['R1', expect.stringMatching(/healthy|failing/)],
      // Not heard of since the end of its newest window.
      ['R2', expect.stringMatching(/silent|failing/)],
      ['R3', 'idle'],
    ]);
    expect(data[0]?.total_events).toBe(events.filter(({ regionNumber }) => regionNumber === 1).length);
    expect(data[1]).toMatchObject({ watermark: null, concurrent_viewers: 0, last_received_at: null });
  });

  test.each([
    [{ total_downloads: 20, success_rate: 0.89 }, 100, 0, 'failing'],
    [{ total_downloads: 19, success_rate: 0.89 }, 100, 0, 'healthy'],
    [{ total_downloads: 20, success_rate: 0.9 }, 100, 60_000, 'healthy'],
    [{ total_downloads: 20, success_rate: 0.9 }, 100, 60_001, 'silent'],
    [{ total_downloads: 20, success_rate: 0.1 }, 100, 60_001, 'failing'],
    [{ total_downloads: 0, success_rate: null }, 1, 0, 'healthy'],
    [{ total_downloads: 0, success_rate: null }, 0, 99_999, 'idle'],
  ])('%j with %i events, silent for %i ms: %s', (figures, count, silentMs, status) => {
    expect(regionStatus(figures, count, silentMs)).toBe(status);
  });
});
