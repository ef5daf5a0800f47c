/** The days from which sessions go away when they are loaded with another start: their sums change too (WHS-3). */
import type { SessionRow } from '../../core/warehouse/rows.ts';
import { jsonChunks } from '../json-chunks.ts';
import type { DayRange } from './refresh.ts';

const movedSql = `SELECT min(s.start_slot) / 96 AS first, max(s.start_slot) / 96 AS last
  FROM json_each(?1) j CROSS JOIN viewing_sessions s ON s.source_id = j.value ->> '$[0]'
  WHERE s.start_time_ms <> j.value ->> '$[1]'`;

/** To be asked before they are loaded. Null where none goes. */
export async function movedDays(db: D1Database, rows: readonly SessionRow[]): Promise<DayRange | null> {
  let range: DayRange | null = null;
  for (const chunk of jsonChunks(rows.map((row) => JSON.stringify([row.source_id, row.start_time_ms])))) {
    const found = await db
      .prepare(movedSql)
      .bind(chunk)
      .first<{ first: number | null; last: number | null }>();
    if (!found || found.first === null || found.last === null) continue;
    const { fromDay, toDay }: DayRange = range ?? { fromDay: found.first, toDay: found.last + 1 };
    range = { fromDay: Math.min(fromDay, found.first), toDay: Math.max(toDay, found.last + 1) };
  }
  return range;
}
