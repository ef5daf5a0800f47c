import { needsMigration } from '../migrated.ts';

export interface LakePace {
  readonly parts: number;
  readonly events: number;
  readonly bytes: number;
}

const hourMs = 3_600_000;
/** Parts of older hours hold what came late, or was sealed late: few. */
const hoursBack = 6;

const paceSql = `SELECT count(*) AS parts, coalesce(sum(events), 0) AS events, coalesce(sum(bytes), 0) AS bytes
  FROM lake_parts WHERE hour >= ?1 AND sealed_at >= ?2
    AND region_number IN (SELECT value FROM json_each(?3))`;

/** What was sealed since a time, of events of the last six hours, which the index finds. */
export async function readLakePace(
  db: D1Database,
  regions: readonly number[],
  fromMs: number,
): Promise<LakePace> {
  const hour = Math.floor(fromMs / hourMs) - hoursBack + 1;
  const read = db.prepare(paceSql).bind(hour, new Date(fromMs).toISOString(), JSON.stringify(regions));
  return (await needsMigration(() => read.first<LakePace>())) ?? { parts: 0, events: 0, bytes: 0 };
}
