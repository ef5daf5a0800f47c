/**
 * Pages of ranked rows. A cursor names the question, its range and the rank of the last row that was given: the next
 * page goes on after that rank, about the same minutes, whatever has been counted meanwhile.
 */
import * as z from 'zod';
import { rangeMinutesMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { fault, type MinuteRange, type Parsed, pageLimit } from './parameters.ts';

/** Numbers rank from high to low, texts from low to high (by code unit); the last part tells all rows apart. */
export type Rank = readonly (number | string)[];

export interface Ranking<Row> {
  readonly of: (row: Row) => Rank;
  /** What the parts of a rank are. */
  readonly shape: readonly ('number' | 'string')[];
}

export interface Cursor {
  readonly range: MinuteRange;
  readonly after: Rank;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Of the last row, where more follow. */
  readonly next: Rank | null;
}

export function pageParameters(limitDefault: number) {
  return {
    limit: pageLimit(limitDefault),
    cursor: z
      .string()
      .max(4096, 'is none that was given')
      .optional()
      .describe(
        DESCRIBED &&
          '`meta.next_cursor` of the page before, for the page after it. The other parameters must be the same; ' +
            'the range stays that of the first page',
      )
      .meta(
        DESCRIBED && {
          example:
            'WyIvYXBpL3N0YXRzL3RyZW5kaW5nP21pbnV0ZXM9NSIsMjk5MjAzMjAsMjk5MjAzMjUsNywzLDEyLCJmaWxtLTAwMSJd',
        },
      ),
  };
}

export function compareRanks(a: Rank, b: Rank): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return right - left;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}

/** Sorts rows by rank and takes the page after a rank. */
export function pageOf<Row>(
  rows: readonly Row[],
  ranking: Ranking<Row>,
  { limit, after }: { readonly limit: number; readonly after: Rank | null },
): Page<Row> {
  const ranked = rows
    .map((row) => ({ row, rank: ranking.of(row) }))
    .filter(({ rank }) => after === null || compareRanks(rank, after) > 0)
    .sort((a, b) => compareRanks(a.rank, b.rank));
  const page = ranked.slice(0, limit);
  const more = ranked.length > page.length;
  return { rows: page.map(({ row }) => row), next: more ? (page.at(-1)?.rank ?? null) : null };
}

/** What tells one question from another: its path, and the parameters that it knows of. */
export function questionOf(path: string, names: readonly string[], query: URLSearchParams): string {
  const told = names.filter((name) => name !== 'cursor' && name !== 'limit' && query.has(name)).sort();
  return `${path}?${told.map((name) => `${name}=${query.get(name)}`).join('&')}`;
}

export function writeCursor(question: string, { range, after }: Cursor): string {
  const text = JSON.stringify([question, range.fromMinute, range.toMinute, ...after]);
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

const minute = once(() =>
  z
    .int()
    .min(0)
    .max(2 ** 26),
);

const cursorParts = once(() =>
  z.tuple([z.string(), minute(), minute()]).rest(z.union([z.number(), z.string()])),
);

export function readCursor(
  text: string,
  question: string,
  shape: Ranking<never>['shape'],
  minutesMax = rangeMinutesMax,
): Parsed<Cursor> {
  const bad = fault([{ parameter: 'cursor', message: 'is none that was given for this question' }]);
  const parsed = cursorParts().safeParse(decode(text));
  if (!parsed.success) return bad;
  const [asked, fromMinute, toMinute, ...after] = parsed.data;
  if (asked !== question || fromMinute >= toMinute || toMinute - fromMinute > minutesMax) return bad;
  const isRank = after.length === shape.length && shape.every((kind, index) => typeof after[index] === kind);
  return isRank ? { ok: true, value: { range: { fromMinute, toMinute }, after } } : bad;
}

/** Undefined for anything that is no cursor. */
function decode(text: string): unknown {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
