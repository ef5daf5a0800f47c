// Which events the lake holds, by DuckDB over its parts: the only place that tells one event from another.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findParts, linkParts } from '../../lake/find-parts.ts';
import { openLake } from '../../lake/query.ts';
import type { OracleEvent } from './oracle.ts';
import { fireRegions } from './producers.ts';

export interface LakeEvent extends OracleEvent {
  /** Rows by verdict. */
  readonly counted: number;
  readonly late: number;
  /** Rows that are no row of their own: in two parts. */
  readonly twice: number;
}

/** By the number of the event. An event that turned up in two cells is there twice. */
export async function lakeEvents(persistTo: string): Promise<LakeEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-fire-lake-'));
  try {
    const parts = findParts(persistTo, 'marquee-lake');
    if (parts.length === 0) return [];
    linkParts(parts, folder, () => undefined);
    const connection = await openLake(folder);
    const result = await connection.runAndReadAll(
      `SELECT duration_ms AS number, region, content_id AS content, epoch_ms(event_time)::DOUBLE AS "timeMs",
         count(*) FILTER (verdict = 'counted')::INTEGER AS counted, count(*) FILTER (verdict = 'late')::INTEGER AS late,
         (count(*) - count(DISTINCT (door, door_number)))::INTEGER AS twice
       FROM events WHERE region IN (${fireRegions.map((region) => `'${region}'`).join()})
       GROUP BY ALL ORDER BY number`,
    );
    const rows = result.getRowObjectsJS() as unknown as LakeEvent[];
    connection.closeSync();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
