/** A warehouse for benchmarks, put straight into the file of a folder's D1, and the same for DuckDB. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Random } from './producer/random.ts';

export interface WarehouseSize {
  readonly sessions: number;
  readonly users: number;
  readonly movies: number;
  readonly days: number;
  /** Where the last day ends. */
  readonly endMs: number;
}

const devices = ['mobile', 'tv', 'desktop', 'tablet', 'console'];
const countries = ['US', 'GB', 'DE', 'FR', 'JP', 'BR', 'IN', 'CA', 'AU', 'MX'];
const genres = 'Drama,Comedy,Action,Horror,Romance,Thriller,Documentary,Animation,Fantasy,Crime'.split(',');
const qualities = ['HD', 'SD', 'FHD', '4K'];
const subscriptions = ['free', 'basic', 'premium', 'family'];
const dayMs = 86_400_000;

/** The file in which the local runtime keeps D1. */
export function databaseFile(persistTo: string): string {
  const folder = join(persistTo, 'v3/d1/miniflare-D1DatabaseObject');
  const [name] = readdirSync(folder).filter((each) => each.endsWith('.sqlite') && each !== 'metadata.sqlite');
  if (name === undefined) throw new Error(`${folder} has no database.`);
  return join(folder, name);
}

/** Popular things more often: the first of a list most. */
const skewed = (random: Random, count: number): number => Math.floor(random.between(0, 1) ** 2 * count);

/** In the order in which sessions come: one after the other in time. */
export function fillWarehouse(db: DatabaseSync, size: WarehouseSize): void {
  const { sessions, users, movies, days, endMs } = size;
  const random = new Random(1, 'bench-warehouse');
  db.exec('BEGIN');
  const user = db.prepare(
    'INSERT INTO users (id, pseudonym, username, country, subscription_type, signup_date) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (let id = 1; id <= users; id++) {
    const [country, plan] = [countries[skewed(random, 10)], subscriptions[id % 4]];
    user.run(
      id,
      `1-${id.toString(16).padStart(16, '0')}`,
      `user${id}`,
      country ?? '',
      plan ?? '',
      '2026-01-01',
    );
  }
  const movie = db.prepare(
    'INSERT INTO movies (id, content_id, title, genre, avg_rating) VALUES (?, ?, ?, ?, ?)',
  );
  for (let id = 1; id <= movies; id++)
    movie.run(id, `film-${id}`, `Title ${id}`, genres[id % 10] ?? '', 5 + random.between(0, 1) * 4);
  const session =
    db.prepare(`INSERT INTO viewing_sessions (source_id, user_id, movie_id, start_time_ms, end_time_ms,
    watch_duration_ms, completion_milli, device_type, quality, buffering_count, user_country, subscription_type,
    region_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const startMs = endMs - days * dayMs;
  for (let n = 0; n < sessions; n++) {
    const at = Math.floor(startMs + ((n + random.between(0, 1)) / sessions) * days * dayMs);
    const watched = Math.floor(random.between(0, 1) * 7_200_000);
    const userId = 1 + Math.floor(random.between(0, 1) ** 1.5 * users);
    session.run(
      `i-${n}`,
      userId,
      1 + skewed(random, movies),
      at,
      at + watched,
      watched,
      Math.floor(random.between(0, 1) * 1001),
      devices[skewed(random, 5)] ?? '',
      qualities[Math.floor(random.between(0, 1) * 4)] ?? '',
      random.between(0, 1) < 0.2 ? Math.floor(random.between(0, 1) * 5) : 0,
      countries[skewed(random, 10)] ?? '',
      subscriptions[userId % 4] ?? '',
      1 + Math.floor(random.between(0, 1) * 12),
    );
  }
  const sums = `count(*), count(DISTINCT user_id), sum(watch_duration_ms), sum(completion_milli),
    count(completion_milli), sum(buffering_count) FROM viewing_sessions GROUP BY 1`;
  db.exec(`INSERT INTO daily_analytics SELECT start_slot / 96, ${sums}`);
  db.exec(`INSERT INTO hourly_analytics SELECT start_slot / 4, ${sums}`);
  db.exec('COMMIT');
}

/** The same rows in DuckDB, one thread. */
export async function copyToDuck(db: DatabaseSync, folder: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  for (const table of ['users', 'movies', 'viewing_sessions']) {
    const rows = db.prepare(`SELECT * FROM ${table}`).all();
    const file = join(folder, `${table}.ndjson`);
    const lots = Array.from({ length: Math.ceil(rows.length / 50_000) }, (_, lot) =>
      rows
        .slice(lot * 50_000, (lot + 1) * 50_000)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    writeFileSync(file, '');
    for (const lot of lots) writeFileSync(file, `${lot}\n`, { flag: 'a' });
    await duck.run(`CREATE TABLE ${table} AS SELECT * FROM read_json('${file}')`);
    rmSync(file);
  }
  return duck;
}
