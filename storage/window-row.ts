import { counterCount, counterNames, type Dimension, dimensions } from '../core/aggregate/counters.ts';
import { panesPerWindow } from '../core/protocol/limits.ts';
import { packedWindowVersion } from '../core/protocol/version.ts';
import type { PackedWindow } from '../core/window/packed-window.ts';
import type { Revision } from '../core/window/revision.ts';
import { fromHex, toHex } from './hex.ts';
import { utf8Bytes } from './json-chunks.ts';
import { StoredDataError } from './stored-data-error.ts';

/** The tables of packed rows, and the one column by which they differ. */
export type PackedTable = 'region_windows' | 'region_hours' | 'region_days';
const ownColumn = { region_windows: 'panes', region_hours: 'windows', region_days: 'windows' } as const;

/** The columns of these tables that hold one small integer each. */
export const totalColumns = ['key', 'v', 'generation', 'incarnation', 'log_row', 'closed', ...counterNames];
const detailColumns = ['dimensions', 'titles', 'users', 'sessions', 'speed'];

/** What a row of each of them holds. */
export type RowDetails = Pick<PackedWindow, 'dimensions' | 'titles' | 'users' | 'sessions' | 'speed'>;
export interface RowTotals {
  readonly key: number;
  readonly revision: Revision;
  readonly closed: boolean;
  readonly counters: readonly number[];
}
type Panes = PackedWindow['panes'];

/**
 * D1 takes at most 2 MB a row and a parameter. Only a hostile mixture of long escaped strings comes near; its titles
 * are then left out, since a window that could never be stored would wait for ever.
 */
const rowTextBytesMax = 1_900_000;

/** One row as JSON text, for upsertPackedRows. `own` is the value of the table's own column. */
export function encodeRow(row: RowTotals & RowDetails, own: Panes | number): string {
  const encode = (titles: PackedWindow['titles']): string =>
    JSON.stringify([
      [row.key, packedWindowVersion, row.revision.generation, row.revision.incarnation, row.revision.logRow],
      row.closed ? 1 : 0,
      Array.from({ length: counterCount }, (_, index) => row.counters[index] ?? 0),
      typeof own === 'number' ? own : own.map((pane) => pane && trimZeros(pane)),
      Object.fromEntries(dimensions.map((name) => [name, row.dimensions[name].map(trimEntry)])),
      titles,
      toHex(row.users),
      toHex(row.sessions),
      toHex(row.speed),
    ]);
  const text = encode(row.titles);
  return utf8Bytes(text) <= rowTextBytesMax ? text : encode([]);
}

const trimEntry = ([key, counters]: readonly [string, readonly number[]]) => [key, trimZeros(counters)];

/** Most contents have views only: without the zeros at the end they take a third of the bytes. */
function trimZeros(counters: readonly number[]): readonly number[] {
  return counters.slice(0, counters.findLastIndex((value) => value !== 0) + 1);
}

