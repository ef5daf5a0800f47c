import { env } from 'cloudflare:workers';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { importGroupRowsMax } from '../../../core/protocol/import-limits.ts';
import { rowFault } from '../../../core/warehouse/row-fault.ts';
import { type ImportCursor, type ImportItem, importStart } from '../../../storage/import/import-cursor.ts';
import { readRecords } from '../../../storage/import/read-records.ts';

const key = 'imports/users-p.parquet';

async function readAll(bytes: Uint8Array | ArrayBuffer, rowsMax = 10): Promise<ImportItem[]> {
  await env.LAKE.put(key, bytes);
  const items: ImportItem[] = [];
  for (let cursor: ImportCursor | null = importStart; cursor; ) {
    const slice = await readRecords({ bucket: env.LAKE, key }, 'parquet', cursor, rowsMax);
    items.push(...slice.items);
    cursor = slice.next && (JSON.parse(JSON.stringify(slice.next)) as ImportCursor);
  }
  return items;
}

const count = 57;
const ids = Array.from({ length: count }, (_, i) => `u-${i}`);
const columnData: ColumnSource[] = [
  { name: 'id', data: ids, type: 'STRING' },
  { name: 'Age', data: ids.map((_, i) => (i % 3 ? i : null)), type: 'INT32', nullable: true },
  { name: 'signup_date', data: ids.map(() => new Date('2024-02-29')), type: 'TIMESTAMP' },
  { name: 'is_active', data: ids.map((_, i) => i % 2 === 0), type: 'BOOLEAN' },
  { name: 'shoe_size', data: ids.map(() => 9n), type: 'INT64' },
];
const expected = ids.map((id, i) => ({
  line: i + 1,
  record: {
    id,
    age: i % 3 ? i : null,
    signup_date: '2024-02-29T00:00:00.000Z',
    is_active: i % 2 === 0,
  },
}));

describe('reading', () => {
  it.each([5, 20, 100])(
    '[IMP-5] rows come in order, however long a read and a row group are (%i)',
    async (rowsMax) => {
      for (const rowGroupSize of [7, 20, 1000]) {
        const bytes = parquetWriteBuffer({ columnData, rowGroupSize });
        expect(await readAll(bytes, rowsMax)).toEqual(expected);
      }
    },
  );

  it('[IMP-5] columns that are not known are not read, and named once', async () => {
    await env.LAKE.put(key, parquetWriteBuffer({ columnData }));
    const first = await readRecords({ bucket: env.LAKE, key }, 'parquet', importStart, 10);
    expect(first.warnings).toEqual(['the column shoe_size is not known and is not read']);
    const second = await readRecords({ bucket: env.LAKE, key }, 'parquet', first.next as ImportCursor, 10);
    expect(second.warnings).toEqual([]);
    expect(second.share).toBeCloseTo(20 / count);
  });

  it('[IMP-5] integers beyond 2^53 stay whole, and texts that are not UTF-8 reject their row', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: [1n, 9_007_199_254_740_993n], type: 'INT64' },
        {
          name: 'username',
          data: [new Uint8Array([0x63, 0xe9]), new TextEncoder().encode('é')],
          type: 'BYTE_ARRAY',
        },
      ],
    });
    expect(await readAll(bytes)).toEqual([
      { line: 1, fault: rowFault('username', 'invalid_utf8', 'the bytes are not valid UTF-8') },
      { line: 2, record: { id: '9007199254740993', username: 'é' } },
    ]);
  });
});

it('[IMP-5] what one file held is never taken for what another of its name holds', async () => {
  const holding = (name: string) =>
    parquetWriteBuffer({ columnData: [{ name: 'id', data: [name, name], type: 'STRING' }] });
  for (const name of ['a', 'b', 'a']) {
    expect(await readAll(holding(name), 1)).toEqual([
      { line: 1, record: { id: name } },
      { line: 2, record: { id: name } },
    ]);
  }
});

it('[IMP-5] a row group that would take too much memory, and an unknown compression, are refused by name', async () => {
  const rows = importGroupRowsMax + 1;
  const data = new Array<string>(rows).fill('a');
  const columns: ColumnSource[] = [{ name: 'id', data, type: 'STRING' }];
  const large = parquetWriteBuffer({ columnData: columns, rowGroupSize: rows });
  await expect(readAll(large)).rejects.toThrow(`it has a row group of ${rows} rows`);
  const most = parquetWriteBuffer({ columnData: columns, rowGroupSize: importGroupRowsMax });
  await env.LAKE.put(key, most);
  const slice = await readRecords({ bucket: env.LAKE, key }, 'parquet', importStart, 2);
  expect(slice.items).toHaveLength(2);
  const brotli = parquetWriteBuffer({
    columnData: columns.map((column) => ({ ...column, data: ['a'] })),
    codec: 'BROTLI',
    compressors: { BROTLI: (bytes: Uint8Array) => bytes },
  });
  await expect(readAll(brotli)).rejects.toThrow('it is compressed by BROTLI');
});

describe('what is no such file', () => {
  const good = new Uint8Array(parquetWriteBuffer({ columnData }));
  it.each([
    ['empty', new Uint8Array(0), 'too short'],
    ['text', new TextEncoder().encode('id,username\n1,ada\n'), 'does not end as one does'],
    ['cut short', good.subarray(0, good.length - 20), 'does not end as one does'],
    ['without its beginning', good.subarray(400), 'cannot be decoded'],
    ['with a footer longer than the file', withFooterLength(good, 2 ** 31), 'footer would have'],
  ])('[IMP-5] one that is %s', async (_, bytes, reason) => {
    await expect(readAll(bytes)).rejects.toThrow(reason);
  });

  it('[IMP-5] one without a required column', async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: 'username', data: ['ada'], type: 'STRING' }] });
    await expect(readAll(bytes)).rejects.toMatchObject({
      name: 'ImportFileError',
      file: 'users-p.parquet',
      reason: 'it lacks the column id',
    });
  });

  it('[IMP-5] wherever a byte is wrong it is an ImportFileError or other rows, never another error', async () => {
    let refused = 0;
    for (let at = 4; at < good.length; at += 7) {
      const bytes = good.slice();
      bytes[at] = ((bytes[at] as number) + 129) % 256;
      await readAll(bytes).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'ImportFileError' });
        refused++;
      });
    }
    expect(refused).toBeGreaterThan(10);
  });
});

function withFooterLength(bytes: Uint8Array, length: number): Uint8Array {
  const own = bytes.slice();
  new DataView(own.buffer).setUint32(own.length - 8, length, true);
  return own;
}
