/** What the batch layer says of an hour, written in one transaction: its windows, its hour row, its account. */
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { BatchDifference } from '../core/batch/batch-run.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { RegionHour, RunAccounts } from './batch-store.ts';
import type { PackedHour } from './hour-store.ts';
import { jsonChunks } from './json-chunks.ts';
import { batchHours } from './lake-schema.ts';
import { unmergeHours } from './merge-contents.ts';
import { needsMigration } from './migrated.ts';
import { encodeRow, insertPackedRows, type PackedTable, revisionOf } from './window-row.ts';

export interface BatchHour extends RegionHour, RunAccounts {
  readonly runId: string;
  readonly generation: number;
  readonly parts: number;
  readonly partsDigest: string;
  readonly frozen: boolean;
  readonly computedAtMs: number;
}

export interface HourWrite extends Omit<BatchHour, 'frozen'> {
  /** The rows that are others now, in revisions of the run's generation. */
  readonly windows: readonly PackedWindow[];
  readonly hours: readonly PackedHour[];
  readonly differences: readonly BatchDifference[];
}

/** Null where the batch layer has said nothing of the hour. */
export async function readBatchHour(db: D1Database, place: RegionHour): Promise<BatchHour | null> {
  const key = packedKey(place.regionNumber, 0, place.hour);
  const [row] = await needsMigration(() =>
    drizzle(db).select().from(batchHours).where(eq(batchHours.key, key)),
  );
  if (!row) return null;
  return {
    regionNumber: place.regionNumber,
    hour: place.hour,
    runId: row.run_id,
    generation: row.generation,
    parts: row.parts,
    partsDigest: row.parts_digest,
    events: row.events,
    lateAdded: row.late_added,
    lateTwins: row.late_twins,
    frozen: row.frozen,
    computedAtMs: Date.parse(row.computed_at),
  };
}

const hourColumns = [
  'generation',
  'parts',
  'parts_digest',
  'events',
  'late_added',
  'late_twins',
  'computed_at',
  'run_id',
];

/** Only a run that runs writes, only over what an older generation wrote, and never over a frozen hour. */
const accountSql = `INSERT INTO batch_hours (key, ${hourColumns.join(', ')}, frozen)
  SELECT ?1, ${hourColumns.map((_, n) => `?${n + 2}`).join(', ')}, 0
  WHERE EXISTS (SELECT 1 FROM batch_runs WHERE id = ?9 AND state = 'running')
  ON CONFLICT (key) DO UPDATE SET ${hourColumns.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE excluded.generation > batch_hours.generation AND NOT batch_hours.frozen`;

/** Holds in the transaction once its account stands: no row is written without it, nor by a run that is over. */
const isMine = (key: string, run: string, generation: string): string =>
  `EXISTS (SELECT 1 FROM batch_hours b JOIN batch_runs r ON r.id = b.run_id
    WHERE b.key = ${key} AND b.run_id = ${run} AND b.generation = ${generation} AND r.state = 'running')`;

const rowsSql = (table: PackedTable): string => `${insertPackedRows(table, isMine('?2', '?3', '?4'))}
  WHERE ${revisionOf('excluded')} > ${revisionOf(table)}`;

const doneSql = `UPDATE batch_runs SET state = 'done', error = NULL, events = ?3, late_added = ?4, late_twins = ?5,
    windows_changed = ?6, differences = ?7, parts_done = parts, progressed_at = ?8, finished_at = ?8
  WHERE id = ?2 AND ${isMine('?1', '?2', '?9')}`;

/**
 * Writes what differs and ends the run, all or nothing. False where nothing was written: the run was cancelled or
 * another has written since, which a second call after a success says too. Returns what D1 counted as rows written.
 */
export async function writeHour(
  db: D1Database,
  write: HourWrite,
): Promise<{ readonly written: boolean; readonly rowsWritten: number }> {
  const { runId, regionNumber, hour, generation, parts, partsDigest, events, lateAdded, lateTwins } = write;
  const key = packedKey(regionNumber, 0, hour);
  const at = new Date(write.computedAtMs).toISOString();
  const account = [generation, parts, partsDigest, events, lateAdded, lateTwins, at, runId];
  const windows = write.windows.map((window) =>
    encodeRow({ ...window, key: packedKey(regionNumber, window.shard, window.minute) }, window.panes),
  );
  const hours = write.hours.map((row) =>
    encodeRow({ ...row, key: packedKey(regionNumber, row.shard, row.hour) }, row.windows),
  );
  const rows = (table: PackedTable, texts: readonly string[]) =>
    jsonChunks(texts).map((chunk) => db.prepare(rowsSql(table)).bind(chunk, key, runId, generation));
  const differences = JSON.stringify(write.differences);
  const results = await db.batch([
    db.prepare(accountSql).bind(key, ...account),
    ...rows('region_windows', windows),
    ...rows('region_hours', hours),
    ...unmergeHours(db, [hour]),
    db
      .prepare(doneSql)
      .bind(key, runId, events, lateAdded, lateTwins, write.windows.length, differences, at, generation),
  ]);
  return {
    written: (results[0]?.meta.changes ?? 0) > 0,
    rowsWritten: results.reduce((sum, { meta }) => sum + meta.rows_written, 0),
  };
}

/** The text by which a row rests, whatever its revision: two rows of the same text say the same. */
export function contentText(row: PackedWindow | PackedHour): string {
  const own = 'panes' in row ? row.panes : row.windows;
  return encodeRow({ ...row, key: 0, closed: true, revision: noRevision }, own);
}

const noRevision = { generation: 0, incarnation: 0, logRow: 0 };
