// What a reader makes of parts: pruned, corrupt, old, and newer than itself.
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { type PartColumn, type PartFormat, partColumns } from '../../core/lake/part-columns.ts';
import { type PartAddress, partName } from '../../core/lake/part-name.ts';
import type { WideColumn } from '../../core/protocol/chunk.ts';
import { partGroupRowsMax } from '../../core/protocol/limits.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { PartError } from '../../storage/lake/part-error.ts';
import { readPartFooter } from '../../storage/lake/part-footer.ts';
import { readGroups, readPart } from '../../storage/lake/read-part.ts';
import { storedFrame, zstdFrame } from '../../storage/lake/zstd.ts';
import { Random } from '../../tools/producer/random.ts';
import v1 from '../support/fixtures/part-v1.json';
import { anyLakeRows, eventsOf, lakeRowsOf, viewsOf } from '../support/lake-rows.ts';
import { memorySource } from '../support/part-source.ts';

const t0 = 1_800_000_000_000;
const minute = 60_000;
const address: PartAddress = {
  region: 'EU-London',
  shard: 0,
  incarnation: 1,
  firstRow: 0,
  lastRow: 99,
  hour: t0 / 3_600_000,
  kind: 'counted',
};
const name = partName(address);

async function collect<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const groups: T[] = [];
  for await (const group of parts) groups.push(group);
  return groups;
}

const bytesOf = async (rows: LakeRows) => (await encodePart(rows, address)).bytes;
const base64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));

describe('row groups', () => {
  test('hold 10,000 to 20,000 events where there are as many, as ranges of the log', async () => {
    const views = viewsOf(...Array.from({ length: partGroupRowsMax + 1 }, () => ({ timeMs: t0 })));
    const sizes = async (count: number) => {
      const part = await encodePart(lakeRowsOf({ events: views.slice(0, count) }), address);
      return (await readPartFooter(memorySource(name, part.bytes))).groups.map(({ rows }) => rows);
    };
    expect(await sizes(1)).toEqual([1]);
    expect(await sizes(partGroupRowsMax)).toEqual([partGroupRowsMax]);
    expect(await sizes(partGroupRowsMax + 1)).toEqual([10_000, 10_001]);
  });

  test('[LAK-2] are sorted by content type, then user, and come back in the order of the log', async () => {
    const events = viewsOf(
      { timeMs: t0, contentType: 'series', userLo: 2 },
      { timeMs: t0, contentType: 'movie', userLo: 9 },
      { timeMs: t0, contentType: null, userLo: 5 },
      { timeMs: t0, contentType: 'movie', userLo: 3 },
      { timeMs: t0, contentType: 'movie', userHi: 1, userLo: 0 },
    );
    const rows = lakeRowsOf({ events });
    const source = memorySource(name, await bytesOf(rows));
    const asStored: PartColumn[] = partColumns.filter(
      ({ field }) => field === 'user' || field === 'contentType',
    );
    const [group] = await collect(readGroups(source, { version: 1, columns: asStored }));
    const user = group?.fields.user as WideColumn;
    expect([...user.hi]).toEqual([0, 0, 0, 1, 0]);
    expect([...user.lo]).toEqual([5, 3, 9, 0, 2]);
    expect((await collect(readPart(source))).flatMap(eventsOf)).toEqual(eventsOf(rows));
  });

  test('that no number can order at once are put in order all the same', async () => {
    const events = viewsOf({ timeMs: t0, userLo: 2 }, { timeMs: t0, userLo: 1 });
    const rows = lakeRowsOf({ events, place: { logRow: 1 } }, { events, place: { logRow: 2 ** 52 } });
    const groups = await collect(readPart(memorySource(name, await bytesOf(rows))));
    expect(groups.flatMap(eventsOf)).toEqual(eventsOf(rows));
  });
});

