import { describe, expect, test } from 'vitest';
import type { EventType } from '../../../core/protocol/event-type.ts';
import { OTHER_KEY } from '../../../core/protocol/limits.ts';
import { deviceRows } from '../../../workers/api/devices.ts';
import type { DimensionFilter } from '../../../workers/api/dimension-filter.ts';
import { realtimeFigures } from '../../../workers/api/realtime.ts';
import { regionRows } from '../../../workers/api/regions.ts';
import { eventDistribution, movieViews, ratings, userActivity } from '../../../workers/api/stream.ts';
import { type StreamTable, streamRows } from '../../../workers/api/stream-table.ts';
import { series } from '../../../workers/api/timeseries.ts';
import { trendingRows } from '../../../workers/api/trending.ts';
import { groupBy, type ModelEvent, midnight } from '../../storage/packed-windows.ts';
import { events, fakeSources, nowMs, query, regions, windows } from './fake-sources.ts';

const sources = () => fakeSources(windows.slice(0, 40), windows.slice(20));
const past = { fromMinute: midnight + 7, toMinute: midnight + 71 };
const inPast = events.filter(({ minute }) => minute >= past.fromMinute && minute < past.toMinute);
const asked = (filter: DimensionFilter | null = null) => query(past.fromMinute, past.toMinute, { filter });

const filters = {
  content_id: { name: 'content_id', dimension: 'content', key: 'mov_1' },
  device_type: { name: 'device_type', dimension: 'device', key: 'constructor' },
  content_type: { name: 'content_type', dimension: 'content_type', key: 'music' },
} as const satisfies Record<string, DimensionFilter>;
const passes: Readonly<Record<keyof typeof filters, (event: ModelEvent) => boolean>> = {
  content_id: ({ content }) => content === 'mov_1',
  device_type: ({ device }) => device === 'constructor',
  content_type: ({ content_type }) => content_type === 'music',
};
const anyFilter = Object.keys(filters) as (keyof typeof filters)[];

const ofType = (group: readonly ModelEvent[], type: EventType) =>
  group.filter((event) => event.type === type);
const watched = (group: readonly ModelEvent[]): number =>
  group.reduce((sum, { watchedMs }) => sum + watchedMs, 0);
const total = (rows: readonly Readonly<Record<string, unknown>>[], column: string): number =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

describe('the tables of the stream are the recount of the events', () => {
  const read = async (table: StreamTable, byMinute = false) =>
    (await streamRows(table, sources(), asked(), byMinute)).data;

  test('movie-views', async () => {
    const rows = await read(movieViews);
    const expected = [...groupBy(inPast, ({ content }) => content)].flatMap(([content, group]) => {
      const views = ofType(group, 'view').length;
      const title = content === '42' ? null : `Title of ${content}`;
      const counts = { view_count: views, complete_count: ofType(group, 'complete').length };
      return views === 0
        ? []
        : [{ movie_id: content, title, ...counts, watched_seconds: watched(group) / 1000 }];
    });
    expect(new Set(rows)).toEqual(new Set(expected));
    expect(total(rows, 'view_count')).toBe(ofType(inPast, 'view').length);
  });

  test('ratings', async () => {
    const rows = await read(ratings);
    expect(total(rows, 'rating_count')).toBe(ofType(inPast, 'rating').length);
    for (const { movie_id, rating_count, avg_rating } of rows) {
      const own = ofType(inPast, 'rating').filter(({ content }) => content === movie_id);
      const sum = own.reduce((milli, { ratingMilli }) => milli + (ratingMilli as number), 0);
      expect([rating_count, Number(avg_rating).toFixed(9)]).toEqual([
        own.length,
        (sum / own.length / 1000).toFixed(9),
      ]);
    }
  });

  test('user-activity', async () => {
    const rows = await read(userActivity);
    expect(rows).toHaveLength(3);
    for (const { region, ...counts } of rows) {
      const group = inPast.filter(({ regionNumber }) => region === `R${regionNumber}`);
      expect(counts).toEqual({
        total_events: group.length,
        view_count: ofType(group, 'view').length,
        pause_count: ofType(group, 'pause').length,
        resume_count: ofType(group, 'resume').length,
        progress_count: ofType(group, 'progress').length,
        complete_count: ofType(group, 'complete').length,
        rating_count: ofType(group, 'rating').length,
        watched_seconds: watched(group) / 1000,
        avg_completion_rate: null,
        buffering_count: 0,
      });
    }
  });

  test('event-distribution', async () => {
    const rows = await read(eventDistribution);
    expect(rows).toHaveLength(8);
    for (const { event_type, event_count, event_share } of rows) {
      const own = ofType(inPast, event_type as EventType).length;
      expect([event_count, event_share]).toEqual([own, own / inPast.length]);
    }
    expect(total(rows, 'event_share')).toBeCloseTo(1, 12);
  });

  test.each([movieViews, ratings, userActivity, eventDistribution])(
    '$path minute by minute sums to the range',
    async (table) => {
      const summed = await read(table);
      const minutely = await read(table, true);
      const [key = '', ...columns] = Object.keys(summed[0] ?? {});
      for (const row of summed) {
        const own = minutely.filter((minute) => minute[key] === row[key]);
        for (const column of columns.filter((name) => name.endsWith('_count') || name === 'total_events'))
          if (table !== movieViews || column === 'view_count') expect(total(own, column)).toBe(row[column]);
      }
      const starts = new Set(minutely.map((row) => Date.parse(String(row.window_start)) / 60_000));
      expect(Math.min(...starts)).toBeGreaterThanOrEqual(past.fromMinute);
      expect(Math.max(...starts)).toBeLessThan(past.toMinute);
      for (const row of minutely)
        expect(Date.parse(String(row.window_end)) - Date.parse(String(row.window_start))).toBe(60_000);
    },
  );

  test('of a range without events have no rows', async () => {
    for (const table of [movieViews, ratings, userActivity, eventDistribution]) {
      const { data } = await streamRows(table, fakeSources([], []), asked(), false);
      expect(data).toEqual([]);
    }
  });
});

