/**
 * What is removed when its time is over (RET-1), in steps that are bounded and begin each time with the oldest that still
 * stands. A step may die anywhere: done again it goes on.
 */
import {
  alertsKeptMs,
  dayHours,
  hoursKeptMs,
  mergedHoursBack,
  retentionPlacesMax,
  retentionRowsMax,
  runsKeptMs,
  uncomputedKeptMs,
  windowsKeptMs,
  workKeptMs,
} from '../core/protocol/batch-limits.ts';
import { packedKey, type RegionEntry } from '../core/protocol/region.ts';
import { shardsOf } from '../core/protocol/shard-plan.ts';
import { rollUpHour } from './hour-store.ts';
import { unmergeDaysTo } from './merge-contents.ts';
import { userStatsFolder } from './user-stats.ts';
import { addressOf } from './window-store.ts';

/** What retention is done with. */
export interface RetentionPorts {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly regions: readonly RegionEntry[];
  readonly nowMs: number;
}

export interface Removed {
  readonly removed: number;
  /** Another step may find something to remove. */
  readonly more: boolean;
}

const hourMs = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Key ranges of the regions' shards up to a minute, an hour or a day. */
function rangesBefore(regions: readonly RegionEntry[], end: number): string {
  const ranges = shardsOf(regions).map(({ regionNumber, shard }) => [
    packedKey(regionNumber, shard, 0),
    packedKey(regionNumber, shard, Math.max(0, end)),
  ]);
  return JSON.stringify(ranges);
}

const before = (column: string): string =>
  `${column} >= r.value ->> '$[0]' AND ${column} < r.value ->> '$[1]'`;
const mask = 2 ** 26 - 1;
/** Keys of the hour of a minute: of its shard, and of its region. */
const hourKey = (key: string): string => `(${key} - (${key} & ${mask}) + (${key} & ${mask}) / 60)`;
const regionHour = (key: string): string => `(((${key} >> 34) << 34) + (${key} & ${mask}))`;

async function removeRows(statement: D1PreparedStatement, limit: number): Promise<Removed> {
  const { meta } = await statement.run();
  return { removed: meta.changes, more: meta.changes >= limit };
}

const windowsSql = `DELETE FROM region_windows WHERE key IN (
  SELECT w.key FROM json_each(?1) r CROSS JOIN region_windows w
  WHERE ${before('w.key')}
    AND EXISTS (SELECT 1 FROM region_hours h WHERE h.key = ${hourKey('w.key')})
    AND EXISTS (SELECT 1 FROM batch_hours b WHERE b.key = ${regionHour(hourKey('w.key'))})
  LIMIT ?2)`;

