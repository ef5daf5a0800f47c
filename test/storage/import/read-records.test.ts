import { env } from 'cloudflare:workers';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import {
  importColumnsMax,
  importPieceBytes,
  importReadBytesMax,
  importRecordBytesMax,
} from '../../../core/protocol/import-limits.ts';
import { type ImportCursor, importStart } from '../../../storage/import/import-cursor.ts';
import { readRecords } from '../../../storage/import/read-records.ts';
import { outcomes, readFile } from './import-reading.ts';

const header = 'id,user_id,movie_id,rating,rating_date';
const row = (i: number) => `${i},u${i},m${i},7,2026-01-01`;
const record = (i: number) => ({
  id: `${i}`,
  user_id: `u${i}`,
  movie_id: `m${i}`,
  rating: '7',
  rating_date: '2026-01-01',
});
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const bytesOf = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );

describe('slices', () => {
  it.each([1, 10, 25, 5_000])('[IMP-2] of %i rows together are the file', async (rowsMax) => {
    const content = [header, ...numbers(25).map(row), ''].join('\n');
    const { items, slices } = await readFile('ratings.csv', content, rowsMax);
    expect(items).toEqual(numbers(25).map((i) => ({ line: i + 2, record: record(i) })));
    expect(slices).toBe(Math.ceil(25 / rowsMax));
  });

  it('[IMP-2] fetch little more than what they give', async () => {
    const content = [header, ...numbers(60_000).map(row), ''].join('\n');
    const { items, bytesRead, slices } = await readFile('ratings.csv', content, 5_000);
    expect([items.length, slices]).toEqual([60_000, 12]);
    expect(bytesRead).toBeLessThan(content.length * 1.15 + 2 * importPieceBytes);
    const lines = numbers(20_000).map((i) => JSON.stringify(record(i)));
    const ndjson = await readFile('ratings.ndjson', lines.join('\n'), 2_000);
    expect(ndjson.items).toHaveLength(20_000);
    expect(ndjson.bytesRead).toBeLessThan(lines.join('\n').length * 1.15 + 2 * importPieceBytes);
  });

  it('[IMP-2] one goes on from the same cursor as often as one likes, and says how far it is', async () => {
    const key = 'imports/ratings.csv';
    await env.LAKE.put(key, [header, ...numbers(30).map(row), ''].join('\n'));
    const first = await readRecords({ bucket: env.LAKE, key }, 'csv', importStart, 10);
    const cursor = first.next as ImportCursor;
    expect(first.share).toBeGreaterThan(0.3);
    expect(first.share).toBeLessThan(0.45);
    const again = [0, 1].map(() => readRecords({ bucket: env.LAKE, key }, 'csv', cursor, 10));
    const [a, b] = await Promise.all(again);
    expect(a?.items).toEqual(b?.items);
    expect(a?.items[0]).toEqual({ line: 12, record: record(10) });
  });

  it('[IMP-2] a file that is replaced or deleted meanwhile is not read on', async () => {
    const key = 'imports/ratings.csv';
    const content = [header, ...numbers(30).map(row), ''].join('\n');
    await env.LAKE.put(key, content);
    const source = { bucket: env.LAKE, key };
    const { next } = await readRecords(source, 'csv', importStart, 10);
    await env.LAKE.put(key, content.replace('u9', 'u8'));
    await expect(readRecords(source, 'csv', next as ImportCursor, 10)).rejects.toMatchObject({
      name: 'ImportFileError',
      file: 'ratings.csv',
      reason: 'it was replaced while it was read',
    });
    await env.LAKE.delete(key);
    await expect(readRecords(source, 'csv', next as ImportCursor, 10)).rejects.toThrow('it was deleted');
    await expect(readRecords(source, 'csv', importStart, 10)).rejects.toThrow('there is no such file');
  });

  it('[IMP-2] what R2 throws is no fault of the file', async () => {
    const head = env.LAKE.head.bind(env.LAKE);
    const get = () => Promise.reject(new Error('get: internal error (10001)'));
    for (const name of ['ratings.csv', 'ratings.ndjson', 'ratings.parquet']) {
      const read = readFile(name, `${header}\n${row(1)}\n`, 10, { head, get } as unknown as R2Bucket);
      await expect(read).rejects.toThrow(/^get: internal error/);
    }
  });

  it('[IMP-5] what R2 throws for the columns of a Parquet file is no fault of the file', async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: 'id', data: ['only here'], type: 'STRING' }] });
    const head = env.LAKE.head.bind(env.LAKE);
    let gets = 0;
    const get = (key: string, options: R2GetOptions) =>
      gets++ === 0 ? env.LAKE.get(key, options) : Promise.reject(new Error('get: internal error (10001)'));
    const read = readFile('users-r2.parquet', bytes, 10, { head, get } as unknown as R2Bucket);
    await expect(read).rejects.toThrow(/^get: internal error/);
    expect(gets).toBe(2);
  });

  it('[IMP-2] a line that does not end is passed over in bounded reads', async () => {
    const key = 'imports/ratings.csv';
    const content = new Uint8Array(importReadBytesMax + 8 * 1024 * 1024).fill(120);
    content.set(bytesOf(`${header}\n`));
    content.set(bytesOf(`\n${row(1)}\n`), content.length - 22);
    await env.LAKE.put(key, content);
    const first = await readRecords({ bucket: env.LAKE, key }, 'csv', importStart, 10);
    expect(first.bytesRead).toBeLessThan(importReadBytesMax + 9 * 1024 * 1024);
    expect(first.items).toMatchObject([{ line: 2, fault: { code: 'field_too_long', field: 'id' } }]);
    expect(first.next).toMatchObject({ isSkipping: true, line: 2 });
    const second = await readRecords({ bucket: env.LAKE, key }, 'csv', first.next as ImportCursor, 10);
    expect(second).toMatchObject({ items: [{ line: 3, record: record(1) }], next: null });
  });
});

