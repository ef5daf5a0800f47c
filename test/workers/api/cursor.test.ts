import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cursor,
  compareRanks,
  pageOf,
  questionOf,
  type Rank,
  type Ranking,
  readCursor,
  writeCursor,
} from '../../../workers/api/cursor.ts';

interface Row {
  readonly id: string;
  readonly n: number;
}

const ranking: Ranking<Row> = { of: (row) => [row.n, row.id], shape: ['number', 'string'] };
const rows = fc.uniqueArray(
  fc.record({ id: fc.string({ unit: 'binary' }), n: fc.integer({ min: 0, max: 5 }) }),
  {
    selector: ({ id }) => id,
    maxLength: 40,
  },
);
const range = { fromMinute: 10, toMinute: 70 };
const question = '/api/stats/trending?minutes=5';

/** All pages, each found by the cursor of the one before, as a caller finds them. */
function allPages(all: readonly Row[], limit: number): Row[][] {
  const pages: Row[][] = [];
  let after: Rank | null = null;
  do {
    const page: { rows: readonly Row[]; next: Rank | null } = pageOf(all, ranking, { limit, after });
    pages.push([...page.rows]);
    if (page.next === null) return pages;
    const read = readCursor(writeCursor(question, { range, after: page.next }), question, ranking.shape);
    if (!read.ok) throw new Error('a cursor that was given is not taken');
    after = read.value.after;
  } while (pages.length < 100);
  throw new Error('pages do not end');
}

describe('pages', () => {
  test('put together are the rows in order, whatever their length', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 45 }), (all, limit) => {
        const pages = allPages(all, limit);
        const inOrder = all.toSorted((a, b) => b.n - a.n || (a.id < b.id ? -1 : 1));
        expect(pages.flat()).toEqual(inOrder);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }),
    );
  });

  test('go on after the last row though it is gone, and others have come before it', () => {
    const all: Row[] = ['a', 'b', 'c', 'd'].map((id, n) => ({ id, n: 9 - n }));
    const { next } = pageOf(all, ranking, { limit: 2, after: null });
    const later = [{ id: 'new', n: 100 }, ...all.filter(({ id }) => id !== 'b')];
    expect(pageOf(later, ranking, { limit: 2, after: next }).rows.map(({ id }) => id)).toEqual(['c', 'd']);
  });

  test('ranks: numbers fall, texts rise', () => {
    expect(compareRanks([2, 'a'], [1, 'a'])).toBeLessThan(0);
    expect(compareRanks([1, 'a'], [1, 'b'])).toBeLessThan(0);
    expect(compareRanks([1, 'a'], [1, 'a'])).toBe(0);
  });
});

describe('a cursor', () => {
  test('gives back range and rank, whatever the ids are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (id, n) => {
        const cursor: Cursor = { range, after: [n, id] };
        const text = writeCursor(question, cursor);
        expect(text).toMatch(/^[\w-]+$/);
        expect(readCursor(text, question, ranking.shape)).toEqual({ ok: true, value: cursor });
      }),
    );
  });

  const good = (after: Rank, at = range, asked = question) => writeCursor(asked, { range: at, after });
  test.each([
    ['', 'empty'],
    ['nonsense', 'no JSON'],
    ['%%%', 'no base64'],
    [btoa('[1,2,3]'), 'other JSON'],
    [btoa('{"__proto__":1}'), 'an object'],
    [good([1]), 'a rank too short'],
    [good([1, 'a', 'b']), 'a rank too long'],
    [good(['1', 'a']), 'a rank of other types'],
    [good([1, 'a'], { fromMinute: 10, toMinute: 10 }), 'an empty range'],
    [good([1, 'a'], { fromMinute: 0, toMinute: 1441 }), 'a range too long'],
    [good([1, 'a'], { fromMinute: -5, toMinute: 10 }), 'a range before time'],
    [good([1, 'a'], { fromMinute: 0.5, toMinute: 10 }), 'a range between minutes'],
    [good([1, 'a'], range, '/api/stats/devices?'), 'the cursor of another question'],
  ])('%s is refused: %s', (text) => {
    const read = readCursor(text, question, ranking.shape);
    expect(read.ok || read.faults[0]?.parameter).toBe('cursor');
  });

  test('belongs to a question: its path and the parameters that the route knows, in any order', () => {
    const names = ['minutes', 'region', 'limit', 'cursor'];
    const of = (query: string) => questionOf('/p', names, new URLSearchParams(query));
    expect(of('region=a&minutes=5')).toBe(of('minutes=5&region=a&limit=7&cursor=x&unknown=1'));
    expect(of('region=a')).not.toBe(of('region=b'));
    expect(of('region=a')).not.toBe(of(''));
  });
});
