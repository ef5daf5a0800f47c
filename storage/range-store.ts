import { counterNames, type Dimension } from '../core/aggregate/counters.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import {
  contentEntrySql,
  decodeEntries,
  decodePanes,
  decodeSketches,
  decodeTitles,
  decodeTotals,
  entryStart,
  type PackedTable,
  totalColumns,
} from './window-row.ts';
import { addressOf, type WindowTotals } from './window-store.ts';

/** What a question needs of windows beside their counters: columns that are not asked for are not read. */
export interface RangeWant {
  /** The breakdowns that are asked for. */
  readonly dimensions: readonly Dimension[];
  /** Of the dimensions only this key, where it is not null: a thousandth of the bytes. */
  readonly key: string | null;
  readonly titles: boolean;
  readonly sketches: boolean;
  /** Hours have none. */
  readonly panes: boolean;
}

export type Sketches = Pick<PackedWindow, 'users' | 'sessions' | 'speed'>;
export type Entries = PackedWindow['dimensions'][Dimension];

/** A window, or an hour in place of its windows. What was not asked for is empty or null. */
export interface RangePart extends WindowTotals {
  /** 1, or 60 for an hour, which `minute` is then the first of. */
  readonly minutes: 1 | 60;
  readonly panes: PackedWindow['panes'] | null;
  /** By dimension that was asked for, counters of keys, perhaps without their trailing zeros. */
  readonly entries: Readonly<Partial<Record<Dimension, Entries>>>;
  readonly titles: PackedWindow['titles'];
  readonly sketches: Sketches | null;
}

/** A span of minutes or hours of a shard, half-open. */
export interface Span extends ShardAddress {
  readonly from: number;
  readonly to: number;
}

/** What is read for a range. Spans ascend by key. */
export interface RangePlan {
  /** Minutes that are read one by one. */
  readonly minutes: readonly Span[];
  /** Hours that are read in place of their minutes; where one has no row, its minutes are read. */
  readonly hours: readonly Span[];
}

/** The minute's bits of a packed key. */
const minuteMask = 2 ** 26 - 1;

/**
 * Rows of one statement where details are read: with 512 keys each they stay below 10 MB, so that an answer about a
 * day fits an isolate. Totals, or one key of them, are some hundred bytes a row.
 */
const detailRowsMax = 200;
const totalRowsMax = 20_000;

/**
 * Reads each minute of the plan once, in its own row or in its hour's, in lots. Which of the two is settled when
 * the minutes are read: an hour that appears afterwards is left out. Throws StoredDataError.
 */
export async function* readParts(
  db: D1Database,
  plan: RangePlan,
  want: RangeWant,
): AsyncGenerator<RangePart[]> {
  const { dimensions, key, titles, sketches } = want;
  const isBulky = (dimensions.length > 0 && key === null) || titles || sketches;
  const limit = isBulky ? detailRowsMax : totalRowsMax;
  const statement = db.prepare(partsSql(want));
  const hoursByMinute = new Set<number>();
  let left = keysOf(plan);
  while (left.minutes.length + left.hours.length > 0) {
    const { minutes, hours } = left;
    const rows = await statement
      .bind(JSON.stringify(minutes), JSON.stringify(hours), limit, want.key, entryStart(want.key ?? ''))
      .raw<unknown[]>();
    const parts = rows.map((row) => decodePart(row, want));
    for (const part of parts) if (part.minutes === 1) hoursByMinute.add(hourKeyOf(part));
    yield parts.filter((part) => part.minutes === 1 || !hoursByMinute.has(hourKeyOf(part)));
    if (rows.length < limit) return;
    left = keysAfter(left, rows.at(-1)?.[0] as number, parts.at(-1)?.minutes === 60);
  }
}

/** `unlessHour`: key of the hour whose row stands for these minutes where it exists. */
type KeyRange = readonly [from: number, to: number, unlessHour: number | null];
interface Keys {
  readonly minutes: readonly KeyRange[];
  readonly hours: readonly KeyRange[];
}

function keysOf({ minutes, hours }: RangePlan): Keys {
  const ofHours = hours.flatMap(({ regionNumber, shard, from, to }) =>
    Array.from({ length: to - from }, (_, at): KeyRange => {
      const minuteKey = packedKey(regionNumber, shard, (from + at) * 60);
      return [minuteKey, minuteKey + 60, packedKey(regionNumber, shard, from + at)];
    }),
  );
  return {
    minutes: [...minutes.map((span) => keyRange(span)), ...ofHours].sort(([a], [b]) => a - b),
    hours: hours.map((span) => keyRange(span)),
  };
}

function keyRange({ regionNumber, shard, from, to }: Span): KeyRange {
  return [packedKey(regionNumber, shard, from), packedKey(regionNumber, shard, to), null];
}

const hourKeyOf = ({ regionNumber, shard, minute }: RangePart): number =>
  packedKey(regionNumber, shard, Math.floor(minute / 60));