describe('devices', () => {
  test('are the recount by device', async () => {
    const { data } = await deviceRows(sources(), asked());
    const counted = groupBy(inPast, ({ device }) => device);
    expect(new Map(data.map((row) => [row.device_type, row.total_events]))).toEqual(
      new Map([...counted].map(([device, group]) => [device, group.length])),
    );
    expect(total(data, 'total_downloads')).toBe(ofType(inPast, 'download').length);
  });

  test('of one type are its row', async () => {
    const { data } = await deviceRows(sources(), asked(filters.device_type));
    expect(data.map(({ device_type, total_events }) => [device_type, total_events])).toEqual([
      ['constructor', inPast.filter(passes.device_type).length],
    ]);
  });
});

describe('a filter leaves what passes it', () => {
  test.each(anyFilter)('%s: realtime, and null for what is not kept', async (name) => {
    const { data } = await realtimeFigures(sources(), asked(filters[name]), nowMs);
    const own = inPast.filter(passes[name]);
    expect(own.length).toBeGreaterThan(0);
    expect(data).toMatchObject({
      total_events: own.length,
      views: ofType(own, 'view').length,
      total_downloads: ofType(own, 'download').length,
      watched_seconds: watched(own) / 1000,
      active_regions: new Set(own.map(({ regionNumber }) => regionNumber)).size,
      unique_users: null,
      unique_sessions: null,
      p50_speed_mbps: null,
      p95_speed_mbps: null,
      concurrent_viewers: null,
      events_per_second: null,
      late_total: null,
      duplicates_total: null,
    });
  });

  test('active contents: all, one, those of a type, unknown of a device', async () => {
    const active = async (filter: DimensionFilter | null) =>
      (await realtimeFigures(sources(), asked(filter), nowMs)).data.active_content;
    const ids = new Set(inPast.map(({ content }) => content));
    ids.delete(OTHER_KEY);
    expect(await active(null)).toBe(ids.size);
    expect(await active(filters.content_id)).toBe(1);
    expect(await active({ ...filters.content_id, key: 'nothing' })).toBe(0);
    expect(await active(filters.device_type)).toBeNull();
    const ranked = await trendingRows(sources(), asked(filters.content_type));
    expect(await active(filters.content_type)).toBe(ranked.data.length);
    expect(ranked.data.every((row) => row.content_type === 'music')).toBe(true);
  });

  test.each(anyFilter)('%s: series, regions and streams sum to the same', async (name) => {
    const own = inPast.filter(passes[name]);
    const minutes = await series(sources(), asked(filters[name]), 60_000, nowMs);
    expect(minutes.data.map((row) => row.total_events)).toEqual(
      Array.from(
        { length: 64 },
        (_, at) => own.filter(({ minute }) => minute === past.fromMinute + at).length,
      ),
    );
    const health = await regionRows(sources(), asked(filters[name]), nowMs);
    expect(health.data.map((row) => row.total_events)).toEqual(
      regions.map(({ number }) => own.filter(({ regionNumber }) => regionNumber === number).length),
    );
    expect(health.data.map((row) => row.concurrent_viewers)).toEqual([null, null, null]);
    const activity = await streamRows(userActivity, sources(), asked(filters[name]), false);
    expect(total(activity.data, 'total_events')).toBe(own.length);
    const types = await streamRows(eventDistribution, sources(), asked(filters[name]), false);
    expect(total(types.data, 'event_count')).toBe(own.length);
  });

  test('trending of one content is its row', async () => {
    const { data } = await trendingRows(sources(), asked(filters.content_id));
    expect(data.map(({ content_id, total_events }) => [content_id, total_events])).toEqual([
      ['mov_1', inPast.filter(passes.content_id).length],
    ]);
  });

  test('of a key that is not there leaves nothing, even of inherited names', async () => {
    for (const key of ['nothing', 'toString', '__proto__x']) {
      const { data } = await realtimeFigures(sources(), asked({ ...filters.device_type, key }), nowMs);
      expect([data.total_events, data.active_regions, data.success_rate]).toEqual([0, 0, null]);
    }
  });
});