describe('a pruned read', () => {
  const half = partGroupRowsMax / 2 + 1;
  const lot = (fromMs: number, contentType: string) => ({
    events: viewsOf(
      ...Array.from({ length: half }, (_, i) => ({ timeMs: fromMs + i, contentType, userLo: i })),
    ),
  });
  // Two row groups:  |m0 .. movie|  |m20 .. series, its time half an hour later|
  const rows = lakeRowsOf(lot(t0, 'movie'), lot(t0 + 20 * minute, 'series'));

  test('[LAK-2] reads the columns that are wanted, and no more than the gaps between them', async () => {
    const bytes = await bytesOf(rows);
    const all = memorySource(name, bytes);
    await collect(readPart(all));
    const some = memorySource(name, bytes);
    const groups = await collect(readPart(some, ['timeMs', 'producer']));
    expect(groups.map(({ count }) => count)).toEqual([half, half]);
    expect(groups[0]?.columns.timeMs).toEqual(rows.columns.timeMs.slice(0, half));
    expect(groups[0]?.columns.type).toHaveLength(0);
    expect(groups[0]?.columns.user.hi).toHaveLength(0);
    expect(groups[0]?.producer.texts).toEqual(['local']);
    expect(all.read.bytes).toBeGreaterThan(bytes.length * 0.9);
    expect(some.read.bytes).toBeLessThan(bytes.length * 0.7);
    expect(await largestRead(bytes)).toBeLessThan(bytes.length * 0.6);
  });

  test('[LAK-2] passes over row groups that cannot hold the times or the content type', async () => {
    const bytes = await bytesOf(rows);
    const firsts = async (filter: Parameters<typeof readPart>[2]) => {
      const source = memorySource(name, bytes);
      const groups = await collect(readPart(source, ['timeMs', 'contentType'], filter));
      return { groups: groups.map(({ columns }) => columns.contentType.texts[0]), reads: source.read.reads };
    };
    expect(await firsts({ contentType: 'movie' })).toEqual({ groups: ['movie'], reads: 3 });
    expect(await firsts({ contentType: 'series' })).toMatchObject({ groups: ['series'] });
    expect(await firsts({ contentType: 'novel' })).toEqual({ groups: [], reads: 1 });
    expect(await firsts({ fromMs: t0 + half })).toMatchObject({ groups: ['series'] });
    expect(await firsts({ fromMs: t0 + half - 1 })).toMatchObject({ groups: ['movie', 'series'] });
    expect(await firsts({ toMs: t0 + 20 * minute })).toMatchObject({ groups: ['movie'] });
    expect(await firsts({ toMs: t0 + 20 * minute + 1 })).toMatchObject({ groups: ['movie', 'series'] });
  });

  async function largestRead(bytes: Uint8Array): Promise<number> {
    let largest = 0;
    const source = memorySource(name, bytes);
    const range = async (from: number, to: number) => {
      largest = Math.max(largest, to - from);
      return await source.range(from, to);
    };
    await collect(readPart({ ...source, range }));
    return largest;
  }
});

describe('a part that is not as it was written', () => {
  test('[LAK-2] 1,000 corruptions: each is named, or changes nothing that is read', async () => {
    const rows = anyLakeRows(3, 400, t0, 90);
    const good = await bytesOf(rows);
    const meant = JSON.stringify(eventsOf(rows));
    const random = new Random('corrupt', 1);
    const below = (end: number): number => Math.floor(random.between(0, end));
    const harmless: number[] = [];
    for (let n = 0; n < 1000; n++) {
      const bytes = n % 4 === 3 ? good.slice(0, below(good.length)) : good.slice();
      const at = n % 4 === 2 ? good.length - 1 - below(2500) : below(good.length);
      if (n % 4 !== 3) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
      try {
        const groups = await collect(readPart(memorySource(name, bytes)));
        expect(JSON.stringify(groups.flatMap(eventsOf)), `seed 1, corruption ${n} at ${at}`).toBe(meant);
        harmless.push(at);
      } catch (error) {
        expect(error, `seed 1, corruption ${n} at ${at}: ${String(error)}`).toBeInstanceOf(PartError);
        expect(String(error)).toContain(name);
      }
    }
    // The word PAR1 at the start is all that nothing vouches for; the verdict column is read by SQL alone.
    expect(harmless.length).toBeLessThan(20);
  });

  test('and one under another name, are refused', async () => {
    const bytes = await bytesOf(anyLakeRows(4, 10, t0));
    const other = partName({ ...address, lastRow: 100 });
    await expect(collect(readPart(memorySource(other, bytes)))).rejects.toThrow(
      `it holds what is called ${name}`,
    );
  });
});

