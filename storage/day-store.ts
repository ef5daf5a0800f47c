/** Days of the batch layer in D1 (BAT-3): which are due, and what was computed of them. */

import { mergeDay } from '../core/batch/merge-day.ts';
import type { UserDay } from '../core/batch/user-day.ts';
import { dayHours } from '../core/protocol/batch-limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { PackedHour } from './hour-store.ts';
import { readHours } from './hour-store.ts';
import { unmergeDays } from './merge-contents.ts';
import { needsMigration } from './migrated.ts';
import { readShardsOf } from './region-registry.ts';
import { StoredDataError } from './stored-data-error.ts';
import { encodeRow, insertPackedRows } from './window-row.ts';
import { addressOf } from './window-store.ts';

export interface RegionDay {
  readonly regionNumber: number;
  /** Whole days since the Unix epoch, of UTC. */
  readonly day: number;
}

/** By which a day is told to be stale: both only rise as hours are computed. */
export interface DayMark {
  readonly hours: number;
  readonly generations: number;
}

/** What is told to a run; the mark is of the hours when it was asked for. */
export interface DayParams extends RegionDay, DayMark {
  /** Name of the region. */
  readonly region: string;
}

const markSql = `SELECT count(*) AS hours, coalesce(sum(generation), 0) AS generations
  FROM batch_hours WHERE key >= ?1 AND key < ?2`;

/** Of what the batch layer has computed of the day's hours by now. */
export async function readDayMark(db: D1Database, { regionNumber, day }: RegionDay): Promise<DayMark> {
  const from = packedKey(regionNumber, 0, day * dayHours);
  const found = await db
    .prepare(markSql)
    .bind(from, from + dayHours)
    .first<DayMark>();
  return found ?? { hours: 0, generations: 0 };
}

/** Of what the day that D1 has was made; null where it has none. */
export async function readWrittenDay(
  db: D1Database,
  { regionNumber, day }: RegionDay,
): Promise<DayMark | null> {
  const query = db.prepare('SELECT hours, generations FROM batch_days WHERE key = ?1');
  return await query.bind(packedKey(regionNumber, 0, day)).first<DayMark>();
}

/**
 * Days whose hours have been computed since the day was. One whose parts or rows are not all in computed hours waits;
 * one with a frozen hour stays as it is, since its parts are gone.
 */
const dueSql = `WITH days AS (
    SELECT h.key >> 34 AS region, (h.key & 67108863) / 24 AS day, count(*) AS hours,
      sum(h.generation) AS generations, max(h.frozen) AS frozen
    FROM json_each(?1) r CROSS JOIN batch_hours h
    WHERE h.key >= r.value ->> '$[0]' AND h.key < r.value ->> '$[1]'
    GROUP BY h.key >> 34, (h.key & 67108863) / 24)
  SELECT d.region AS regionNumber, d.day AS day, d.hours AS hours, d.generations AS generations
  FROM days d LEFT JOIN batch_days b ON b.key = (d.region << 34) + d.day
  WHERE d.frozen = 0 AND (b.key IS NULL OR b.hours < d.hours OR b.generations < d.generations)
    AND NOT EXISTS (SELECT 1 FROM lake_parts p
      WHERE p.hour >= d.day * 24 AND p.hour < d.day * 24 + 24 AND p.region_number = d.region
      GROUP BY p.hour
      HAVING count(*) IS NOT (SELECT h.parts FROM batch_hours h WHERE h.key = (d.region << 34) + p.hour))
    AND NOT EXISTS (SELECT 1 FROM region_hours w
      WHERE w.key >= (d.region << 34) + d.day * 24 AND w.key < (d.region << 34) + d.day * 24 + 24
        AND NOT EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = w.key))
  ORDER BY d.day DESC, d.region LIMIT ?2`;

/** Half-open, epoch days. */
export type DayRange = readonly [from: number, to: number];

/** Days of regions that are to be computed, or computed again: the newest first, at most `limit`. */
export async function readDueDays(
  db: D1Database,
  regionNumbers: readonly number[],
  ranges: readonly DayRange[],
  limit: number,
): Promise<(RegionDay & DayMark)[]> {
  const keys = regionNumbers.flatMap((number) =>
    ranges.map(([from, to]) => [packedKey(number, 0, from * dayHours), packedKey(number, 0, to * dayHours)]),
  );
  const query = db.prepare(dueSql).bind(JSON.stringify(keys), limit);
  return (await needsMigration(() => query.all<RegionDay & DayMark>())).results;
}

