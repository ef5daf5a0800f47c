// Made-up windows in a database, written as the product writes them: an hour of minutes, an hour and a day of every region,
// which bench-history.ts copies into the past. Benchmarks of reading need bulk; what the numbers say does not matter.
import { counterCount, counterIndex, type Dimension, dimensions } from '../core/aggregate/counters.ts';
import { DistinctSketch } from '../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../core/aggregate/quantile-sketch.ts';
import { dimensionKeysMax, panesPerWindow } from '../core/protocol/limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import { packedWindowVersion } from '../core/protocol/version.ts';
import { mergeWindows } from '../core/window/merge-windows.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import { jsonChunks } from '../storage/json-chunks.ts';
import { encodeRow, insertPackedRows, type PackedTable } from '../storage/window-row.ts';
import { Random } from './producer/random.ts';

export const benchTitles = 1_000;
export const benchRegions = 12;
/** Of a minute, and the most that an hour or a day names. */
const titlesPerMinute = 100;
const titlesPerHour = dimensionKeysMax;
const eventsPerWindow = 1000;
const usersPerWindow = 300;
const usersInAll = 20_000;
const downloadShare = 0.2;
const keysOf: Readonly<Record<Exclude<Dimension, 'content'>, number>> = {
  content_type: 5,
  device: 7,
  country: 3,
  quality: 4,
};

/** The part of D1 that is needed here. */
export interface Database {
  prepare(sql: string): { bind(...values: unknown[]): Statement } & Statement;
}
interface Statement {
  run(): Promise<unknown>;
  all<Row>(): Promise<{ results: Row[] }>;
}

/** The minutes of the hour before `nowMs`, that hour, and the day before. */
export async function insertNewest(database: Database, nowMs: number): Promise<void> {
  const hour = Math.floor(nowMs / 3_600_000) - 1;
  const day = Math.floor(nowMs / 86_400_000) - 1;
  for (let region = 1; region <= benchRegions; region++) {
    const windows = Array.from({ length: 60 }, (_, n) =>
      madeUpWindow(region, hour * 60 + n, titlesPerMinute),
    );
    const minutes = windows.map((window) =>
      encodeRow({ ...window, key: packedKey(region, 0, window.minute) }, window.panes),
    );
    await insert(database, 'region_windows', minutes);
    const merged = mergeWindows([...windows.slice(1), madeUpWindow(region, hour * 60, titlesPerHour)]);
    const key = packedKey(region, 0, hour);
    await insert(database, 'region_hours', [encodeRow({ ...merged, key }, merged.windows)]);
    const dayKey = packedKey(region, 0, day);
    await insert(database, 'region_days', [encodeRow({ ...merged, key: dayKey }, merged.windows)]);
  }
}

async function insert(database: Database, table: PackedTable, rows: readonly string[]): Promise<void> {
  for (const chunk of jsonChunks(rows))
    await database.prepare(insertPackedRows(table, 'true')).bind(chunk).run();
}

/** Regions have some of their titles in common. */
function madeUpWindow(region: number, minute: number, titles: number): PackedWindow {
  const named = Array.from({ length: titles }, (_, n) => (n + region * 83) % benchTitles);
  const random = new Random('window', region, minute);
  const users = new DistinctSketch();
  for (let i = 0; i < usersPerWindow; i++) addUser(users, Math.floor(random.between(0, usersInAll)));
  const speed = new QuantileSketch();
  for (let i = 0; i < eventsPerWindow * downloadShare; i++)
    speed.add(Math.floor(random.between(500, 90_000)));
  const part = (share: number): number[] => countersOf(eventsPerWindow * share);
  const entries = dimensions.map((name) => {
    const keys =
      name === 'content'
        ? named.map((n) => `content-${n}`)
        : Array.from({ length: keysOf[name] }, (_, n) => `${name}-${n}`);
    return [name, keys.map((key, n) => [key, part(shareOf(n, keys.length))])];
  });
  return {
    v: packedWindowVersion,
    regionNumber: region,
    shard: 0,
    minute,
    revision: { generation: 0, incarnation: 1, logRow: minute % 60 },
    closed: true,
    counters: part(1),
    panes: Array.from({ length: panesPerWindow }, () => part(1 / panesPerWindow)),
    dimensions: Object.fromEntries(entries) as PackedWindow['dimensions'],
    titles: named.map((n) => [`content-${n}`, `A title of some length ${n}`, 'film']),
    users: users.toBytes(),
    sessions: users.toBytes(),
    speed: speed.toBytes(),
  };
}

/** Zipf: the n-th of `all` is asked for 1 / (n + 1) as often as the first. */
function shareOf(n: number, all: number): number {
  let sum = sums.get(all);
  if (sum === undefined) sum = Array.from({ length: all }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
  sums.set(all, sum);
  return 1 / (n + 1) / sum;
}
const sums = new Map<number, number>();

function countersOf(events: number): number[] {
  const counters = Array.from({ length: counterCount }, () => 0);
  const set = (name: keyof typeof counterIndex, value: number): void => {
    counters[counterIndex[name]] = Math.ceil(value);
  };
  const downloads = Math.ceil(events * downloadShare);
  set('events', events);
  set('views', events * 0.1);
  set('progresses', events * 0.6);
  set('completes', events * 0.05);
  set('ratings', events * 0.02);
  set('downloads', downloads);
  set('downloads_succeeded', downloads * 0.9);
  set('downloads_failed', downloads * 0.08);
  set('speed_kbps_sum', downloads * 43_217);
  set('speed_count', downloads);
  set('watched_ms_sum', events * 9_731);
  set('rating_milli_sum', events * 0.02 * 7_500);
  set('rating_count', events * 0.02);
  set('bytes_sum', events * 1_234_567);
  return counters;
}

function addUser(sketch: DistinctSketch, user: number): void {
  const random = new Random('user', user);
  sketch.add(Math.floor(random.between(0, 2 ** 32)), Math.floor(random.between(0, 2 ** 32)));
}
