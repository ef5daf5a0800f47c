/** Reads of the batch layer's tables: computed hours of regions, and whole days in their place where they are up to date. */
import type { Dimension } from '../core/aggregate/counters.ts';
import { dayHours } from '../core/protocol/batch-limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { hoursBeside, type MergedDay, runsOf } from './merged-store.ts';
import { needsMigration } from './migrated.ts';
import { decodeEntries, decodeTitles, decodeTotals, type PackedTable, totalColumns } from './window-row.ts';
import { addressOf } from './window-store.ts';

/** Epoch hours, half-open. */
export interface HourRange {
  readonly fromHour: number;
  readonly toHour: number;
}

/** How far the batch layer is with the hours of regions in a range. */
export interface BatchState {
  /** Hours of regions that it has computed, of those in which there was an event. */
  readonly computed: number;
  readonly of: number;
  /** When it last computed one of them, ISO 8601; null where none is. */
  readonly computedAt: string | null;
}

/** A computed hour, or a day in place of its hours. */
export interface BatchPart {
  readonly regionNumber: number;
  /** The first, and how many. */
  readonly hour: number;
  readonly hours: 1 | 24;
  readonly counters: readonly number[];
  /** Of contents, where they were asked for; counters perhaps without their trailing zeros. */
  readonly contents: PackedWindow['dimensions'][Dimension];
  readonly titles: PackedWindow['titles'];
}

const hourMask = 2 ** 26 - 1;
/** Rows of contents of one statement: some 10 MB. */
const detailRowsMax = 200;
const totalRowsMax = 20_000;

type KeyRange = readonly [from: number, to: number];
const keysOf = (shards: readonly ShardAddress[], from: number, to: number): KeyRange[] =>
  shards.map(({ regionNumber, shard }) => [
    packedKey(regionNumber, shard, from),
    packedKey(regionNumber, shard, to),
  ]);
const keysOfAll = (shards: readonly ShardAddress[], ranges: readonly HourRange[]): KeyRange[] =>
  ranges.flatMap(({ fromHour, toHour }) => keysOf(shards, fromHour, toHour));
/** What the batch layer says of an hour or a day is of all shards of its region. */
const regionsOf = (shards: readonly ShardAddress[]): ShardAddress[] =>
  [...new Set(shards.map(({ regionNumber }) => regionNumber))].map((regionNumber) => ({
    regionNumber,
    shard: 0,
  }));

/** Shards' rows are found by the hour of their region. */
const batchKey = (key: string): string => `((${key} >> 34) << 34) + (${key} & ${hourMask})`;
const within = (column: string): string =>
  `${column} >= r.value ->> '$[0]' AND ${column} < r.value ->> '$[1]'`;

const computedSql = `SELECT count(*) AS computed, max(h.computed_at) AS computedAt
  FROM json_each(?1) r CROSS JOIN batch_hours h WHERE ${within('h.key')}`;

/**
 * Hours with events that are not computed: of those whose minutes, rows or parts are there. Minutes and parts are walked
 * from one hour to the next by their index, since an hour has up to sixty rows of the one and many of the other.
 * ?1 is keys of shards' hours, ?2 of their minutes, ?3 hours, ?4 the regions.
 */
