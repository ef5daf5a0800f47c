import { describe, expect, it } from 'vitest';
import {
  importColumnsMax,
  importFieldBytesMax,
  importRecordBytesMax,
} from '../../../core/protocol/import-limits.ts';
import { CsvScan } from '../../../core/warehouse/csv-scan.ts';
import type { Scanned } from '../../../core/warehouse/record-scan.ts';
import { scanAll } from './scan-all.ts';

const csv = (text: string | Uint8Array): Scanned[] => scanAll((place) => new CsvScan(place), text);
const rows = (text: string) =>
  csv(text).map((scanned) => ('fields' in scanned ? scanned.fields : scanned.code));

describe('rows', () => {
  it('[IMP-3] quotes hold commas, newlines and doubled quotes', () => {
    expect(rows('a,"b,c","d\r\ne","say ""hi"""\n')).toEqual([['a', 'b,c', 'd\r\ne', 'say "hi"']]);
  });

  it('[IMP-3] rows end with LF, CRLF or CR, mixed, and the last without one', () => {
    expect(csv('a,1\nb,2\r\nc,3\rd,4')).toEqual([
      { line: 1, fields: ['a', '1'] },
      { line: 2, fields: ['b', '2'] },
      { line: 3, fields: ['c', '3'] },
      { line: 4, fields: ['d', '4'] },
    ]);
  });

  it('[IMP-3] lines within quotes count, and empty lines are passed over', () => {
    expect(csv('"a\nb",1\n\r\n\nc,2\n')).toEqual([
      { line: 1, fields: ['a\nb', '1'] },
      { line: 5, fields: ['c', '2'] },
    ]);
    expect(csv('"a\rb\r\nc",1\rd,2').map(({ line }) => line)).toEqual([1, 4]);
  });

  it('[IMP-3] empty fields stay, a quote within a field is text, formulas are text', () => {
    expect(rows(',,\n5" screen,"",=1+1\n')).toEqual([
      ['', '', ''],
      ['5" screen', '', '=1+1'],
    ]);
  });

  it('[IMP-3] text is UTF-8, and one row that is not is rejected alone', () => {
    const latin1 = Uint8Array.from('1,caf\xe9\n2,caf\xc3\xa9\n'.split(''), (c) => c.charCodeAt(0));
    expect(csv(latin1)).toEqual([
      { line: 1, code: 'invalid_utf8', field: 1 },
      { line: 2, fields: ['2', 'café'] },
    ]);
  });
});

describe('what is malformed', () => {
  it('[IMP-3] a quote that never ends costs one line, and is named by the line where it began', () => {
    const tail = Array.from({ length: 20_000 }, (_, i) => `${i},fine\n`).join('');
    const all = csv(`1,a\n2,"b\n${tail}`);
    expect(all.slice(0, 3)).toEqual([
      { line: 1, fields: ['1', 'a'] },
      { line: 2, code: 'unclosed_quote', field: 1 },
      { line: 3, fields: ['0', 'fine'] },
    ]);
    expect(all).toHaveLength(20_002);
  });

  it('[IMP-3] a quote that never ends, behind a field of several lines, is named by its own line', () => {
    expect(csv('1,"a\nb","c\n2,d\n')).toEqual([
      { line: 2, code: 'unclosed_quote', field: 2 },
      { line: 3, fields: ['2', 'd'] },
    ]);
  });

  it('[IMP-3] a quote that the next one closes by mistake costs its line only', () => {
    expect(csv('1,"a\n2,"b",c\n3,d\n')).toEqual([
      { line: 1, code: 'text_after_quote', field: 1 },
      { line: 2, fields: ['2', 'b', 'c'] },
      { line: 3, fields: ['3', 'd'] },
    ]);
  });

  it('[IMP-3] a field has at most its bytes, and a longer one costs its line', () => {
    const longest = 'x'.repeat(importFieldBytesMax);
    for (const [open, close] of [
      ['', ''],
      ['"', '"'],
    ]) {
      expect(rows(`${open}${longest}${close}\n`)).toEqual([[longest]]);
      expect(csv(`${open}${longest}x${close},1\n2,3\n`)).toEqual([
        { line: 1, code: 'field_too_long', field: 0 },
        { line: 2, fields: ['2', '3'] },
      ]);
    }
    expect(csv(`1,${'y'.repeat(1_000_000)}\n2,b\n`)).toEqual([
      { line: 1, code: 'field_too_long', field: 1 },
      { line: 2, fields: ['2', 'b'] },
    ]);
  });

  it('[IMP-3] a row has at most its fields and its bytes', () => {
    const most = Array.from({ length: importColumnsMax }, () => 'a').join(',');
    expect(rows(`${most}\n${most},a\nb\n`)).toEqual([most.split(','), 'too_many_fields', ['b']]);
    const field = 'z'.repeat(importRecordBytesMax / 8 - 1);
    const full = Array.from({ length: 8 }, () => field).join(',');
    expect(rows(`${full}z\n${full}zz\nb\n`)).toEqual([`${full}z`.split(','), 'record_too_large', ['b']]);
  });

  it('[IMP-3] a row that goes on over many lines is given up where it is too much, not line by line', () => {
    const all = csv(`${'a","\n'.repeat(50_000)}`);
    expect(all.length).toBeLessThan(1_000);
    expect(all.slice(0, 2)).toEqual([
      { line: 1, code: 'too_many_fields', field: -1 },
      { line: importColumnsMax + 1, code: 'too_many_fields', field: -1 },
    ]);
  });
});
