import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvScan } from '../../../core/warehouse/csv-scan.ts';
import { LineScan } from '../../../core/warehouse/line-scan.ts';
import { scanAll } from './scan-all.ts';

/** Texts of the characters that matter, and some others. */
const nasty = fc.string({
  unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', 'é', '\u{1f3ac}', '\ufeff', '\0', '='),
  maxLength: 12,
});
const newline = fc.constantFrom('\n', '\r\n', '\r');
const bytesOf = (values: readonly number[]) => Uint8Array.from(values);
/** Any bytes, most of them those that matter. */
const soup = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(34, 44, 10, 13, 97) }, fc.nat(255)), {
    maxLength: 80,
  })
  .map(bytesOf);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A field may go without quotes unless it needs them. */
function written(text: string, bare: boolean): string {
  return bare && !/["\r\n,]/.test(text) ? text : quoted(text);
}

describe('CSV', () => {
  it('[IMP-3] what a writer of RFC 4180 wrote is read as it was, whatever its newlines', () => {
    const row = fc.tuple(fc.array(fc.tuple(nasty, fc.boolean()), { minLength: 2, maxLength: 5 }), newline);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const text = rows
          .map(([fields, end]) => fields.map(([field, bare]) => written(field, bare)).join(',') + end)
          .join('');
        const read = scanAll((place) => new CsvScan(place), text);
        expect(read.map((scanned) => ('fields' in scanned ? scanned.fields : scanned.code))).toEqual(
          rows.map(([fields]) => fields.map(([field]) => field)),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('pieces', () => {
  const scans = [CsvScan, LineScan];
  it.each(scans)('[IMP-2] %s finds the same in any pieces, and when it begins anew at any record', (Scan) => {
    fc.assert(
      fc.property(
        soup,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        (bytes, piece, restart) => {
          const whole = scanAll((place) => new Scan(place), bytes);
          expect(scanAll((place) => new Scan(place), bytes, piece)).toEqual(whole);
          expect(scanAll((place) => new Scan(place), bytes, piece, restart)).toEqual(whole);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each(scans)('[IMP-3] %s gives each line to at most one record, in order', (Scan) => {
    fc.assert(
      fc.property(soup, (bytes) => {
        const lines = scanAll((place) => new Scan(place), bytes).map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
      }),
      { numRuns: 3_000 },
    );
  });
});