const waitingSql = `WITH RECURSIVE
  heard(last, key) AS (
    SELECT m.value ->> '$[1]', (SELECT min(key) FROM region_windows
      WHERE key >= m.value ->> '$[0]' AND key < m.value ->> '$[1]')
    FROM json_each(?2) m
    UNION ALL
    SELECT last, (SELECT min(w.key) FROM region_windows w
      WHERE w.key >= heard.key - (heard.key & ${hourMask}) % 60 + 60 AND w.key < last)
    FROM heard WHERE heard.key IS NOT NULL),
  sealed(last, place) AS (
    SELECT m.value ->> '$[1]', (m.value ->> '$[0]') * 65536 FROM json_each(?3) m
    UNION ALL
    SELECT last, (SELECT p.hour * 65536 + p.region_number FROM lake_parts p
      WHERE (p.hour, p.region_number) > (sealed.place >> 16, sealed.place & 65535) AND p.hour < sealed.last
      ORDER BY p.hour, p.region_number LIMIT 1)
    FROM sealed WHERE place IS NOT NULL),
  hours(key) AS (
    SELECT ((key >> 34) << 34) + (key & ${hourMask}) / 60 FROM heard WHERE key IS NOT NULL
    UNION ALL
    SELECT ((place & 65535) << 34) + (place >> 16) FROM sealed
    WHERE place & 65535 IN (SELECT value FROM json_each(?4))
    UNION ALL
    SELECT ${batchKey('w.key')} FROM json_each(?1) r CROSS JOIN region_hours w WHERE ${within('w.key')})
  SELECT count(DISTINCT k.key) AS waiting FROM hours k
  WHERE NOT EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = k.key)`;

/** `merged`: days of the range of whose rows and parts none waits; windows may have come since. */
export async function readBatchState(
  db: D1Database,
  shards: readonly ShardAddress[],
  range: HourRange,
  merged: readonly MergedDay[],
): Promise<BatchState> {
  const left = hoursBeside(range, runsOf(merged));
  const regions = regionsOf(shards);
  const minutes = keysOf(shards, range.fromHour * 60, range.toHour * 60);
  const [computed, waiting] = await needsMigration(() =>
    db.batch([
      db.prepare(computedSql).bind(JSON.stringify(keysOfAll(regions, left))),
      db
        .prepare(waitingSql)
        .bind(
          JSON.stringify(keysOfAll(shards, left)),
          JSON.stringify(minutes),
          JSON.stringify(left.map(({ fromHour, toHour }) => [fromHour, toHour])),
          JSON.stringify(regions.map(({ regionNumber }) => regionNumber)),
        ),
    ]),
  );
  const counted = computed?.results[0] as { computed: number; computedAt: string | null };
  const uncounted = waiting?.results[0] as { waiting: number };
  const held = merged.reduce((sum, { hours }) => sum + hours, counted.computed);
  const times = [counted.computedAt, ...merged.map(({ computedAt }) => computedAt)].filter(
    (at) => at !== null,
  );
  return { computed: held, computedAt: times.sort().at(-1) ?? null, of: held + uncounted.waiting };
}

/** The first hour of a day's key. */
const hoursOf = (key: string): string => `${key} + (${key} & ${hourMask}) * ${dayHours - 1}`;

const freshDaysSql = `SELECT b.key FROM json_each(?1) r CROSS JOIN batch_days b
  WHERE ${within('b.key')} AND (b.hours, b.generations) = (SELECT count(*), coalesce(sum(h.generation), 0)
    FROM batch_hours h WHERE h.key >= ${hoursOf('b.key')} AND h.key < ${hoursOf('b.key')} + ${dayHours})`;

export interface BatchWant {
  /** Breakdown by content, or of this one; null for totals alone. */
  readonly contents: 'all' | { readonly key: string } | null;
  readonly titles: boolean;
  /** Whether a day may stand for its hours. */
  readonly byDays: boolean;
}

/** The computed hours of ranges once each, in lots; what has no row had no event. Throws StoredDataError. */
export async function* readBatchParts(
  db: D1Database,
  shards: readonly ShardAddress[],
  ranges: readonly HourRange[],
  want: BatchWant,
): AsyncGenerator<BatchPart[]> {
  const days = want.byDays ? await readFreshDays(db, shards, ranges) : [];
  const inDays = new Set(days);
  yield* readTable(
    db,
    'region_days',
    days.map((key) => [key, key + 1]),
    want,
  );
  const spans = shards.flatMap((shard) => ranges.flatMap((range) => hourSpans(shard, range, inDays)));
  yield* readTable(db, 'region_hours', spans, want);
}