describe('CSV', () => {
  it('[IMP-3] a header may have a byte order mark, capitals, blanks, other orders and other columns', async () => {
    const content = bytesOf([0xef, 0xbb, 0xbf], ' ID ,Rating,"user_id",MOVIE_ID,rating_date,mood,\r\n');
    const { items, warnings } = await readFile(
      'ratings.csv',
      bytesOf([...content] as number[], '1,7,u1,m1,2026-01-01,fine,\r\n'),
    );
    expect(items).toEqual([{ line: 2, record: { ...record(1) } }]);
    expect(warnings).toEqual(['the column mood is not known and is not read']);
  });

  it('[IMP-3] ragged rows, Latin-1 and unclosed quotes cost their lines', async () => {
    const content = bytesOf(
      `${header}\n${row(1)}\n2,u2\n${row(3)},more\n4,u`,
      [0xe9],
      `,m4,7,2026-01-01\n5,"u5,m5,7,2026-01-01\n${row(6)}\n`,
    );
    const read = await readFile('ratings.csv', content);
    expect(outcomes(read)).toEqual([
      2,
      '3 ragged_row',
      '4 ragged_row',
      '5 invalid_utf8',
      '6 unclosed_quote',
      7,
    ]);
    expect(read.items[1]).toMatchObject({
      fault: { field: null, message: 'the row has 2 fields where the header has 5' },
    });
    expect(read.items[3]).toMatchObject({ fault: { field: 'user_id' } });
  });

  it('[IMP-3] a header alone is no fault, and neither are empty lines', async () => {
    expect((await readFile('ratings.csv', header)).items).toEqual([]);
    expect(outcomes(await readFile('ratings.csv', `\n${header}\n\n${row(1)}\n\n`))).toEqual([4]);
  });

  const utf16 = (text: string) =>
    bytesOf(
      [0xff, 0xfe],
      text.split('').flatMap((c) => [c.charCodeAt(0), 0]),
    );
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'it is empty'],
    ['newlines alone', '\n\r\n', 'it is empty'],
    ['without a header', `${row(1)}\n`, 'none of the columns of ratings'],
    ['of another table', 'title,genre\nA,B\n', 'none of the columns of ratings'],
    ['without a required column', 'id,user_id,rating,rating_date\n', 'lacks the column movie_id'],
    ['with a column twice', `${header},ID\n`, 'has the column id twice'],
    ['of 10,000 columns', `${numbers(10_000).join(',')}\n`, `more than ${importColumnsMax} columns`],
    ['of one long line', 'x'.repeat(importRecordBytesMax * 2), 'header cannot be read'],
    ['with a header that is not closed', `"${header}\n${row(1)}\n`, 'header cannot be read'],
    ['in UTF-16', utf16(header), 'UTF-16'],
    ['in UTF-16 without a mark', utf16(header).subarray(2), 'no text'],
    ['with a header in Latin-1', bytesOf('id,', [0xe9], '\n'), 'it is not UTF-8'],
    ['gzip', bytesOf([0x1f, 0x8b, 8, 0], 'xxx'), 'gzip'],
    ['a spreadsheet', bytesOf('PK', [3, 4], 'xxx'), 'ZIP'],
    ['Parquet', 'PAR1xxxx', 'is a Parquet file'],
  ])('[IMP-3] a file that is %s is refused', async (_, content, reason) => {
    await expect(readFile('ratings.csv', content)).rejects.toMatchObject({ name: 'ImportFileError' });
    await expect(readFile('ratings.csv', content)).rejects.toThrow(reason);
  });
});

describe('NDJSON', () => {
  it('[IMP-3] each line is judged alone', async () => {
    const content = bytesOf(
      [0xef, 0xbb, 0xbf],
      `${JSON.stringify({ ...record(1), mood: 'fine' })}\r\n\n{"id":2,\n[3]\nnull\n"x"\n{"id":"`,
      [0xe9],
      `"}\n${JSON.stringify({ x: 'y'.repeat(importRecordBytesMax) })}\n{"id":9,"__proto__":{"a":1}}`,
    );
    const read = await readFile('ratings.ndjson', content);
    expect(outcomes(read)).toEqual([
      1,
      '3 invalid_json',
      '4 not_an_object',
      '5 not_an_object',
      '6 not_an_object',
      '7 invalid_utf8',
      '8 record_too_large',
      9,
    ]);
    expect(read.items[0]).toEqual({ line: 1, record: record(1) });
    expect(read.items[7]).toEqual({ line: 9, record: { id: 9 } });
  });

  it('[IMP-3] an empty file has no records; one array is refused, and so is what is no text', async () => {
    expect((await readFile('ratings.ndjson', '')).items).toEqual([]);
    await expect(readFile('ratings.ndjson', '[{"id":1}]')).rejects.toThrow('it is one JSON array');
    await expect(readFile('ratings.ndjson', bytesOf([0xfe, 0xff, 0, 123]))).rejects.toThrow('UTF-16');
  });
});
