// Days of history in the D1 of a folder, as the product keeps them: minutes of a week, hours and days of all. One hour of
// windows is written as the product writes it and copied by SQL into the hours before.
import { DatabaseSync } from 'node:sqlite';
import { dimensions } from '../core/aggregate/counters.ts';
import { mergedHoursBack, windowsKeptMs } from '../core/protocol/batch-limits.ts';
import { contentsSql, daySql, hourSql, numbersText, shardsText } from '../storage/merge-sql.ts';
import { databaseFile } from './bench-warehouse.ts';
import { benchRegions, insertNewest } from './bench-windows.ts';
import { type Database, withDatabase } from './database.ts';
import { prepareFolder } from './prepare.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** In SQL, by the column of a detail. */
const nothing: Readonly<Record<string, string>> = {
  dimensions: `'${JSON.stringify(Object.fromEntries(dimensions.map((name) => [name, []])))}'`,
  titles: "'[]'",
  users: "x''",
  sessions: "x''",
  speed: "x''",
};

/** Rows of each table that is filled. */
export type Filled = Readonly<Record<string, number>>;

/**
 * Days back between which rows have all that a row has; elsewhere they have their totals alone, since no question here asks
 * more: of hours those at either end of a range, of which the longest is 90 days.
 */
const whole: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  region_windows: [[0, 2]],
  region_hours: [
    [0, 8],
    [88, 93],
  ],
  region_days: [[0, 93]],
};
/** Of an hour and region: what was counted and what came late. */
const partsPerHour = 2;

export async function fillHistory(folder: string, nowMs: number, days: number): Promise<Filled> {
  await prepareFolder(folder);
  await withDatabase(folder, (database) => insertNewest(database, nowMs));
  inBulk(folder, (db) => {
    copyBack(db, 'region_windows', { step: 60, times: windowsKeptMs / hourMs, perDay: 24 });
    copyBack(db, 'region_hours', { step: 1, times: days * 24, perDay: 24 });
    copyBack(db, 'region_days', { step: 1, times: days, perDay: 1 });
    fillAccounts(db, `'${new Date(nowMs).toISOString()}'`);
  });
  // By the product's own statements, the newest of each, which are copied into the past.
  const [hour, day] = [Math.floor(nowMs / hourMs) - 1, Math.floor(nowMs / (24 * hourMs)) - 1];
  await withDatabase(folder, async (database) => await mergeNewest(database, hour, day));
  return inBulk(folder, (db) => {
    copyMerged(db, days);
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    const tables = ['region_windows', 'region_hours', 'region_days', 'merged_hours', 'content_days'];
    return Object.fromEntries(tables.map((table) => [table, count(table)]));
  });
}

async function mergeNewest(database: Database, hour: number, day: number): Promise<void> {
  const regions = Array.from({ length: benchRegions }, (_, n) => ({
    number: n + 1,
    name: '',
    continent: '',
    latitude: 0,
    longitude: 0,
  }));
  const [shards, numbers] = [shardsText(regions), numbersText(regions)];
  await database.prepare(hourSql).bind(hour, shards).run();
  await database.batch([
    database.prepare(daySql).bind(day, shards, numbers, 'bench'),
    database.prepare(contentsSql).bind(day, 'bench', numbers),
  ]);
}

function inBulk<T>(folder: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(databaseFile(folder));
  try {
    // Nothing has to outlive a crash here.
    db.exec('PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; BEGIN');
    const done = work(db);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    return done;
  } finally {
    db.close();
  }
}

/** What the batch layer says of hours and days, and the parts that it read. */
function fillAccounts(db: DatabaseSync, computedAt: string): void {
  db.exec(`INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
    computed_at) SELECT key, 'bench', 1, ${partsPerHour}, '', events, 0, 0, ${computedAt} FROM region_hours`);
  db.exec(`INSERT INTO batch_days (key, hours, generations, user_events, users, computed_at, top_users)
    SELECT key, 24, 24, events, 0, ${computedAt}, '[]' FROM region_days`);
  const numbers = [...Array(partsPerHour).keys()].join();
  db.exec(`INSERT INTO lake_parts (name, region_number, shard, incarnation, first_row, last_row, hour, kind, events,
    bytes, digest, format_version, from_ms, to_ms, sealed_at)
    SELECT 'part-' || w.key || '-' || n.value, w.key >> 34, 0, 1, n.value, n.value, w.key & 67108863, 'counted',
      events, 1, '', 1, 0, 0, ${computedAt} FROM region_hours w, json_each('[${numbers}]') n`);
}

function copyMerged(db: DatabaseSync, days: number): void {
  const columnsOf = (table: string) =>
    db
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => String(name));
  const copy = (table: string, place: string, times: number, only: string) => {
    const columns = columnsOf(table);
    const values = columns.map((name) => (name === place ? `${place} - n` : name));
    db.exec(`CREATE TEMP TABLE newest AS SELECT * FROM ${table}`);
    db.exec(`WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < ${times - 1})
      INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM newest CROSS JOIN past WHERE ${only}
      ORDER BY 1`);
    db.exec('DROP TABLE newest');
  };
  copy('merged_hours', 'hour', Math.min(days * 24, mergedHoursBack), wholeAt('region_hours', 24));
  copy('merged_days', 'day', days, 'true');
  copy('content_days', 'day', days, 'true');
}

const wholeAt = (table: string, perDay: number): string =>
  `(${(whole[table] ?? []).map(([from, to]) => `n >= ${from * perDay} AND n < ${to * perDay}`).join(' OR ')})`;

/** Rows at the end of each region's go into the `times - 1` steps before, the oldest first, as a table grows. */
function copyBack(
  db: DatabaseSync,
  table: string,
  { step, times, perDay }: { step: number; times: number; perDay: number },
): void {
  const names = db.prepare(`PRAGMA table_info(${table})`).all();
  const columns = names.map(({ name }) => String(name)).filter((name) => name !== 'key');
  const isWhole = wholeAt(table, perDay);
  const copied = (name: string): string =>
    name in nothing ? `iif(${isWhole}, newest.${name}, ${nothing[name]})` : `newest.${name}`;
  db.exec(`CREATE TEMP TABLE newest AS SELECT * FROM ${table}`);
  db.exec(`WITH RECURSIVE past(n) AS (SELECT ${times - 1} UNION ALL SELECT n - 1 FROM past WHERE n > 1),
    regions(first) AS (SELECT DISTINCT key >> 34 FROM newest)
    INSERT INTO ${table} (key, ${columns.join(', ')})
    SELECT newest.key - ${step} * n, ${columns.map(copied).join(', ')}
    FROM regions CROSS JOIN past CROSS JOIN newest WHERE newest.key >> 34 = first`);
  db.exec('DROP TABLE newest');
}