/** Keys of the days that lie whole in a range and hold what their hours say now. */
async function readFreshDays(
  db: D1Database,
  shards: readonly ShardAddress[],
  ranges: readonly HourRange[],
): Promise<number[]> {
  const whole = ranges
    .map(({ fromHour, toHour }) => [Math.ceil(fromHour / dayHours), Math.floor(toHour / dayHours)] as const)
    .filter(([from, to]) => from < to);
  if (whole.length === 0) return [];
  const keys = whole.flatMap(([from, to]) => keysOf(regionsOf(shards), from, to));
  const rows = await needsMigration(() =>
    db.prepare(freshDaysSql).bind(JSON.stringify(keys)).raw<[number]>(),
  );
  return rows.map(([key]) => key);
}

/** What the days leave of a range, as few spans as there are. */
function hourSpans(
  { regionNumber, shard }: ShardAddress,
  { fromHour, toHour }: HourRange,
  inDays: ReadonlySet<number>,
): KeyRange[] {
  const spans: [number, number][] = [];
  for (let hour = fromHour; hour < toHour; hour++) {
    if (inDays.has(packedKey(regionNumber, 0, Math.floor(hour / dayHours)))) continue;
    const key = packedKey(regionNumber, shard, hour);
    const last = spans.at(-1);
    if (last?.[1] === key) last[1]++;
    else spans.push([key, key + 1]);
  }
  return spans;
}

async function* readTable(
  db: D1Database,
  table: Exclude<PackedTable, 'region_windows'>,
  spans: readonly KeyRange[],
  want: BatchWant,
): AsyncGenerator<BatchPart[]> {
  const { contents, titles } = want;
  const limit = contents === 'all' || titles ? detailRowsMax : totalRowsMax;
  const statement = db.prepare(rowsSql(table, want));
  const key = contents === null || contents === 'all' ? null : contents.key;
  let left = spans.toSorted(([a], [b]) => a - b);
  while (left.length > 0) {
    const rows = await statement.bind(JSON.stringify(left), limit, key).raw<unknown[]>();
    yield rows.map((row) => decodePart(table, row, want));
    if (rows.length < limit) return;
    const last = rows.at(-1)?.[0] as number;
    left = left.filter(([, to]) => to > last + 1).map(([from, to]) => [Math.max(from, last + 1), to]);
  }
}

/** Spans come first, so that keys are searched; the rows ascend with them. */
function rowsSql(table: PackedTable, { contents, titles }: BatchWant): string {
  const one = `coalesce((SELECT json_array(json(e.value)) FROM json_each(w.dimensions, '$.content') e
    WHERE e.value ->> '$[0]' = ?3 LIMIT 1), '[]')`;
  const columns = [
    ...totalColumns.map((column) => `w.${column}`),
    contents === null ? `'[]'` : contents === 'all' ? `coalesce(w.dimensions -> '$.content', '[]')` : one,
    titles ? 'w.titles' : `'[]'`,
  ];
  const computed =
    table === 'region_hours'
      ? `AND EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = ${batchKey('w.key')})`
      : '';
  return `SELECT ${columns.join(', ')} FROM json_each(?1) r CROSS JOIN ${table} w
    WHERE ${within('w.key')} ${computed} LIMIT ?2 + 0 * (?3 IS NULL)`;
}

function decodePart(table: PackedTable, row: readonly unknown[], want: BatchWant): BatchPart {
  const { key, counters } = decodeTotals(table, row);
  const { regionNumber, minute: place } = addressOf(key);
  const isDay = table === 'region_days';
  const [contents, titles] = row.slice(totalColumns.length);
  return {
    regionNumber,
    hour: isDay ? place * dayHours : place,
    hours: isDay ? dayHours : 1,
    counters,
    contents: want.contents === null ? [] : decodeEntries(table, key, contents),
    titles: decodeTitles(table, key, titles),
  };
}
