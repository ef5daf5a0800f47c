/** Which hours the batch layer has to compute: those of which it has said nothing, and stale ones (BAT-1). */
import type { BatchReason } from '../core/batch/batch-run.ts';
import { batchHoursBackMax } from '../core/protocol/batch-limits.ts';
import { allowedLatenessMs, holdBackMs } from '../core/protocol/limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import type { RegionHour } from './batch-store.ts';
import { keyRanges } from './window-store.ts';

const hourMs = 3_600_000;
/** What a shard's clock may be behind, and what its last emission takes. */
const marginMs = 60_000;
/** Hours of the last days are looked at each time, older ones once a day. */
const recentHours = 72;
/** A run that failed or was cancelled is not begun again by itself before. */
const triedAgainAfterMs = 6 * hourMs;

export interface DueHour extends RegionHour {
  readonly reason: Extract<BatchReason, 'cron' | 'stale'>;
}

/** Hours before this one can be sealed: their lateness is over. */
export function computableBefore(nowMs: number): number {
  return Math.floor((nowMs - allowedLatenessMs - holdBackMs - marginMs) / hourMs);
}

type HourRange = readonly [from: number, to: number];

/**
 * The ranges of hours to look at now: the last days, and of older hours those of every 24th day, so that 24 hourly
 * looks see all of them and none of them reads the whole list.
 */
export function rangesToLookAt(nowMs: number): HourRange[] {
  const to = computableBefore(nowMs);
  const recentFrom = to - recentHours;
  const ranges: HourRange[] = [[recentFrom, to]];
  const turn = Math.floor(nowMs / hourMs) % 24;
  for (let day = Math.floor((to - batchHoursBackMax) / 24); day * 24 < recentFrom; day++) {
    if (day % 24 === turn) ranges.push([day * 24, Math.min(day * 24 + 24, recentFrom)]);
  }
  return ranges;
}

/**
 * Parts are only ever added to an hour, until retention takes one and the hour is frozen: so another number of them
 * means another list. Hours without parts are found by their windows. What was tried longest ago comes first, so that
 * hours that fail hold up no others.
 */
const dueSql = `WITH listed AS (
    SELECT p.region_number AS region, p.hour AS hour, count(*) AS parts
    FROM json_each(?1) r CROSS JOIN lake_parts p
    WHERE p.hour >= r.value ->> '$[0]' AND p.hour < r.value ->> '$[1]' GROUP BY p.hour, p.region_number),
  counted AS (
    SELECT k.value ->> '$[0]' AS region, k.value ->> '$[1]' AS hour, NULL AS parts FROM json_each(?2) k
    WHERE EXISTS (SELECT 1 FROM region_windows w WHERE w.key >= k.value ->> '$[2]' AND w.key < k.value ->> '$[3]'))
  SELECT c.region AS regionNumber, c.hour AS hour, iif(b.key IS NULL, 'cron', 'stale') AS reason
  FROM (SELECT * FROM listed UNION ALL SELECT * FROM counted) c
  LEFT JOIN batch_hours b ON b.key = c.region * ${packedKey(1, 0, 0)} + c.hour
  WHERE (b.key IS NULL OR (b.parts <> c.parts AND NOT b.frozen))
    AND NOT EXISTS (SELECT 1 FROM batch_runs r WHERE r.hour = c.hour AND r.region_number = c.region
      AND (r.state IN ('waiting', 'running') OR (r.state IN ('failed', 'cancelled') AND r.created_at > ?3)))
  GROUP BY c.region, c.hour
  ORDER BY (SELECT max(r.created_at) FROM batch_runs r WHERE r.hour = c.hour AND r.region_number = c.region),
    c.hour, c.region
  LIMIT ?4`;

/** Hours of the shards that are due, at most `limit`; the next call goes on where their runs stand. */
export async function dueHours(
  db: D1Database,
  shards: readonly ShardAddress[],
  nowMs: number,
  limit: number,
): Promise<DueHour[]> {
  const ranges = rangesToLookAt(nowMs);
  const [from, to] = ranges[0] as HourRange;
  const probes = shards.flatMap((shard) =>
    Array.from({ length: to - from }, (_, n) => {
      const hour = from + n;
      const [range] = keyRanges([shard], hour * 60, hour * 60 + 60);
      return [shard.regionNumber, hour, ...(range as [number, number])];
    }),
  );
  const { results } = await db
    .prepare(dueSql)
    .bind(
      JSON.stringify(ranges),
      JSON.stringify(probes),
      new Date(nowMs - triedAgainAfterMs).toISOString(),
      limit,
    )
    .all<DueHour>();
  return results;
}
