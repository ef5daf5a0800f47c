/** Reads of the batch layer's tables: computed hours of regions, and whole days in their place where they are up to date. */
import type { Dimension } from '../core/aggregate/counters.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
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

const dayHours = 24;
const hourMask = 2 ** 26 - 1;
/** Rows of contents of one statement: some 10 MB. */
const detailRowsMax = 200;
const totalRowsMax = 20_000;

type KeyRange = readonly [from: number, to: number];
const keysOf = (regions: readonly number[], from: number, to: number): KeyRange[] =>
  regions.map((number) => [packedKey(number, 0, from), packedKey(number, 0, to)]);

/** Shards' rows are found by the hour of their region. */
const batchKey = (key: string): string => `((${key} >> 34) << 34) + (${key} & ${hourMask})`;
const within = (column: string): string =>
  `${column} >= r.value ->> '$[0]' AND ${column} < r.value ->> '$[1]'`;

const computedSql = `SELECT count(*) AS computed, max(h.computed_at) AS computedAt
  FROM json_each(?1) r CROSS JOIN batch_hours h WHERE ${within('h.key')}`;

/**
 * Hours with events that are not computed: of those whose minutes or parts are there. Both are walked from one hour to
 * the next by their index, since an hour has up to sixty rows of the one and many of the other.
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
  sealed(place) AS (
    SELECT ?3 * 65536
    UNION ALL
    SELECT (SELECT p.hour * 65536 + p.region_number FROM lake_parts p
      WHERE (p.hour, p.region_number) > (sealed.place >> 16, sealed.place & 65535) AND p.hour < ?4
      ORDER BY p.hour, p.region_number LIMIT 1)
    FROM sealed WHERE place IS NOT NULL),
  hours(key) AS (
    SELECT ((key >> 34) << 34) + (key & ${hourMask}) / 60 FROM heard WHERE key IS NOT NULL
    UNION
    SELECT ((place & 65535) << 34) + (place >> 16) FROM sealed WHERE place & 65535 > 0
    UNION
    SELECT ${batchKey('w.key')} FROM json_each(?1) r CROSS JOIN region_hours w WHERE ${within('w.key')})
  SELECT count(*) AS waiting FROM hours k
  WHERE EXISTS (SELECT 1 FROM json_each(?1) r WHERE ${within('k.key')})
    AND NOT EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = k.key)`;

export async function readBatchState(
  db: D1Database,
  regions: readonly number[],
  { fromHour, toHour }: HourRange,
): Promise<BatchState> {
  const hours = JSON.stringify(keysOf(regions, fromHour, toHour));
  const minutes = JSON.stringify(keysOf(regions, fromHour * 60, toHour * 60));
  const [computed, waiting] = await needsMigration(() =>
    db.batch([
      db.prepare(computedSql).bind(hours),
      db.prepare(waitingSql).bind(hours, minutes, fromHour, toHour),
    ]),
  );
  const counted = computed?.results[0] as { computed: number; computedAt: string | null };
  const left = waiting?.results[0] as { waiting: number };
  return { ...counted, of: counted.computed + left.waiting };
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

/** The computed hours of a range once each, in lots; what has no row had no event. Throws StoredDataError. */
export async function* readBatchParts(
  db: D1Database,
  regions: readonly number[],
  range: HourRange,
  want: BatchWant,
): AsyncGenerator<BatchPart[]> {
  const days = want.byDays ? await readFreshDays(db, regions, range) : [];
  const inDays = new Set(days);
  yield* readTable(
    db,
    'region_days',
    days.map((key) => [key, key + 1]),
    want,
  );
  const { fromHour, toHour } = range;
  const spans = regions.flatMap((number) => hourSpans(number, fromHour, toHour, inDays));
  yield* readTable(db, 'region_hours', spans, want);
}

/** Keys of the days that lie whole in the range and hold what their hours say now. */
async function readFreshDays(
  db: D1Database,
  regions: readonly number[],
  { fromHour, toHour }: HourRange,
): Promise<number[]> {
  const keys = keysOf(regions, Math.ceil(fromHour / dayHours), Math.floor(toHour / dayHours));
  const rows = await needsMigration(() =>
    db.prepare(freshDaysSql).bind(JSON.stringify(keys)).raw<[number]>(),
  );
  return rows.map(([key]) => key);
}

/** What the days leave of a range, as few spans as there are. */
function hourSpans(number: number, from: number, to: number, inDays: ReadonlySet<number>): KeyRange[] {
  const spans: [number, number][] = [];
  for (let hour = from; hour < to; hour++) {
    if (inDays.has(packedKey(number, 0, Math.floor(hour / dayHours)))) continue;
    const key = packedKey(number, 0, hour);
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
