import { packedKey } from '../core/protocol/region.ts';
import { packedWindowVersion } from '../core/protocol/version.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { Revision } from '../core/window/revision.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { jsonChunks } from './json-chunks.ts';
import {
  decodeDetails,
  decodePanes,
  decodeTotals,
  encodeRow,
  insertPackedRows,
  revisionOf,
  selectPackedRows,
  selectWholeRows,
  totalColumns,
} from './window-row.ts';

/** The cheap part of a window: what a range's totals need, without dimensions and sketches. */
export interface WindowTotals {
  readonly regionNumber: number;
  readonly shard: number;
  readonly minute: number;
  readonly revision: Revision;
  readonly closed: boolean;
  readonly counters: readonly number[];
}

/** Totals with the six panes, for series finer than a minute. */
export interface WindowPanes extends WindowTotals {
  readonly panes: PackedWindow['panes'];
}

/** DUP-2: only a newer revision overwrites; of equals only a window that has closed since. */
const upsertSql = `${insertPackedRows('region_windows', 'true')}
  WHERE ${revisionOf('excluded')} > ${revisionOf('region_windows')}
    OR (${revisionOf('excluded')} = ${revisionOf('region_windows')} AND excluded.closed > region_windows.closed)`;

export const totalsSql = selectPackedRows('region_windows', totalColumns);
export const windowsSql = selectWholeRows('region_windows');

/**
 * Writes windows by one json_each statement per 900 KB; each is one row written, an older one none. When it returns,
 * D1 holds every window in the revision given or a newer one; when it throws, call it again with the same windows.
 * Returns the number of rows written.
 */
export async function saveWindows(db: D1Database, windows: readonly PackedWindow[]): Promise<number> {
  const texts = windows.map((window) =>
    encodeRow({ ...window, key: packedKey(window.regionNumber, window.shard, window.minute) }, window.panes),
  );
  let rowsWritten = 0;
  for (const chunk of jsonChunks(texts)) {
    const { meta } = await db.prepare(upsertSql).bind(chunk).run();
    rowsWritten += meta.rows_written;
  }
  return rowsWritten;
}

/** Whole windows of shards with fromMinute <= minute < toMinute, by key. Throws StoredDataError. */
export async function readWindows(
  db: D1Database,
  shards: readonly ShardAddress[],
  fromMinute: number,
  toMinute: number,
): Promise<PackedWindow[]> {
  const rows = await readRows(db, windowsSql, shards, fromMinute, toMinute);
  return rows.map((row) => ({
    v: packedWindowVersion,
    ...withPanes(row),
    ...decodeDetails('region_windows', row),
  }));
}

/** Totals of the same windows as readWindows, at a tenth of the bytes. Throws StoredDataError. */
export async function readTotals(
  db: D1Database,
  shards: readonly ShardAddress[],
  fromMinute: number,
  toMinute: number,
): Promise<WindowTotals[]> {
  return (await readRows(db, totalsSql, shards, fromMinute, toMinute)).map(withTotals);
}

/** One range of keys a shard; the ranges ascend, and so do the rows. */
export function keyRanges(shards: readonly ShardAddress[], from: number, to: number): [number, number][] {
  return shards
    .map(({ regionNumber, shard }): [number, number] => [
      packedKey(regionNumber, shard, from),
      packedKey(regionNumber, shard, to),
    ])
    .sort(([a], [b]) => a - b);
}

async function readRows(
  db: D1Database,
  sql: string,
  shards: readonly ShardAddress[],
  fromMinute: number,
  toMinute: number,
): Promise<unknown[][]> {
  const ranges = keyRanges(shards, fromMinute, toMinute);
  return await db.prepare(sql).bind(JSON.stringify(ranges)).raw<unknown[]>();
}

function withTotals(row: readonly unknown[]): WindowTotals {
  const { key, ...totals } = decodeTotals('region_windows', row);
  return { ...addressOf(key), ...totals };
}

function withPanes(row: readonly unknown[]): WindowPanes {
  return { ...withTotals(row), panes: decodePanes(row[0] as number, row[totalColumns.length]) };
}

/** The inverse of packedKey; by arithmetic, since a key exceeds 32 bits. */
export function addressOf(key: number): ShardAddress & { readonly minute: number } {
  const shardKey = Math.floor(key / 2 ** 26);
  return { regionNumber: Math.floor(shardKey / 256), shard: shardKey % 256, minute: key % 2 ** 26 };
}