/** INSERT of the rows of json_each(?1), one array of encodeRow each; the caller adds ON CONFLICT. */
export function insertPackedRows(table: PackedTable, condition: string): string {
  const own = ownColumn[table];
  const values = [
    ...[0, 1, 2, 3, 4].map((index) => `value ->> '$[0][${index}]'`),
    "value ->> '$[1]'",
    ...counterNames.map((_, index) => `value ->> '$[2][${index}]'`),
    own === 'panes' ? "value -> '$[3]'" : "value ->> '$[3]'",
    "value -> '$[4]'",
    "value -> '$[5]'",
    ...[6, 7, 8].map((index) => `unhex(value ->> '$[${index}]')`),
  ];
  const columns = [...totalColumns, own, ...detailColumns];
  const updates = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${columns.join(', ')})
    SELECT ${values.join(', ')} FROM json_each(?1) WHERE ${condition}
    ON CONFLICT (key) DO UPDATE SET ${updates.join(', ')}`;
}

/** The row value by which rows are newer or older, of a table or of `excluded` (DUP-2). */
export const revisionOf = (source: string): string =>
  `(${source}.generation, ${source}.incarnation, ${source}.log_row)`;

/** Reads the rows of every key range [from, to) in json_each(?1); the range comes first, so that keys are searched. */
export function selectPackedRows(table: PackedTable, columns: readonly string[]): string {
  return `SELECT ${columns.map((column) => `w.${column}`).join(', ')}
    FROM json_each(?1) r CROSS JOIN ${table} w
    WHERE w.key >= r.value ->> '$[0]' AND w.key < r.value ->> '$[1]'`;
}

/** By which an entry of this key begins in the text of a dimension. */
export const entryStart = (key: string): string => `[${JSON.stringify(key)},[`;

/**
 * A list of the one entry of contents that begins so, or of none. It is looked for in the text, a tenth of the time of
 * walking the JSON: contents come first, and no quote within a key is without its backslash.
 */
export function contentEntrySql(start: string): string {
  const from = `substr(w.dimensions, at + length(${start}), ${entryBytesMax})`;
  return `(WITH found AS MATERIALIZED (SELECT instr(w.dimensions, ${start}) AS at)
    SELECT iif(at = 0 OR instr(substr(w.dimensions, 1, at), '],"${dimensions[1]}":[') > 0, '[]',
      '[' || ${start} || substr(${from}, 1, instr(${from}, ']')) || ']]') FROM found)`;
}
/** Of 21 numbers of at most 16 digits. */
const entryBytesMax = 20 * counterCount;

/** Every column of a row, bytes as hex, for decodeDetails. */
export function selectWholeRows(table: PackedTable): string {
  const select = selectPackedRows(table, [...totalColumns, ownColumn[table], ...detailColumns]);
  return select.replace(/w\.(users|sessions|speed)\b/g, 'hex(w.$1)');
}

/** Reads the columns of totalColumns from the start of a raw row. Throws StoredDataError. */
export function decodeTotals(table: PackedTable, row: readonly unknown[]): RowTotals {
  const numbers = row.slice(0, totalColumns.length);
  const bad = numbers.findIndex((value) => !isCount(value));
  if (bad >= 0 || numbers.length < totalColumns.length) {
    throw new StoredDataError(table, String(row[0]), `${totalColumns[bad] ?? 'a column'} is not a count`);
  }
  const [key, v, generation, incarnation, logRow, closed, ...counters] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    ...number[],
  ];
  if (v !== packedWindowVersion) throw new StoredDataError(table, key, `version ${v} is not known`);
  return { key, revision: { generation, incarnation, logRow }, closed: closed === 1, counters };
}

/** Reads what follows the own column of a whole row. Throws StoredDataError. */
export function decodeDetails(table: PackedTable, row: readonly unknown[]): RowDetails {
  const [dimensionsText, titlesText, ...sketches] = row.slice(totalColumns.length + 1);
  const key = row[0] as number;
  const all = decodeDimensions(parseJson(dimensionsText));
  if (!all) throw new StoredDataError(table, key, 'dimensions cannot be read');
  return {
    dimensions: all,
    titles: decodeTitles(table, key, titlesText),
    ...decodeSketches(table, key, sketches),
  };
}

/** Reads one dimension's JSON as it is: counters may lack trailing zeros. Throws StoredDataError. */
export function decodeEntries(table: PackedTable, key: number, text: unknown): [string, readonly number[]][] {
  const entries = parseJson(text);
  if (isArrayOf(entries, isEntry)) return entries;
  throw new StoredDataError(table, key, 'dimensions cannot be read');
}

/** Reads the column `titles`. Throws StoredDataError. */
export function decodeTitles(table: PackedTable, key: number, text: unknown): PackedWindow['titles'] {
  const titles = parseJson(text);
  if (isArrayOf(titles, isTitle)) return titles;
  throw new StoredDataError(table, key, 'titles cannot be read');
}

/** Reads users, sessions and speed, as hex. Throws StoredDataError. */
export function decodeSketches(
  table: PackedTable,
  key: number,
  columns: readonly unknown[],
): Pick<PackedWindow, 'users' | 'sessions' | 'speed'> {
  const [users, sessions, speed] = columns.map((hex) => (typeof hex === 'string' ? fromHex(hex) : null));
  if (!users || !sessions || !speed) throw new StoredDataError(table, key, 'a sketch is not hex');
  return { users, sessions, speed };
}

/** Reads the column `panes`. Throws StoredDataError. */
export function decodePanes(key: number, text: unknown): Panes {
  const panes = parseJson(text);
  if (!isArrayOf(panes, isPane) || panes.length !== panesPerWindow) {
    throw new StoredDataError('region_windows', key, 'panes cannot be read');
  }
  return panes.map((pane) => pane && padZeros(pane));
}

function decodeDimensions(value: unknown): PackedWindow['dimensions'] | null {
  if (typeof value !== 'object' || value === null) return null;
  const found: [Dimension, [string, readonly number[]][]][] = [];
  for (const name of dimensions) {
    // A row of before the dimension existed lacks it.
    const entries = (value as Readonly<Record<string, unknown>>)[name] ?? [];
    if (!isArrayOf(entries, isEntry)) return null;
    found.push([name, entries.map(([key, counters]) => [key, padZeros(counters)])]);
  }
  return Object.fromEntries(found) as Record<Dimension, [string, readonly number[]][]>;
}

function padZeros(counters: readonly number[]): number[] {
  return Array.from({ length: counterCount }, (_, index) => counters[index] ?? 0);
}

/** Undefined, which is no valid part of a row, for text that is not JSON. */
function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function isArrayOf<T>(value: unknown, isMember: (member: unknown) => member is T): value is T[] {
  return Array.isArray(value) && value.every(isMember);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A loop, because rows of a day hold millions of these. */
function isCounters(value: unknown): value is number[] {
  if (!Array.isArray(value) || value.length > counterCount) return false;
  for (const member of value) if (!isCount(member)) return false;
  return true;
}

const isPane = (value: unknown): value is number[] | null => value === null || isCounters(value);

const isEntry = (value: unknown): value is [string, number[]] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isCounters(value[1]);

const isTitle = (value: unknown): value is [string, string | null, string | null] =>
  Array.isArray(value) &&
  value.length === 3 &&
  typeof value[0] === 'string' &&
  value.slice(1).every((member) => member === null || typeof member === 'string');