/** The rows of the day's hours that the batch layer has computed, of all shards. Throws StoredDataError. */
export async function readDayHours(db: D1Database, { regionNumber, day }: RegionDay): Promise<PackedHour[]> {
  const from = packedKey(regionNumber, 0, day * dayHours);
  const [rows, computed] = await Promise.all([
    readHours(db, await readShardsOf(db, regionNumber), day * dayHours, (day + 1) * dayHours),
    db
      .prepare('SELECT key FROM batch_hours WHERE key >= ?1 AND key < ?2')
      .bind(from, from + dayHours)
      .raw<[number]>(),
  ]);
  const hours = new Set(computed.map(([key]) => addressOf(key).minute));
  return rows.filter(({ hour }) => hours.has(hour));
}

export interface DayWrite extends RegionDay, DayMark {
  readonly rows: readonly PackedHour[];
  readonly userEvents: number;
  readonly users: number;
  readonly topUsers: readonly UserDay[];
  readonly computedAtMs: number;
}

const dayColumns = ['hours', 'generations', 'user_events', 'users', 'computed_at', 'top_users'];

/** A run of hours that have been computed again since does not give way to an older one. */
const accountSql = `INSERT INTO batch_days (key, ${dayColumns.join(', ')}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  ON CONFLICT (key) DO UPDATE SET ${dayColumns.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE excluded.hours >= batch_days.hours AND excluded.generations >= batch_days.generations`;

/** Holds in the transaction once its account stands. */
const isMine = `EXISTS (SELECT 1 FROM batch_days WHERE key = ?2 AND hours = ?3 AND generations = ?4)`;
const rowSql = insertPackedRows('region_days', isMine);
const noRowSql = `DELETE FROM region_days WHERE key = ?1`;

/** Writes a day whole: two rows. Writing it again changes nothing. Returns what D1 counted as rows written. */
export async function writeDay(db: D1Database, write: DayWrite): Promise<number> {
  const { regionNumber, day, hours, generations } = write;
  const key = packedKey(regionNumber, 0, day);
  const computedAt = new Date(write.computedAtMs).toISOString();
  const topUsers = write.topUsers.map((user) => [
    user.user,
    user.events,
    user.films,
    user.durationMs,
    user.durations,
  ]);
  const account = db
    .prepare(accountSql)
    .bind(key, hours, generations, write.userEvents, write.users, computedAt, JSON.stringify(topUsers));
  const results = await db.batch([account, rowOf(db, write, key), unmergeDays(db, [day])]);
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
}

function rowOf(db: D1Database, { rows, hours, generations }: DayWrite, key: number): D1PreparedStatement {
  if (rows.length === 0) return db.prepare(noRowSql).bind(key);
  const merged = mergeDay(rows);
  const revision = { generation: generations, incarnation: hours, logRow: 0 };
  const text = encodeRow({ ...merged, revision, key }, merged.windows);
  return db.prepare(rowSql).bind(`[${text}]`, key, hours, generations);
}

export interface TopUsersOfDay extends RegionDay {
  readonly users: readonly UserDay[];
}

const topSql = `SELECT b.key AS key, b.top_users AS users FROM json_each(?1) r CROSS JOIN batch_days b
  WHERE b.key >= r.value ->> '$[0]' AND b.key < r.value ->> '$[1]'`;

type StoredUser = readonly [
  user: string,
  events: number,
  films: number,
  durationMs: number,
  durations: number,
];

/** The busiest users of the days from `fromDay` up to but not including `toDay`. Throws StoredDataError. */
export async function readTopUsers(
  db: D1Database,
  regionNumbers: readonly number[],
  fromDay: number,
  toDay: number,
): Promise<TopUsersOfDay[]> {
  const ranges = regionNumbers.map((number) => [packedKey(number, 0, fromDay), packedKey(number, 0, toDay)]);
  const query = db.prepare(topSql).bind(JSON.stringify(ranges));
  const { results } = await needsMigration(() => query.all<{ key: number; users: string }>());
  return results.map(({ key, users }) => {
    const { regionNumber, minute: day } = addressOf(key);
    return { regionNumber, day, users: usersOf(key, users) };
  });
}

function usersOf(key: number, text: string): UserDay[] {
  let stored: unknown = null;
  try {
    stored = JSON.parse(text);
  } catch {
    // Told below, with the row it is of.
  }
  if (!Array.isArray(stored)) throw new StoredDataError('batch_days', key, 'top_users are no list');
  return (stored as StoredUser[]).map(([user, events, films, durationMs, durations]) => ({
    user,
    events,
    films,
    durationMs,
    durations,
  }));
}
