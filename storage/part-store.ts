/** The list of the lake's parts (LAK-1), in D1: what the batch layer reads, and what is complete. */

import { isPartKind } from '../core/lake/lake-rows.ts';
import type { PartAddress } from '../core/lake/part-name.ts';
import { partName } from '../core/lake/part-name.ts';
import { dayHours } from '../core/protocol/batch-limits.ts';
import { unmergeDays } from './merge-contents.ts';
import { StoredDataError } from './stored-data-error.ts';

/** What is known of a part's content. */
export interface PartContent {
  readonly events: number;
  readonly bytes: number;
  /** Of the content, not of the bytes: SHA-256 in hex. */
  readonly digest: string;
  readonly formatVersion: number;
  /** Least and greatest event time, ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ListedPart extends Omit<PartAddress, 'region'>, PartContent {
  readonly name: string;
  readonly regionNumber: number;
  /** ISO 8601 in UTC. */
  readonly sealedAt: string;
}

interface Row {
  readonly name: string;
  readonly region_number: number;
  readonly shard: number;
  readonly incarnation: number;
  readonly first_row: number;
  readonly last_row: number;
  readonly hour: number;
  readonly kind: string;
  readonly events: number;
  readonly bytes: number;
  readonly digest: string;
  readonly format_version: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly sealed_at: string;
}

const saveSql = `INSERT INTO lake_parts
  (name, region_number, shard, incarnation, first_row, last_row, hour, kind, events, bytes, digest, format_version,
   from_ms, to_ms, sealed_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
  ON CONFLICT (name) DO NOTHING`;

/** Lists a part that R2 has confirmed. Doing it again changes nothing. Throws what D1 throws. */
export async function savePart(
  db: D1Database,
  regionNumber: number,
  address: PartAddress,
  content: PartContent,
  nowMs: number,
): Promise<void> {
  const { shard, incarnation, firstRow, lastRow, hour, kind } = address;
  const { events, bytes, digest, formatVersion, fromMs, toMs } = content;
  const listed = db
    .prepare(saveSql)
    .bind(
      partName(address),
      regionNumber,
      shard,
      incarnation,
      firstRow,
      lastRow,
      hour,
      kind,
      events,
      bytes,
      digest,
      formatVersion,
      fromMs,
      toMs,
      new Date(nowMs).toISOString(),
    );
  await db.batch([listed, unmergeDays(db, [Math.floor(hour / dayHours)])]);
}

/** Those of the names that are listed. */
export async function listedNames(db: D1Database, names: readonly string[]): Promise<ReadonlySet<string>> {
  const query = db.prepare('SELECT name FROM lake_parts WHERE name IN (SELECT value FROM json_each(?1))');
  const { results } = await query.bind(JSON.stringify(names)).all<{ name: string }>();
  return new Set(results.map(({ name }) => name));
}

/**
 * Parts of a region's event hours, fromHour <= hour < toHour (epoch hours): by hour, then in the order of the log,
 * incarnation by incarnation. Throws StoredDataError.
 */
export async function listParts(
  db: D1Database,
  regionNumber: number,
  fromHour: number,
  toHour: number,
): Promise<ListedPart[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM lake_parts WHERE hour >= ?2 AND hour < ?3 AND region_number = ?1
       ORDER BY hour, shard, incarnation, first_row, kind`,
    )
    .bind(regionNumber, fromHour, toHour)
    .all<Row>();
  return results.map(decode);
}

function decode(row: Row): ListedPart {
  const { kind } = row;
  if (!isPartKind(kind)) throw new StoredDataError('lake_parts', row.name, `has the kind ${kind}`);
  return {
    name: row.name,
    regionNumber: row.region_number,
    shard: row.shard,
    incarnation: row.incarnation,
    firstRow: row.first_row,
    lastRow: row.last_row,
    hour: row.hour,
    kind,
    events: row.events,
    bytes: row.bytes,
    digest: row.digest,
    formatVersion: row.format_version,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    sealedAt: row.sealed_at,
  };
}
