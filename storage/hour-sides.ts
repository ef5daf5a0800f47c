/** What D1 says of the hours of regions, by the stream's side and by the batch layer's (ING-6c). */
import type { HourSides } from '../core/account/hour-check.ts';
import { packedKey, type RegionEntry } from '../core/protocol/region.ts';
import { shardsOf } from '../core/protocol/shard-plan.ts';
import { needsMigration } from './migrated.ts';

export interface RegionHourSides extends HourSides {
  readonly regionNumber: number;
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
}

/** `keys`: of the hour in each shard, the first of which is the region's; one row for each hour of a region of which anything is known. */
const sidesSql = `WITH asked AS (
    SELECT value ->> '$[0]' AS region, value ->> '$[1]' AS hour, value -> '$[2]' AS keys
    FROM json_each(?1)),
  lake AS (
    SELECT region_number AS region, hour, count(*) AS parts,
      sum(CASE kind WHEN 'counted' THEN events ELSE 0 END) AS streamed,
      sum(CASE kind WHEN 'late' THEN events ELSE 0 END) AS late
    FROM lake_parts WHERE hour >= ?2 AND hour < ?3 GROUP BY region_number, hour)
  SELECT a.region, a.hour, coalesce(l.parts, 0), coalesce(l.streamed, 0), coalesce(l.late, 0),
    b.parts, b.events, b.late_added, b.late_twins,
    (SELECT sum(h.events) FROM json_each(a.keys) k CROSS JOIN region_hours h ON h.key = k.value) AS served
  FROM asked a LEFT JOIN lake l ON l.region = a.region AND l.hour = a.hour
    LEFT JOIN batch_hours b ON b.key = a.keys ->> '$[0]'
  WHERE l.parts IS NOT NULL OR b.key IS NOT NULL OR served IS NOT NULL
  ORDER BY a.hour, a.region`;

type Row = [number, number, number, number, number, ...(number | null)[]];

/** By hour, then region; hours of which nothing is known are left out. fromHour <= hour < toHour. */
export async function readHourSides(
  db: D1Database,
  regions: readonly Pick<RegionEntry, 'number' | 'shardPlan'>[],
  fromHour: number,
  toHour: number,
): Promise<RegionHourSides[]> {
  const asked: [number, number, number[]][] = [];
  for (let hour = fromHour; hour < toHour; hour++) {
    for (const region of regions)
      asked.push([
        region.number,
        hour,
        shardsOf([region]).map(({ shard }) => packedKey(region.number, shard, hour)),
      ]);
  }
  const rows = await needsMigration(() =>
    db.prepare(sidesSql).bind(JSON.stringify(asked), fromHour, toHour).raw<Row>(),
  );
  return rows.map(
    ([regionNumber, hour, parts, streamed, late, read, events, lateAdded, lateTwins, served]) => ({
      regionNumber,
      hour,
      parts,
      streamed,
      late,
      batch:
        read === null || read === undefined
          ? null
          : { parts: read, events: events ?? 0, lateAdded: lateAdded ?? 0, lateTwins: lateTwins ?? 0 },
      served: served ?? null,
    }),
  );
}