/** What is left to read after a row. Minutes that were begun are read to their end, whatever becomes of their hour. */
function keysAfter({ minutes, hours }: Keys, last: number, isHour: boolean): Keys {
  const after = (ranges: readonly KeyRange[]): KeyRange[] =>
    ranges
      .filter(([, to]) => to > last + 1)
      .map(([from, to, unlessHour]) => (from > last ? [from, to, unlessHour] : [last + 1, to, null]));
  return isHour ? { minutes: [], hours: after(hours) } : { minutes: after(minutes), hours };
}

/**
 * Minutes of the ranges ?1 and hours of ?2, as one statement, so that both are read at the same moment. The ranges
 * come first, so that keys are searched; a range whose hour exists is not searched at all.
 */
export function partsSql(want: RangeWant): string {
  const from = (
    ranges: string,
    table: PackedTable,
  ): string => `FROM json_each(${ranges}) r CROSS JOIN ${table} w
    WHERE w.key >= r.value ->> '$[0]' AND w.key < r.value ->> '$[1]'`;
  return `SELECT ${columnsOf('region_windows', want)} ${from('?1', 'region_windows')}
      AND NOT EXISTS (SELECT 1 FROM region_hours h WHERE h.key = r.value ->> '$[2]')
    UNION ALL SELECT ${columnsOf('region_hours', want)} ${from('?2', 'region_hours')}
    LIMIT ?3 + 0 * (?4 || ?5 IS NULL)`;
}

function columnsOf(table: PackedTable, { dimensions, key, titles, sketches, panes }: RangeWant): string {
  const isHour = table === 'region_hours';
  return [
    ...totalColumns.map((column) => `w.${column}`),
    isHour ? '60' : '1',
    ...(panes ? [isHour ? 'NULL' : 'w.panes'] : []),
    // A row of before the dimension existed has none.
    ...dimensions.map((name) => (key === null ? entriesSql(name) : entrySql(name))),
    ...(titles ? ['w.titles'] : []),
    ...(sketches ? ['hex(w.users)', 'hex(w.sessions)', 'hex(w.speed)'] : []),
  ].join(', ');
}

const entriesSql = (name: Dimension): string => `coalesce(w.dimensions -> '$.${name}', '[]')`;

/** A list of the one entry of the key ?4, or of none; ?5 is how that of a content begins. A small dimension is cut out first, which is three times as fast. */
function entrySql(name: Dimension): string {
  if (name === 'content') return contentEntrySql('?5');
  return `coalesce((SELECT json_array(json(e.value)) FROM json_each(w.dimensions -> '$.${name}') e
    WHERE e.value ->> '$[0]' = ?4 LIMIT 1), '[]')`;
}

function decodePart(row: readonly unknown[], want: RangeWant): RangePart {
  const isHour = row[totalColumns.length] === 60;
  const table = isHour ? 'region_hours' : 'region_windows';
  const { key, ...totals } = decodeTotals(table, row);
  const { regionNumber, shard, minute } = addressOf(key);
  let column = totalColumns.length + 1;
  const next = (): unknown => row[column++];
  const panes = want.panes ? next() : null;
  return {
    regionNumber,
    shard,
    minute: isHour ? minute * 60 : minute,
    minutes: isHour ? 60 : 1,
    ...totals,
    panes: isHour || panes === null ? null : decodePanes(key, panes),
    entries: Object.fromEntries(want.dimensions.map((name) => [name, decodeEntries(table, key, next())])),
    titles: want.titles ? decodeTitles(table, key, next()) : [],
    sketches: want.sketches ? decodeSketches(table, key, [next(), next(), next()]) : null,
  };
}

/** What all shards counted in a minute. */
export interface MinuteSum {
  readonly minute: number;
  /** Whether every window of it is. */
  readonly closed: boolean;
  readonly counters: readonly number[];
}

export interface MinuteSums {
  /** Ascending; minutes without windows are left out. */
  readonly sums: readonly MinuteSum[];
  /** Numbers of the regions that have windows in the range. */
  readonly regions: readonly number[];
}

const inRange = `w.key >= r.value ->> '$[0]' AND w.key < r.value ->> '$[1]'`;

const minuteSumsSql = `SELECT w.key & ${minuteMask} AS minute, min(w.closed),
    ${counterNames.map((name) => `sum(w.${name})`).join(', ')}
  FROM json_each(?1) r CROSS JOIN region_windows w WHERE ${inRange} GROUP BY minute`;

const activeSql = `SELECT r.value ->> '$[0]' FROM json_each(?1) r
  WHERE EXISTS (SELECT 1 FROM region_windows w WHERE ${inRange})`;

/** Minutes with from <= minute < to as D1 has them, summed there: a row a minute instead of one for each shard. */
export async function readMinuteSums(
  db: D1Database,
  shards: readonly ShardAddress[],
  from: number,
  to: number,
): Promise<MinuteSums> {
  const ranges = JSON.stringify(shards.map((shard) => keyRange({ ...shard, from, to })));
  const [sums, active] = await Promise.all(
    [minuteSumsSql, activeSql].map((sql) => db.prepare(sql).bind(ranges).raw<number[]>()),
  );
  return {
    sums: (sums ?? []).map(([minute = 0, closed, ...counters]) => ({
      minute,
      closed: closed === 1,
      counters,
    })),
    regions: (active ?? []).map(([key = 0]) => addressOf(key).regionNumber),
  };
}