describe('Zstandard of this runtime', () => {
  test('compresses or stores whatever there is, and inflates it to what it was', () => {
    const random = new Random('zstd', 1);
    for (const length of [0, 1, 70, 40_000, 80_000, 131_072, 131_073, 400_000]) {
      const input = Uint8Array.from({ length }, () => random.between(0, 256));
      for (const frame of [zstdFrame(input), storedFrame(input)]) {
        const options = { chunkSize: length + 64, maxOutputLength: 2 * length + 128 };
        expect(Uint8Array.from(zstdDecompressSync(frame, options))).toEqual(input);
      }
    }
  });

  test('takes a part of random texts larger than it can compress', async () => {
    const random = new Random('texts', 1);
    const sign = (): string => String.fromCharCode(random.between(0x4e00, 0x9fff));
    const ext = (): string => Array.from({ length: 500 }, sign).join('');
    const rows = lakeRowsOf({
      events: viewsOf(...Array.from({ length: 300 }, () => ({ timeMs: t0, ext: ext() }))),
    });
    const [group] = await collect(readPart(memorySource(name, await bytesOf(rows))));
    expect(eventsOf(group as LakeRows)).toEqual(eventsOf(rows));
  });
});

describe('versions', () => {
  const appVersion = { name: 'app_version', kind: 'text', nullable: true, since: 2 } as const;
  const v2: PartFormat = {
    version: 2,
    columns: [...partColumns, { ...appVersion, field: 'appVersion' as PartColumn['field'] }],
  };

  test('[LAK-2] a part of version 1, kept from when it was written, is read as it was then', async () => {
    const source = memorySource(v1.name, base64(v1.bytes));
    const groups = await collect(readPart(source));
    expect(groups.flatMap(eventsOf)).toEqual(v1.events);
    expect((await readPartFooter(source)).digest).toBe(v1.digest);
  });

  test('[LAK-2] a reader that knows a later version, of a column more, reads old and new parts together', async () => {
    const rows = lakeRowsOf({ events: viewsOf({ timeMs: t0 }, { timeMs: t0 + 1 }) });
    const newer = { ...rows, appVersion: { texts: ['7.1'], codes: Uint16Array.of(0, 1) } };
    const part = await encodePart(newer, address, v2);
    const [own] = await collect(readGroups(memorySource(name, part.bytes), v2));
    expect(own?.fields.appVersion).toEqual({ texts: ['7.1'], codes: Uint16Array.of(0, 1) });
    const [old] = await collect(readGroups(memorySource(v1.name, base64(v1.bytes)), v2));
    expect(old?.rows).toBe(v1.events.length);
    expect(old?.fields.appVersion).toEqual({ texts: [], codes: new Uint16Array(v1.events.length) });
    expect(old?.fields.timeMs).toEqual(Float64Array.from(v1.events, ({ timeMs }) => timeMs));
  });

  test('[LAK-2] a part of a version that is not known is refused by name', async () => {
    const rows = lakeRowsOf({ events: viewsOf({ timeMs: t0 }) });
    const part = await encodePart(rows, address, { ...v2, version: 2, columns: partColumns });
    const reading = collect(readPart(memorySource(name, part.bytes)));
    await expect(reading).rejects.toThrow(`${name}: it is of format 2; this reader knows formats 1 to 1`);
  });
});

describe('the digest of a part', () => {
  test('[LAK-2] is of its content: equal for the same events, another for any other', async () => {
    const digest = async (rows: LakeRows) => (await encodePart(rows, address)).digest;
    const rows = anyLakeRows(5, 60, t0);
    expect(await digest(anyLakeRows(5, 60, t0))).toBe(await digest(rows));
    expect(await digest(anyLakeRows(6, 60, t0))).not.toBe(await digest(rows));
    const { texts, codes } = rows.columns.country;
    const turned = { texts: ['nowhere', ...texts], codes: codes.map((code) => (code === 0 ? 0 : code + 1)) };
    expect(await digest({ ...rows, columns: { ...rows.columns, country: turned } })).toBe(await digest(rows));
    const bytes = rows.columns.bytes.slice();
    bytes[59] = (bytes[59] as number) + 1;
    expect(await digest({ ...rows, columns: { ...rows.columns, bytes } })).not.toBe(await digest(rows));
    const { hi, lo } = rows.columns.session;
    const session = { hi, lo: lo.map((word, i) => (i === 30 ? word + 1 : word)) };
    expect(await digest({ ...rows, columns: { ...rows.columns, session } })).not.toBe(await digest(rows));
    const [read] = await collect(readPart(memorySource(name, await bytesOf(rows))));
    expect(await digest(read as LakeRows)).toBe(await digest(rows));
  });
});
