// A week of windows in a database: one hour of made-up windows for every region, written as the product writes them, and
// copied by SQL into the hours before. Benchmarks of reading need bulk; what the numbers say does not matter.
import { counterCount, counterIndex, type Dimension, dimensions } from '../core/aggregate/counters.ts';
import { DistinctSketch } from '../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../core/aggregate/quantile-sketch.ts';
import { panesPerWindow } from '../core/protocol/limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import { packedWindowVersion } from '../core/protocol/version.ts';
import { mergeWindows } from '../core/window/merge-windows.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import { jsonChunks } from '../storage/json-chunks.ts';
import { encodeRow, insertPackedRows, type PackedTable } from '../storage/window-row.ts';
import { Random } from './producer/random.ts';

export const benchTitles = 100;
export const benchRegions = 12;
const weekHours = 7 * 24;
const eventsPerWindow = 1000;
const usersPerWindow = 300;
const usersInAll = 20_000;
const downloadShare = 0.2;
const keysOf: Readonly<Record<Dimension, number>> = {
  content: benchTitles,
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

/** Fills the tables with the week up to `nowMs`: minutes up to now, hours up to the one before. */
export async function fillWeek(database: Database, nowMs: number): Promise<void> {
  const hour = Math.floor(nowMs / 3_600_000);
  const columns = { region_windows: '', region_hours: '' };
  for (const table of ['region_windows', 'region_hours'] as const)
    columns[table] = await columnsBesideKey(database, table);
  for (let region = 1; region <= benchRegions; region++) {
    const windows = Array.from({ length: 60 }, (_, minute) => madeUpWindow(region, hour * 60 + minute));
    const minutes = windows.map((window) =>
      encodeRow({ ...window, key: packedKey(region, 0, window.minute) }, window.panes),
    );
    await insert(database, 'region_windows', minutes);
    const merged = mergeWindows(windows);
    await insert(database, 'region_hours', [
      encodeRow({ ...merged, key: packedKey(region, 0, hour) }, merged.windows),
    ]);
    await copyBack(database, 'region_windows', columns.region_windows, packedKey(region, 0, hour * 60), 60);
    await copyBack(database, 'region_hours', columns.region_hours, packedKey(region, 0, hour), 1);
    const future = packedKey(region, 0, Math.floor(nowMs / 60_000) + 1);
    await database
      .prepare('DELETE FROM region_windows WHERE key >= ?1 AND key < ?2')
      .bind(future, packedKey(region, 0, hour * 60 + 60))
      .run();
    await database
      .prepare('DELETE FROM region_hours WHERE key = ?1')
      .bind(packedKey(region, 0, hour))
      .run();
  }
}

async function columnsBesideKey(database: Database, table: PackedTable): Promise<string> {
  const { results } = await database.prepare(`PRAGMA table_info(${table})`).all<{ name: string }>();
  const names = results.map(({ name }) => name).filter((name) => name !== 'key');
  return names.join(', ');
}

async function insert(database: Database, table: PackedTable, rows: readonly string[]): Promise<void> {
  for (const chunk of jsonChunks(rows))
    await database.prepare(insertPackedRows(table, 'true')).bind(chunk).run();
}

/** Copies the `step` rows from key `from` on into each hour before. */
async function copyBack(
  database: Database,
  table: PackedTable,
  columns: string,
  from: number,
  step: number,
): Promise<void> {
  const sql = `INSERT INTO ${table} (key, ${columns})
    SELECT key - ?1, ${columns} FROM ${table} WHERE key >= ?2 AND key < ?2 + ?3`;
  for (let hour = 1; hour < weekHours; hour++)
    await database
      .prepare(sql)
      .bind(step * hour, from, step)
      .run();
}

function madeUpWindow(region: number, minute: number): PackedWindow {
  const random = new Random('window', region, minute);
  const users = new DistinctSketch();
  for (let i = 0; i < usersPerWindow; i++) addUser(users, Math.floor(random.between(0, usersInAll)));
  const speed = new QuantileSketch();
  for (let i = 0; i < eventsPerWindow * downloadShare; i++)
    speed.add(Math.floor(random.between(500, 90_000)));
  const part = (share: number): number[] => countersOf(eventsPerWindow * share);
  const entries = dimensions.map((name) => {
    const keys = Array.from({ length: keysOf[name] }, (_, n) => `${name}-${n}`);
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
    titles: Array.from({ length: benchTitles }, (_, n) => [
      `content-${n}`,
      `A title of some length ${n}`,
      'film',
    ]),
    users: users.toBytes(),
    sessions: users.toBytes(),
    speed: speed.toBytes(),
  };
}

/** Zipf: the n-th of `all` is asked for 1 / (n + 1) as often as the first. */
function shareOf(n: number, all: number): number {
  const sum = Array.from({ length: all }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
  return 1 / (n + 1) / sum;
}

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
