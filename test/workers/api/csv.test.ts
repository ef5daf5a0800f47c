import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf, prefersCsv } from '../../../workers/api/csv.ts';
import { parseCsv } from './parse-csv.ts';

describe('CSV', () => {
  test('comes back as it went in, but that no text begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.integer())), (pairs) => {
        const text = csvOf(
          ['id', 'n'],
          pairs.map(([id, n]) => ({ id, n })),
        );
        const safe = (id: string) => (/^[=+\-@\t\r\n]/.test(id) ? `'${id}` : id);
        expect(parseCsv(text)).toEqual([['id', 'n'], ...pairs.map(([id, n]) => [safe(id), String(n)])]);
      }),
    );
  });

  test('has a header without rows, empty cells for null, CRLF at the end', () => {
    expect(csvOf(['a', 'b'], [])).toBe('a,b\r\n');
    expect(csvOf(['a', 'b', 'c'], [{ a: null, b: false, c: -1.5 }])).toBe('a,b,c\r\n,false,-1.5\r\n');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '=cmd|"/c calc"!A1'])(
    '%j is no formula',
    (id) => {
      expect(parseCsv(csvOf(['id'], [{ id }]))[1]).toEqual([`'${id}`]);
    },
  );

  test.each([
    [null, false],
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['text/csv', true],
    ['TEXT/CSV; header=present', true],
    ['text/csv, application/json', false],
    ['text/csv, application/json;q=0.9', true],
    ['application/json, text/csv;q=0.5', false],
    ['text/csv;q=0', false],
    ['text/*', true],
    ['text/csv, */*', true],
    ['text/csv;q=0.5, */*', false],
    ['text/html, application/xhtml+xml, */*;q=0.8', false],
    ['text/csv;q=nonsense', false],
  ])('Accept: %s: %s', (accept, wants) => {
    expect(prefersCsv(accept)).toBe(wants);
  });
});
