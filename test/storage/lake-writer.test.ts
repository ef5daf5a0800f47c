// What sealing writes by itself, beside hyparquet and hyparquet-writer, and by its parts.

import { zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { type PartColumn, partColumns, partFormat } from '../../core/lake/part-columns.ts';
import type { PartAddress } from '../../core/lake/part-name.ts';
import { eventTypes, statuses } from '../../core/protocol/event-type.ts';
import { partColumnsAtOnce, partGroupRowsMax, partPageSize } from '../../core/protocol/limits.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { hybridBytesMax, packHybrid } from '../../storage/lake/pack-hybrid.ts';
import { fieldOf } from '../../storage/lake/part-digest.ts';
import { sortedRange } from '../../storage/lake/part-order.ts';
import { unpackHybrid } from '../../storage/lake/part-pages.ts';
import { wordDictionary } from '../../storage/lake/word-dictionary.ts';
import { Random } from '../../tools/producer/random.ts';
import { anyLakeRows, lakeRowsOf, viewsOf } from '../support/lake-rows.ts';

const t0 = 1_800_000_000_000;
const address: PartAddress = {
  region: 'EU-London',
  shard: 0,
  incarnation: 1,
  firstRow: 0,
  lastRow: 99,
  hour: t0 / 3_600_000,
  kind: 'counted',
};

type Value = string | number | bigint | Date | null;

/** A value as SQL sees it. */
function valueAt(rows: LakeRows, { field, kind, nullable }: PartColumn, i: number): Value {
  const data = fieldOf(rows, field);
  if ('texts' in data) return data.codes[i] ? (data.texts[(data.codes[i] as number) - 1] as string) : null;
  if ('hi' in data) {
    const bits = (BigInt(data.hi[i] as number) << 32n) | BigInt(data.lo[i] as number);
    return nullable && bits === 0n ? null : BigInt.asIntN(64, bits);
  }
  const value = data[i] as number;
  if (kind === 'type') return eventTypes[value] as string;
  if (kind === 'status') return value === 0 ? null : (statuses[value] as string);
  if (kind === 'time') return new Date(value);
  if (nullable && value === 0) return null;
  return kind === 'int64' ? BigInt(nullable ? value - 1 : value) : nullable ? value - 1 : value;
}

/** In the order of the file. */
function valuesOf(rows: LakeRows, column: PartColumn): Value[] {
  const groups = Math.ceil(rows.count / partGroupRowsMax);
  const ends = Array.from({ length: groups + 1 }, (_, n) => Math.floor((rows.count * n) / groups));
  return ends
    .slice(1)
    .flatMap((to, n) => [...sortedRange(rows, ends[n] as number, to)])
    .map((i) => valueAt(rows, column, i));
}

async function metadataOf(rows: LakeRows): Promise<{ file: ArrayBuffer; metadata: FileMetaData }> {
  const { bytes } = await encodePart(rows, address);
  const file = bytes.slice().buffer;
  return { file, metadata: parquetMetadata(file) };
}

/** What hyparquet-writer makes of the same values. */
function byLibrary(rows: LakeRows): FileMetaData {
  const types = {
    time: 'TIMESTAMP',
    text: 'STRING',
    type: 'STRING',
    status: 'STRING',
    wide: 'INT64',
    int32: 'INT32',
    int64: 'INT64',
  } as const;
  const columnData = partColumns.map(
    (column): ColumnSource => ({
      name: column.name,
      data: valuesOf(rows, column),
      type: types[column.kind],
      nullable: column.nullable,
    }),
  );
  const groups = Math.ceil(rows.count / partGroupRowsMax);
  const rowGroupSize = Array.from(
    { length: groups },
    (_, n) => Math.floor((rows.count * (n + 1)) / groups) - Math.floor((rows.count * n) / groups),
  );
  return parquetMetadata(parquetWriteBuffer({ columnData, rowGroupSize }));
}

const compressors = {
  ZSTD: (input: Uint8Array, size: number) =>
    zstdDecompressSync(input, { chunkSize: size + 64, maxOutputLength: 2 * size + 128 }),
};

describe('[LAK-3] a part, read by another', () => {
  const narrow = Array.from({ length: 9_000 }, (_, i) => ({
    timeMs: t0 + i,
    userLo: i,
    userHi: i % 2 ? 0xffff_ffff : 0,
    // The last code point below and one above the surrogates, which UTF-16 orders otherwise than bytes.
    title: i % 2 ? '\uffee beyond sixteen bytes' : '🎬 beyond sixteen bytes too',
    ext: i % 3 === 0 ? null : `{"n":"${'x'.repeat(20 + (i % 50))}${i}"}`,
  }));
  const worlds: readonly [string, LakeRows][] = [
    ['any events', anyLakeRows(11, 2_500, t0)],
    ['one event', anyLakeRows(12, 1, t0)],
    [
      'events of which most have nothing',
      lakeRowsOf({ events: viewsOf(...narrow.slice(0, 40).map(() => ({ timeMs: t0 }))) }),
    ],
    ['texts of several pages', lakeRowsOf({ events: viewsOf(...narrow) })],
    ['two row groups', anyLakeRows(13, partGroupRowsMax + 1, t0)],
  ];

  for (const [what, rows] of worlds) {
    test(`has every value of ${what}`, async () => {
      const { file } = await metadataOf(rows);
      const objects = await parquetReadObjects({ file, compressors });
      expect(objects.length).toBe(rows.count);
      for (const column of partColumns) {
        expect(objects.map((object) => object[column.name] as Value)).toEqual(valuesOf(rows, column));
      }
      expect(new Set(objects.map(({ verdict }) => verdict as string))).toEqual(new Set(['counted']));
    });

    test(`has the bounds and nulls of ${what} that hyparquet-writer finds`, async () => {
      const { metadata } = await metadataOf(rows);
      const theirs = byLibrary(rows);
      expect(metadata.row_groups.length).toBe(theirs.row_groups.length);
      for (const [g, group] of theirs.row_groups.entries()) {
        const own = metadata.row_groups[g]?.columns ?? [];
        expect(metadata.row_groups[g]?.num_rows).toBe(group.num_rows);
        for (const [c, { meta_data }] of group.columns.entries()) {
          const name = partColumns[c]?.name;
          expect({ name, ...own[c]?.meta_data?.statistics }).toEqual({ name, ...meta_data?.statistics });
          expect(own[c]?.meta_data?.num_values).toBe(meta_data?.num_values);
        }
      }
    });
  }

  test('keeps its pages as small as can be compressed, and texts too many for a dictionary as they are', async () => {
    const { metadata } = await metadataOf(worlds[3]?.[1] as LakeRows);
    const columns = new Map(
      metadata.row_groups[0]?.columns.map(({ meta_data }) => [meta_data?.path_in_schema[0], meta_data]),
    );
    expect(columns.get('title')?.encodings).toEqual(['PLAIN', 'RLE_DICTIONARY']);
    expect(columns.get('ext')?.encodings).toEqual(['PLAIN']);
    expect(columns.get('event_identity')?.encodings).toEqual(['PLAIN']);
    const pagesOf = (name: string) => columns.get(name)?.encoding_stats?.at(-1)?.count ?? 0;
    expect(pagesOf('user_id')).toBe(Math.ceil((8_999 * 8) / partPageSize));
    expect(pagesOf('ext')).toBeGreaterThan((6_000 * 50) / partPageSize);
    expect(pagesOf('title')).toBe(1);
  });
});

describe('[LAK-1] encoding in pieces', () => {
  test('pauses before each row group, and at each few of its columns', async () => {
    let pauses = 0;
    const pause = () => {
      pauses++;
      return Promise.resolve();
    };
    const pausesFor = async (count: number) => {
      pauses = 0;
      await encodePart(anyLakeRows(15, count, t0), address, partFormat, pause);
      return pauses;
    };
    const ofGroup = Math.ceil((partColumns.length + 1) / partColumnsAtOnce);
    expect(await pausesFor(1)).toBe(ofGroup);
    expect(await pausesFor(partGroupRowsMax + 1)).toBe(2 * ofGroup);
  });

  test('makes of several parts at once what it makes of each alone', async () => {
    const rows = [16, 17, 18].map((seed) => anyLakeRows(seed, 400 * (seed - 15), t0));
    const pause = () => scheduler.wait(0);
    const together = await Promise.all(rows.map((of) => encodePart(of, address, partFormat, pause)));
    for (const [n, of] of rows.entries())
      expect(together[n]?.bytes).toEqual((await encodePart(of, address)).bytes);
  });
});

describe('what the writer is made of', () => {
  test('codes come back from runs and packed bits, in no more bytes than there is room for', () => {
    const random = new Random('hybrid', 1);
    const below = (end: number): number => Math.floor(random.between(0, end));
    for (let n = 0; n < 400; n++) {
      const width = n % 14;
      const length = below(3) === 0 ? below(20) : below(600);
      const values = new Uint32Array(length);
      for (let i = 0; i < length; ) {
        const run = below(2) === 0 ? 1 + below(4) : 1 + below(40);
        values.fill(below(2 ** width), i, i + run);
        i += run;
      }
      const from = below(Math.min(9, length + 1));
      // What lay there before must not show.
      const bytes = new Uint8Array(hybridBytesMax(length - from, width) + 1).fill(0xff);
      const end = packHybrid(values, from, length, width, bytes, 1);
      expect(end, `seed 1, ${n}`).toBeLessThanOrEqual(bytes.length);
      const again = new Uint8Array(bytes.length);
      packHybrid(values, from, length, width, again, 1);
      expect(again.subarray(1, end), `seed 1, ${n}`).toEqual(bytes.subarray(1, end));
      const read = new Uint32Array(length - from);
      unpackHybrid(bytes.subarray(1, end), width, read);
      expect(read, `seed 1, ${n}`).toEqual(values.slice(from));
    }
  });

  test('a dictionary numbers values as they come, and is given up beyond its size', () => {
    const slots = new Uint16Array(64);
    const codes = new Uint32Array(40);
    const pairs = Uint32Array.from({ length: 40 }, (_, i) => (i % 2 ? 7 : i >>> 2));
    expect(wordDictionary(pairs, 20, 2, 10, codes, slots)?.count).toBe(10);
    expect([...codes.subarray(0, 6)]).toEqual([0, 0, 1, 1, 2, 2]);
    expect(wordDictionary(pairs, 20, 2, 9, codes, slots)).toBeNull();
    // Alike in one half alone.
    const halves = Uint32Array.of(1, 2, 1, 3, 2, 2, 1, 2);
    expect([...(wordDictionary(halves, 4, 2, 3, codes, slots)?.words ?? [])]).toEqual([1, 2, 1, 3, 2, 2]);
    expect([...codes.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
    expect([...(wordDictionary(halves, 8, 1, 3, codes, slots)?.words ?? [])]).toEqual([1, 2, 3]);
  });

  test('events are sorted as comparing them would sort them', () => {
    const random = new Random('order', 1);
    const one = (...of: number[]): number => of[Math.floor(random.between(0, of.length))] as number;
    const events = Array.from({ length: 3_000 }, () => ({
      timeMs: t0,
      contentType: [null, 'series', 'movie', 'Film'][one(0, 1, 2, 3)] as string | null,
      userHi: one(0, 1, 0x7fff_ffff, 0xffff_ffff),
      userLo: one(0, 1, 2_047, 2_048, 0x0040_0000, 0xffff_fffe),
    }));
    const rows = lakeRowsOf({ events: viewsOf(...events) });
    const { contentType, user } = rows.columns;
    const typeOf = (i: number): string =>
      contentType.codes[i] ? (contentType.texts[(contentType.codes[i] as number) - 1] as string) : '';
    const compare = (a: number, b: number): number =>
      (typeOf(a) < typeOf(b) ? -1 : typeOf(a) > typeOf(b) ? 1 : 0) ||
      (user.hi[a] as number) - (user.hi[b] as number) ||
      (user.lo[a] as number) - (user.lo[b] as number) ||
      a - b;
    const range = Array.from({ length: 2_000 }, (_, k) => 500 + k);
    expect([...sortedRange(rows, 500, 2_500)]).toEqual(range.sort(compare));
  });
});
