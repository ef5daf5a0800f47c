import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { counterIndex } from '../../core/aggregate/counters.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { saveWindows } from '../../storage/window-store.ts';
import { groupBy, type ModelEvent, modelEvents, recount, windowsOf } from './packed-windows.ts';

const events = modelEvents(11, 700);
const names = ['US-California', 'US-Virginia', 'US-Texas'];

beforeAll(async () => {
  const [first, ...rest] = windowsOf(events);
  await saveWindows(env.DB, [...rest, { ...(first as PackedWindow), closed: false }]);
});

const isoMinute = (minute: number): string => `${new Date(minute * 60_000).toISOString().slice(0, 19)}Z`;

type Row = Record<string, unknown>;

async function view(name: string): Promise<Row[]> {
  return (await env.DB.prepare(`SELECT * FROM ${name}`).all<Row>()).results;
}

function without(row: Row, left: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !left.includes(name)));
}

/** What the events of a group say, by the names that the views use. */
function figures(group: readonly ModelEvent[]) {
  const counters = recount(group);
  const of = (name: keyof typeof counterIndex): number => counters[counterIndex[name]] as number;
  const succeeded = of('downloads_succeeded') + of('downloads_slow');
  const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    total_events: group.length,
    view_count: of('views'),
    complete_count: of('completes'),
    watched_seconds: of('watched_ms_sum') / 1000,
    downloads: of('downloads'),
    successful_downloads: succeeded,
    failed_downloads: of('downloads_failed'),
    slow_downloads: of('downloads_slow'),
    success_rate: ratio(succeeded, of('downloads')),
    error_rate: ratio(of('downloads_failed'), of('downloads')),
    avg_speed_mbps: ratio(of('speed_kbps_sum') / 1000, of('speed_count')),
    rating_count: of('rating_count'),
    avg_rating: ratio(of('rating_milli_sum') / 1000, of('rating_count')),
  };
}

/** The recount by `keyOf` and minute: one row a group, with its window. */
function expectedBy(keyOf: (event: ModelEvent) => string) {
  const groups = groupBy(events, (event) => JSON.stringify([keyOf(event), event.minute]));
  return [...groups.values()].map((group) => {
    const [event] = group as [ModelEvent];
    const window = { window_start: isoMinute(event.minute), window_end: isoMinute(event.minute + 1) };
    return { event, key: keyOf(event), window, figures: figures(group) };
  });
}

/** One window is open: that of the first event. */
const open = events[0] as ModelEvent;
const isOpen = ({ minute, regionNumber }: ModelEvent): boolean =>
  minute === open.minute && regionNumber === open.regionNumber;

function only<T extends object>(all: T, wanted: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(wanted.map((name) => [name, all[name]])) as Partial<T>;
}

/** Rows in an order of their own, so that only their content is compared; numbers by ten digits. */
function normal(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(10)) : value;
  return rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)),
        rounded,
      ),
    )
    .sort();
}

describe('SQL views hold what a recount of the events says', () => {
  test('content_stats: unique by content and window, across regions and shards', async () => {
    const rows = await view('content_stats');
    const expected = expectedBy((event) => event.content).map(({ key, window, figures: all }) => ({
      content_id: key,
      ...without(all, ['downloads', 'error_rate']),
      download_count: all.downloads,
      ...window,
    }));
    const shown = rows.map((row) => without(row, ['title', 'content_type', 'closed']));
    expect(normal(shown)).toEqual(normal(expected));
    for (const { content_id: content, title } of rows) {
      expect(title).toBe(content === '42' ? null : `Title of ${String(content)}`);
    }
  });

  test('region_health: the shards of a region summed', async () => {
    const others = ['downloads', 'complete_count', 'watched_seconds', 'rating_count', 'avg_rating'];
    const regionOf = ({ regionNumber }: ModelEvent): string => names[regionNumber - 1] as string;
    const expected = expectedBy(regionOf).map(({ event, key, window, figures: all }) => ({
      region: key,
      ...without(all, others),
      total_downloads: all.downloads,
      ...window,
      closed: isOpen(event) ? 0 : 1,
    }));
    expect(normal(await view('region_health'))).toEqual(normal(expected));
  });

  test('device_stats', async () => {
    const wanted = ['total_events', 'view_count', 'watched_seconds', 'successful_downloads'] as const;
    const more = ['failed_downloads', 'slow_downloads', 'success_rate', 'avg_speed_mbps'] as const;
    const expected = expectedBy((event) => event.device).map(({ key, window, figures: all }) => ({
      device_type: key,
      ...only(all, [...wanted, ...more]),
      total_downloads: all.downloads,
      ...window,
    }));
    const rows = (await view('device_stats')).map((row) => without(row, ['closed']));
    expect(normal(rows)).toEqual(normal(expected));
  });

  test('stream_movie_views and stream_ratings: contents that have some', async () => {
    const all = expectedBy((event) => event.content).map(({ key, window, figures: found }) => ({
      movie_id: key,
      title: key === '42' ? null : `Title of ${key}`,
      ...found,
      ...window,
    }));
    const columns = ['movie_id', 'title', 'window_start', 'window_end'] as const;
    const views = (await view('stream_movie_views')).map((row) => without(row, ['closed']));
    const viewed = all.filter((row) => row.view_count > 0);
    expect(normal(views)).toEqual(
      normal(viewed.map((row) => only(row, [...columns, 'view_count', 'complete_count', 'watched_seconds']))),
    );
    const ratings = (await view('stream_ratings')).map((row) => without(row, ['closed']));
    const rated = all.filter((row) => row.rating_count > 0);
    expect(normal(ratings)).toEqual(
      normal(rated.map((row) => only(row, [...columns, 'rating_count', 'avg_rating']))),
    );
  });

  test('stream_event_distribution: counts and shares of each type in each window', async () => {
    const inMinute = groupBy(events, (event) => event.minute);
    const expected = expectedBy((event) => event.type).map(
      ({ event, key, window, figures: { total_events } }) => ({
        event_type: key,
        event_count: total_events,
        ...window,
        event_share: total_events / (inMinute.get(event.minute)?.length ?? 0),
      }),
    );
    const rows = (await view('stream_event_distribution')).map((row) => without(row, ['closed']));
    expect(normal(rows)).toEqual(normal(expected));
  });

  test('stream_user_activity: what users did in each region', async () => {
    const rows = await view('stream_user_activity');
    expect(rows).toHaveLength(9);
    for (const row of rows) {
      const group = events.filter(
        (event) =>
          isoMinute(event.minute) === row.window_start && names[event.regionNumber - 1] === row.region,
      );
      const count = (type: string): number => group.filter((event) => event.type === type).length;
      expect(row).toMatchObject({ total_events: group.length, pause_count: count('pause') });
      expect(row).toMatchObject({ resume_count: count('resume'), progress_count: count('progress') });
      expect(row).toMatchObject({ rating_count: count('rating'), view_count: count('view') });
    }
  });

  test('closed is 0 while a part of the window is open', async () => {
    const rows = await view('content_stats');
    const starts = new Set(rows.filter((row) => row.closed === 0).map((row) => row.window_start));
    expect([...starts]).toEqual([isoMinute(open.minute)]);
  });
});
