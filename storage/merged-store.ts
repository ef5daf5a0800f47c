/** Reads of what is merged over all regions (BAT-6). It stands for regions only where whoever asks may see all of them. */
import { type CounterName, counterNames } from '../core/aggregate/counters.ts';
import { dayHours } from '../core/protocol/batch-limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import { mergedVersion } from '../core/protocol/version.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import type { HourRange } from './batch-table-store.ts';
import { dayCounters } from './merge-sql.ts';
import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

/** A day over all regions. */
export interface MergedDay {
  /** Whole days since the Unix epoch, of UTC. */
  readonly day: number;
  /** Hours of regions that it holds. */
  readonly hours: number;
  readonly computedAt: string;
  /** JSON of HourOfDay[], for hoursOfDay. */
  readonly hourly: string;
}

export type HourOfDay = readonly [hour: number, counters: readonly number[]];

/** Days from the first up to but not including the second. */
export type DayRun = readonly [from: number, to: number];

const daysSql = `SELECT day, hours, computed_at AS computedAt, regions, hourly FROM merged_days
  WHERE day >= ?1 AND day < ?2 AND v = ${mergedVersion} ORDER BY day`;

/** The merged days that lie whole in the range and are of these regions alone, ascending. */
export async function readMergedDays(
  db: D1Database,
  regions: readonly number[],
  { fromHour, toHour }: HourRange,
): Promise<MergedDay[]> {
  const query = db.prepare(daysSql).bind(Math.ceil(fromHour / dayHours), Math.floor(toHour / dayHours));
  const { results } = await needsMigration(() => query.all<MergedDay & { regions: string }>());
  const asked = new Set(regions);
  return results.filter(({ day, regions: held }) => isListOf('merged_days', day, held, asked));
}

function isListOf(table: string, key: number, text: string, asked: ReadonlySet<number>): boolean {
  return listOf<number>(table, key, text).every((number) => asked.has(number));
}

function listOf<T>(table: string, key: number, text: unknown): T[] {
  let list: unknown = null;
  try {
    list = typeof text === 'string' ? JSON.parse(text) : null;
  } catch {
    // Told below, with the row it is of.
  }
  if (Array.isArray(list)) return list as T[];
  throw new StoredDataError(table, key, 'a column is no list');
}

export const hoursOfDay = ({ day, hourly }: MergedDay): HourOfDay[] => listOf('merged_days', day, hourly);

export function runsOf(days: readonly Pick<MergedDay, 'day'>[]): DayRun[] {
  const runs: [number, number][] = [];
  for (const { day } of days) {
    const last = runs.at(-1);
    if (last?.[1] === day) last[1]++;
    else runs.push([day, day + 1]);
  }
  return runs;
}

/** What days leave of a range. */
export function hoursBeside({ fromHour, toHour }: HourRange, runs: readonly DayRun[]): HourRange[] {
  const starts = [fromHour, ...runs.map(([, to]) => to * dayHours)];
  const ends = [...runs.map(([from]) => from * dayHours), toHour];
  return starts
    .map((from, index): HourRange => ({ fromHour: from, toHour: ends[index] ?? toHour }))
    .filter((range) => range.fromHour < range.toHour);
}

/** The contents one by one, each by a search, so that days that are not asked for are not walked. */
const namesSql = `WITH RECURSIVE names(content) AS (
    SELECT min(content) FROM content_days
    UNION ALL
    SELECT (SELECT min(d.content) FROM content_days d WHERE d.content > names.content)
    FROM names WHERE content IS NOT NULL)
  SELECT content, `;
const oneSql = 'WITH names(content) AS (SELECT ?3) SELECT content, ';
const sumsSql = `(SELECT json_array(${dayCounters.map((name) => `sum(${name})`).join(', ')}) FROM content_days d
    WHERE d.content = names.content AND d.day >= ?1 AND d.day < ?2 HAVING count(*) > 0)
  FROM names WHERE content IS NOT NULL`;

export type ContentSumOfDays = readonly [content: string, sums: readonly number[]];

/** Sums of dayCounters of all contents of merged days, or of one. */
export async function readDaySums(
  db: D1Database,
  runs: readonly DayRun[],
  contentId: string | null,
): Promise<ContentSumOfDays[]> {
  if (runs.length === 0) return [];
  const sql = contentId === null ? namesSql : oneSql;
  const more = contentId === null ? [] : [JSON.stringify(contentId)];
  const found = await Promise.all(
    runs.map((run) =>
      db
        .prepare(sql + sumsSql)
        .bind(...run, ...more)
        .raw<[string, string | null]>(),
    ),
  );
  return found
    .flat()
    .flatMap(([content, sums]) =>
      sums === null ? [] : [[JSON.parse(content) as string, JSON.parse(sums) as number[]] as const],
    );
}

/** Contents of an hour over all regions, column by column. */
export interface MergedHour {
  readonly hour: number;
  readonly contents: readonly string[];
  /** By the counters that were asked for, in their order. */
  readonly columns: readonly (readonly number[])[];
}