/** Minutes of computed hours, whose rows of region_hours stay. */
export async function removeWindows(
  { db, regions, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const hour = Math.floor((nowMs - windowsKeptMs) / hourMs);
  return await removeRows(db.prepare(windowsSql).bind(rangesBefore(regions, hour * 60), limit), limit);
}

const oldHoursSql = `SELECT DISTINCT ${hourKey('w.key')} AS key
  FROM json_each(?1) r CROSS JOIN region_windows w WHERE ${before('w.key')} LIMIT ?2`;

/** Minutes of hours that were never computed, when that has waited long enough: merged into their hours first. */
export async function removeUncomputedWindows({ db, regions, nowMs }: RetentionPorts): Promise<Removed> {
  const hour = Math.floor((nowMs - windowsKeptMs - uncomputedKeptMs) / hourMs);
  const query = db.prepare(oldHoursSql).bind(rangesBefore(regions, hour * 60), retentionPlacesMax);
  const { results } = await query.all<{ key: number }>();
  let removed = 0;
  for (const { key } of results) {
    const { regionNumber, shard, minute: of } = addressOf(key);
    await rollUpHour(db, regionNumber, shard, of);
    const first = packedKey(regionNumber, shard, of * 60);
    // Without its hour they would be gone.
    const { meta } = await db
      .prepare(
        `DELETE FROM region_windows WHERE key >= ?1 AND key < ?2
         AND EXISTS (SELECT 1 FROM region_hours WHERE key = ?3)`,
      )
      .bind(first, first + 60, key)
      .run();
    removed += meta.changes;
  }
  return { removed, more: removed > 0 && results.length === retentionPlacesMax };
}

/** Hours that are old and were computed long ago, if at all: those of a back-fill count from there. */
const hoursSql = `DELETE FROM region_hours WHERE key IN (
  SELECT w.key FROM json_each(?1) r CROSS JOIN region_hours w
  LEFT JOIN batch_hours b ON b.key = ${regionHour('w.key')}
  WHERE ${before('w.key')} AND coalesce(b.computed_at, '') < ?3 LIMIT ?2)`;

/** What the batch layer said of an hour stays while parts do: they would be computed again. */
const accountsSql = `DELETE FROM batch_hours WHERE key IN (
  SELECT b.key FROM json_each(?1) r CROSS JOIN batch_hours b
  WHERE ${before('b.key')} AND b.computed_at < ?3
    AND NOT EXISTS (SELECT 1 FROM region_hours w WHERE w.key = b.key)
    AND NOT EXISTS (SELECT 1 FROM lake_parts p
      WHERE p.hour = b.key & ${mask} AND p.region_number = b.key >> 34)
  LIMIT ?2)`;

export async function removeHours(
  { db, regions, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const cutMs = nowMs - hoursKeptMs;
  const ranges = rangesBefore(regions, Math.floor(cutMs / hourMs));
  const [hours, accounts] = await db.batch([
    ...[hoursSql, accountsSql].map((sql) => db.prepare(sql).bind(ranges, limit, iso(cutMs))),
    unmergeDaysTo(db, Math.floor(cutMs / hourMs / dayHours)),
  ]);
  const changes = [hours, accounts].map((result) => result?.meta.changes ?? 0);
  return {
    removed: changes.reduce((sum, count) => sum + count),
    more: changes.some((count) => count >= limit),
  };
}

/** What was merged over all regions: hours of which no question is asked any more, and contents of days that are gone. */
export async function removeMerged(
  { db, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const nowHour = Math.floor(nowMs / hourMs);
  const lastDay = Math.floor((nowMs - hoursKeptMs) / hourMs / dayHours);
  const results = await db.batch([
    db.prepare('DELETE FROM merged_hours WHERE hour < ?1').bind(nowHour - mergedHoursBack),
    db
      .prepare(
        `DELETE FROM content_days WHERE (content, day) IN
           (SELECT content, day FROM content_days WHERE day <= ?1 LIMIT ?2)`,
      )
      .bind(lastDay, limit),
  ]);
  const changes = results.map(({ meta }) => meta.changes);
  return {
    removed: changes.reduce((sum, count) => sum + count),
    more: changes.some((count) => count >= limit),
  };
}

const daysSql = `SELECT b.key AS key FROM json_each(?1) r CROSS JOIN batch_days b
  WHERE ${before('b.key')} AND b.computed_at < ?3 LIMIT ?2`;

/** Days, and their users in the lake: those first, since the row is what they are found by. */
export async function removeDays({ db, bucket, regions, nowMs }: RetentionPorts): Promise<Removed> {
  const cutMs = nowMs - hoursKeptMs;
  const day = Math.floor(cutMs / hourMs / dayHours);
  const query = db.prepare(daysSql).bind(rangesBefore(regions, day), retentionPlacesMax, iso(cutMs));
  const { results } = await query.all<{ key: number }>();
  const names = new Map(regions.map(({ number, name }) => [number, name]));
  for (const { key } of results) {
    const { regionNumber, minute: of } = addressOf(key);
    await deleteFolder(bucket, userStatsFolder(names.get(regionNumber) ?? '', of), () => true);
    await db.batch(
      ['region_days', 'batch_days'].map((table) =>
        db.prepare(`DELETE FROM ${table} WHERE key = ?1`).bind(key),
      ),
    );
  }
  return { removed: results.length, more: results.length === retentionPlacesMax };
}

export async function removeAlerts(
  { db, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const sql = `DELETE FROM alerts WHERE id IN (
    SELECT id FROM alerts WHERE resolved_at < ?1 AND state = 'resolved' ORDER BY resolved_at LIMIT ?2)`;
  return await removeRows(db.prepare(sql).bind(iso(nowMs - alertsKeptMs), limit), limit);
}

/** Their runs go after them: what a replay tells is from these. */
export async function removeReplays(
  { db, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const sql = `DELETE FROM replays WHERE id IN (
    SELECT id FROM replays WHERE state <> 'running' AND finished_at < ?1 LIMIT ?2)`;
  return await removeRows(db.prepare(sql).bind(iso(nowMs - runsKeptMs), limit), limit);
}

export async function removeRuns({ db, nowMs }: RetentionPorts, limit = retentionRowsMax): Promise<Removed> {
  const sql = `DELETE FROM batch_runs WHERE id IN (
    SELECT b.id FROM batch_runs b WHERE b.state IN ('done', 'failed', 'cancelled') AND b.progressed_at < ?1
      AND NOT EXISTS (SELECT 1 FROM replays r WHERE r.id = b.replay_id) LIMIT ?2)`;
  return await removeRows(db.prepare(sql).bind(iso(nowMs - runsKeptMs), limit), limit);
}

/** What runs that never ended have left behind. */
export async function removeWork({ bucket, nowMs }: RetentionPorts): Promise<Removed> {
  const isOld = ({ uploaded }: R2Object): boolean => uploaded.getTime() < nowMs - workKeptMs;
  return { removed: await deleteFolder(bucket, 'lake/work/', isOld), more: false };
}

/** Returns how many were deleted. */
export async function deleteFolder(
  bucket: R2Bucket,
  prefix: string,
  isWanted: (object: R2Object) => boolean,
): Promise<number> {
  let deleted = 0;
  let cursor: string | undefined;
  do {
    const found = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    const names = found.objects.filter(isWanted).map(({ key }) => key);
    if (names.length > 0) await bucket.delete(names);
    deleted += names.length;
    cursor = found.truncated ? found.cursor : undefined;
  } while (cursor !== undefined);
  return deleted;
}
