// Days of history in the D1 of a folder, as the product keeps them: minutes of a week, hours and days of all. One hour of
// windows is written as the product writes it and copied by SQL into the hours before.
import { DatabaseSync } from 'node:sqlite';
import { dimensions } from '../core/aggregate/counters.ts';
import { windowsKeptMs } from '../core/protocol/batch-limits.ts';
import { databaseFile } from './bench-warehouse.ts';
import { insertNewest } from './bench-windows.ts';
import { withDatabase } from './database.ts';
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

/** How far back rows have all that a row has; before, they have their totals alone, since no question here asks more. */
const whole = { minutes: 2, hours: 8, days: 92 };

export async function fillHistory(folder: string, nowMs: number, days: number): Promise<Filled> {
  await prepareFolder(folder);
  await withDatabase(folder, (database) => insertNewest(database, nowMs));
  const db = new DatabaseSync(databaseFile(folder));
  try {
    // Nothing has to outlive a crash here.
    db.exec('PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; BEGIN');
    copyBack(db, 'region_windows', { step: 60, times: windowsKeptMs / hourMs, whole: whole.minutes * 24 });
    copyBack(db, 'region_hours', { step: 1, times: days * 24, whole: whole.hours * 24 });
    copyBack(db, 'region_days', { step: 1, times: days, whole: whole.days });
    const computedAt = `'${new Date(nowMs).toISOString()}'`;
    db.exec(`INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
      computed_at) SELECT key, 'bench', 1, 1, '', events, 0, 0, ${computedAt} FROM region_hours`);
    db.exec(`INSERT INTO batch_days (key, hours, generations, user_events, users, computed_at, top_users)
      SELECT key, 24, 24, events, 0, ${computedAt}, '[]' FROM region_days`);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    return Object.fromEntries(
      ['region_windows', 'region_hours', 'region_days'].map((table) => [table, count(table)]),
    );
  } finally {
    db.close();
  }
}

/** Rows at the end of each region's go into the `times - 1` steps before, the oldest first, as a table grows. */
function copyBack(
  db: DatabaseSync,
  table: string,
  { step, times, whole: wholeTimes }: { step: number; times: number; whole: number },
): void {
  const names = db.prepare(`PRAGMA table_info(${table})`).all();
  const columns = names.map(({ name }) => String(name)).filter((name) => name !== 'key');
  const copied = (name: string): string =>
    name in nothing ? `iif(n < ${wholeTimes}, newest.${name}, ${nothing[name]})` : `newest.${name}`;
  db.exec(`CREATE TEMP TABLE newest AS SELECT * FROM ${table}`);
  db.exec(`WITH RECURSIVE past(n) AS (SELECT ${times - 1} UNION ALL SELECT n - 1 FROM past WHERE n > 1),
    regions(first) AS (SELECT DISTINCT key >> 34 FROM newest)
    INSERT INTO ${table} (key, ${columns.join(', ')})
    SELECT newest.key - ${step} * n, ${columns.map(copied).join(', ')}
    FROM regions CROSS JOIN past CROSS JOIN newest WHERE newest.key >> 34 = first`);
  db.exec('DROP TABLE newest');
}
