import { packedKey } from '../core/protocol/region.ts';
import { type MergedWindows, mergeWindows } from '../core/window/merge-windows.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { jsonChunks } from './json-chunks.ts';
import { unmergeHours } from './merge-contents.ts';
import { StoredDataError } from './stored-data-error.ts';
import {
  decodeDetails,
  decodeTotals,
  encodeRow,
  insertPackedRows,
  revisionOf,
  selectWholeRows,
  totalColumns,
} from './window-row.ts';
import { addressOf, keyRanges, readWindows } from './window-store.ts';

/** An hour of a shard, merged from its minutes in D1. */
export interface PackedHour extends MergedWindows {
  readonly regionNumber: number;
  readonly shard: number;
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
}

/** What the minutes' rows look like, by which a writer notices that they have changed since it merged them. */
const fingerprintSql = (from: string, to: string): string => `(
  SELECT group_concat(concat_ws(' ', key, generation, incarnation, log_row, closed), ',' ORDER BY key)
  FROM region_windows WHERE key >= ${from} AND key < ${to})`;

const contentOf = (source: string): string =>
  `(${source}.generation, ${source}.incarnation, ${source}.log_row, ${source}.windows, ${source}.closed, ${source}.events)`;

/**
 * The hour is written only while the minutes are still those that were merged, so that of two roll-ups at once none
 * writes what it no longer knows. It never loses minutes: after their retention the hour stays as it is. An hour
 * that says the same already costs no write.
 */
const upsertSql = `${insertPackedRows('region_hours', `${fingerprintSql('?3', '?4')} = ?2`)}
  WHERE ${revisionOf('excluded')} >= ${revisionOf('region_hours')}
    AND excluded.windows >= region_hours.windows
    AND ${contentOf('excluded')} <> ${contentOf('region_hours')}`;

export const hoursSql = selectWholeRows('region_hours');

/** Tries before another writer's changes are left to its own roll-up. */
const attemptsMax = 5;

/**
 * Merges the minutes of an hour into its row of region_hours; running it again changes nothing. Returns the number
 * of rows written: 0 where there is nothing to merge or nothing new. Throws StoredDataError.
 */
export async function rollUpHour(
  db: D1Database,
  regionNumber: number,
  shard: number,
  hour: number,
): Promise<number> {
  const range = keyRanges([{ regionNumber, shard }], hour * 60, hour * 60 + 60)[0] as [number, number];
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const windows = await readWindows(db, [{ regionNumber, shard }], hour * 60, hour * 60 + 60);
    if (windows.length === 0) return 0;
    const row = { ...mergeWindows(windows), key: packedKey(regionNumber, shard, hour) };
    const [chunk] = jsonChunks([encodeRow(row, row.windows)]);
    const fingerprint = fingerprintOf(windows);
    const [written, now] = await db.batch<{ fingerprint: string | null }>([
      db.prepare(upsertSql).bind(chunk, fingerprint, ...range),
      db.prepare(`SELECT ${fingerprintSql('?1', '?2')} AS fingerprint`).bind(...range),
      ...unmergeHours(db, [hour]),
    ]);
    if (now?.results[0]?.fingerprint === fingerprint) return written?.meta.rows_written ?? 0;
  }
  return 0;
}

function fingerprintOf(windows: readonly PackedWindow[]): string {
  const rows = windows.map(({ regionNumber, shard, minute, revision, closed }) =>
    [
      packedKey(regionNumber, shard, minute),
      revision.generation,
      revision.incarnation,
      revision.logRow,
      closed ? 1 : 0,
    ].join(' '),
  );
  return rows.join(',');
}

/** Whole hours of shards with fromHour <= hour < toHour, by key. Throws StoredDataError. */
export async function readHours(
  db: D1Database,
  shards: readonly ShardAddress[],
  fromHour: number,
  toHour: number,
): Promise<PackedHour[]> {
  const ranges = keyRanges(shards, fromHour, toHour);
  const rows = await db.prepare(hoursSql).bind(JSON.stringify(ranges)).raw<unknown[]>();
  return rows.map(decodeHour);
}

function decodeHour(row: readonly unknown[]): PackedHour {
  const { key, ...totals } = decodeTotals('region_hours', row);
  const windows = row[totalColumns.length];
  if (!Number.isInteger(windows)) throw new StoredDataError('region_hours', key, 'windows is not a count');
  const { regionNumber, shard, minute: hour } = addressOf(key);
  const details = decodeDetails('region_hours', row);
  return { regionNumber, shard, hour, ...totals, windows: windows as number, ...details };
}
