/**
 * Names of parts (LAK-1), partitioned as Hive does it, so that DuckDB, Spark, Trino and ClickHouse prune by them:
 * `lake/events/date=2026-11-21/hour=06/region=EU-London/part-SHARD-INCARNATION-FIRST-LAST-KIND.parquet`.
 */
import { isPartKind, type PartKind } from './lake-rows.ts';

/** What a part holds: events of one shard, one event hour and one kind, out of a range of its log. */
export interface PartAddress {
  /** Name of the region. */
  readonly region: string;
  readonly shard: number;
  /** Of the shard's log: when it was created, ms. */
  readonly incarnation: number;
  /** Log rows, both inclusive. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** Whole hours since the Unix epoch, of the events' times. */
  readonly hour: number;
  readonly kind: PartKind;
}

export const eventsPrefix = 'lake/events/';
const hourMs = 3_600_000;
const form =
  /^lake\/events\/date=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\/region=([^/]+)\/part-(\d+)-(\d+)-(\d+)-(\d+)-([a-z]+)\.parquet$/;

/** Folder of all parts of a region and hour, with the last slash. */
export function hourPrefix(region: string, hour: number): string {
  const at = new Date(hour * hourMs).toISOString();
  return `${eventsPrefix}date=${at.slice(0, 10)}/hour=${at.slice(11, 13)}/region=${encodeURIComponent(region)}/`;
}

export function partName({ region, shard, incarnation, firstRow, lastRow, hour, kind }: PartAddress): string {
  return `${hourPrefix(region, hour)}part-${shard}-${incarnation}-${firstRow}-${lastRow}-${kind}.parquet`;
}

/** Null for what is no name of a part. */
export function parsePartName(name: string): PartAddress | null {
  const [, date = '', hour = '', region = '', ...rest] = form.exec(name) ?? [];
  const [shard, incarnation, firstRow, lastRow] = rest.slice(0, 4).map(Number);
  const kind = rest[4] ?? '';
  if (shard === undefined || incarnation === undefined || firstRow === undefined || lastRow === undefined)
    return null;
  const address = {
    shard,
    incarnation,
    firstRow,
    lastRow,
    hour: Date.parse(`${date}T${hour}:00:00Z`) / hourMs,
  };
  if (!isPartKind(kind) || !Number.isInteger(address.hour)) return null;
  return { region: decodeURIComponent(region), ...address, kind };
}