const inRanges = `FROM json_each(?1) r CROSS JOIN merged_hours m
  ON m.hour >= r.value ->> '$[0]' AND m.hour < r.value ->> '$[1]' WHERE m.v = ${mergedVersion}`;
const rangesText = (ranges: readonly HourRange[]): string =>
  JSON.stringify(ranges.map(({ fromHour, toHour }) => [fromHour, toHour]));

function isOfShards(hour: number, held: string, shards: readonly ShardAddress[]): boolean {
  const asked = new Set(shards.map(({ regionNumber, shard }) => packedKey(regionNumber, shard, 0)));
  return isListOf('merged_hours', hour, held, asked);
}

/** Which hours of ranges are merged, and of these shards alone; ascending. */
export async function readMergedPlaces(
  db: D1Database,
  shards: readonly ShardAddress[],
  ranges: readonly HourRange[],
): Promise<number[]> {
  const query = db.prepare(`SELECT m.hour, m.shards ${inRanges} ORDER BY m.hour`);
  const rows = await needsMigration(() => query.bind(rangesText(ranges)).raw<[number, string]>());
  return rows.filter(([hour, held]) => isOfShards(hour, held, shards)).map(([hour]) => hour);
}

/** The merged hours of ranges that are of these shards alone. */
export async function readMergedHours(
  db: D1Database,
  shards: readonly ShardAddress[],
  ranges: readonly HourRange[],
  counters: readonly CounterName[] = counterNames,
): Promise<MergedHour[]> {
  if (ranges.length === 0) return [];
  const columns = counters.map((name) => `, m.${name}`).join('');
  const query = db.prepare(`SELECT m.hour, m.shards, m.contents${columns} ${inRanges}`);
  const rows = await needsMigration(() =>
    query.bind(rangesText(ranges)).raw<[number, string, ...string[]]>(),
  );
  return rows
    .filter(([hour, held]) => isOfShards(hour, held, shards))
    .map(([hour, , contents, ...lists]) => ({
      hour,
      contents: listOf<string>('merged_hours', hour, contents),
      columns: lists.map((list) => listOf<number>('merged_hours', hour, list)),
    }));
}

/** What hours leave of ranges. */
export function hoursWithout(ranges: readonly HourRange[], hours: ReadonlySet<number>): HourRange[] {
  const left: { fromHour: number; toHour: number }[] = [];
  for (const { fromHour, toHour } of ranges) {
    for (let hour = fromHour; hour < toHour; hour++) {
      if (hours.has(hour)) continue;
      const last = left.at(-1);
      if (last?.toHour === hour) last.toHour++;
      else left.push({ fromHour: hour, toHour: hour + 1 });
    }
  }
  return left;
}

export type StoredTitle = readonly [content: string, title: string | null, type: string | null];
/** Hours, or days in place of them, with the titles that they tell. */
export interface ToldTitles {
  readonly hour: number;
  readonly hours: 1 | 24;
  readonly titles: readonly StoredTitle[];
}

/** Titles of merged hours. */
export async function readHourTitles(db: D1Database, ranges: readonly HourRange[]): Promise<ToldTitles[]> {
  if (ranges.length === 0) return [];
  const rows = await db
    .prepare(`SELECT m.hour, m.titles ${inRanges}`)
    .bind(rangesText(ranges))
    .raw<[number, string]>();
  return rows.map(([hour, titles]) => ({ hour, hours: 1, titles: listOf('merged_hours', hour, titles) }));
}

const lastOf = (column: string): string => `(SELECT json_array(d.day, json(d.${column})) FROM content_days d
  WHERE d.content = c.value AND d.day >= ?2 AND d.day < ?3 AND d.${column} IS NOT NULL ORDER BY d.day DESC LIMIT 1)`;
const dayTitlesSql = `SELECT c.value, ${lastOf('title')}, ${lastOf('content_type')} FROM json_each(?1) c`;

/** The last titles and types of these contents in merged days. */
export async function readDayTitles(
  db: D1Database,
  runs: readonly DayRun[],
  contents: readonly string[],
): Promise<ToldTitles[]> {
  const texts = JSON.stringify(contents.map((content) => JSON.stringify(content)));
  const found = await Promise.all(
    runs.map((run) =>
      db
        .prepare(dayTitlesSql)
        .bind(texts, ...run)
        .raw<[string, string | null, string | null]>(),
    ),
  );
  return found.flat().flatMap(([text, title, type]) => {
    const content = JSON.parse(text) as string;
    return [
      toldOf(title, (told) => [content, told, null]),
      toldOf(type, (told) => [content, null, told]),
    ].flat();
  });
}

function toldOf(text: string | null, titleOf: (told: string) => StoredTitle): ToldTitles[] {
  if (text === null) return [];
  const [day, told] = JSON.parse(text) as [number, string];
  return [{ hour: day * dayHours, hours: 24, titles: [titleOf(told)] }];
}
