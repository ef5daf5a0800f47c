/** Parts of the lake that are removed when their time is over (RET-2). */
import { dayHours, partsKeptMs, retentionRowsMax, uncomputedKeptMs } from '../core/protocol/batch-limits.ts';
import { clockSkewAheadMsMax } from '../core/protocol/limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import { unmergeDays } from './merge-contents.ts';
import type { Removed, RetentionPorts } from './retention.ts';

const hourMs = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Walked by hour: no part was written before its hour, but for clocks that are ahead (ING-5). */
const oldPartsSql = `SELECT p.name AS name, p.region_number AS regionNumber, p.hour AS hour FROM lake_parts p
  WHERE p.hour <= ?1 AND p.sealed_at < ?2
    AND (p.sealed_at < ?3
      OR EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = p.region_number * ${packedKey(1, 0, 0)} + p.hour))
  ORDER BY p.hour, p.region_number LIMIT ?4`;

/** An hour that was never computed is never to be, of the parts that are left. */
const freezeSql = `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
    frozen, computed_at)
  SELECT value, '', 0, 0, '', 0, 0, 0, 1, ?2 FROM json_each(?1) WHERE true
  ON CONFLICT (key) DO UPDATE SET frozen = 1 WHERE NOT frozen`;

/**
 * Freezes the hours of the oldest parts, removes the parts from R2, and then from the list: what is listed may be gone
 * for a moment, but then nothing reads it any more. Parts whose hour is not computed wait, up to uncomputedKeptMs.
 */
export async function removeParts(
  { db, bucket, nowMs }: RetentionPorts,
  limit = retentionRowsMax,
): Promise<Removed> {
  const cutMs = nowMs - partsKeptMs;
  const { results } = await db
    .prepare(oldPartsSql)
    .bind(
      Math.floor((cutMs + clockSkewAheadMsMax) / hourMs),
      iso(cutMs),
      iso(cutMs - uncomputedKeptMs),
      limit,
    )
    .all<{ name: string; regionNumber: number; hour: number }>();
  if (results.length === 0) return { removed: 0, more: false };
  const names = results.map(({ name }) => name);
  const keys = new Set(results.map(({ regionNumber, hour }) => packedKey(regionNumber, 0, hour)));
  await db.batch([
    db.prepare(freezeSql).bind(JSON.stringify([...keys]), iso(nowMs)),
    unmergeDays(db, [...new Set(results.map(({ hour }) => Math.floor(hour / dayHours)))]),
  ]);
  await bucket.delete(names);
  await db
    .prepare('DELETE FROM lake_parts WHERE name IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(names))
    .run();
  return { removed: names.length, more: names.length === limit };
}
