/**
 * Reads parts of the lake: by column, row group by row group, in pieces. Whatever is read is checked against CRCs: of
 * the footer, and of each column of each row group. So a part is either read as it was written, or refused by name;
 * what a pruned read leaves out is not looked at.
 */
import { crc32 } from 'node:zlib';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import {
  type LakeField,
  orderFields,
  type PartColumn,
  type PartFormat,
  partColumns,
  partFormat,
} from '../../core/lake/part-columns.ts';
import type { TextColumn } from '../../core/protocol/chunk.ts';
import type { TextColumnName } from '../../core/protocol/chunk-columns.ts';
import { eventTypes, statuses } from '../../core/protocol/event-type.ts';
import { partGapBytesMax, partPageBytesMax } from '../../core/protocol/limits.ts';
import { decodeIntegers, decodeTexts, decodeWide, type Places } from './decode-column.ts';
import { placesOf } from './log-order.ts';
import { PartError } from './part-error.ts';
import { type ColumnChunk, type PartFooter, type RowGroup, readPartFooter } from './part-footer.ts';
import { type ColumnPages, readPages } from './part-pages.ts';
import type { PartSource } from './part-source.ts';

export type LakeColumnName = LakeField;

/** Row groups that cannot hold what is asked for are not read. Others are read whole: this is no filter of rows. */
export interface GroupFilter {
  /** Half-open range of event times, ms. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly contentType?: string;
}

type Data = Float64Array | Uint32Array | Uint8Array | TextColumn | ReturnType<typeof decodeWide>;
type Fields = Readonly<Record<string, Data>>;

/**
 * One LakeRows a row group, each and all in the order of the log; log row and index are always there, columns that
 * are not wanted are empty. Memory: one row group. Throws PartError for anything that is not as it was written.
 */
export async function* readPart(
  source: PartSource,
  wanted?: readonly LakeColumnName[],
  filter?: GroupFilter,
): AsyncGenerator<LakeRows> {
  const fields = wanted && new Set([...wanted, ...orderFields]);
  const columns = partColumns.filter(({ field }) => !fields || fields.has(field));
  for await (const { rows, fields: data } of readGroups(source, { ...partFormat, columns }, filter))
    yield lakeRows(rows, data);
}

/** Row groups as columns by field. Parts of a version beyond the format's are refused. */
export async function* readGroups(
  source: PartSource,
  { version, columns }: PartFormat,
  filter: GroupFilter = {},
): AsyncGenerator<{ readonly rows: number; readonly fields: Fields }> {
  const footer = await guarded(source.name, () => readPartFooter(source, version));
  for (const group of footer.groups) {
    if (!mayHold(group, filter)) continue;
    const wanted = chunksOf(source.name, footer, group, columns);
    const bytes = await fetchChunks(source, [...wanted.values()]);
    yield await guarded(source.name, () => ({ rows: group.rows, fields: decodeGroup(group, wanted, bytes) }));
  }
}

/** What a malformed part makes its decoders throw is an error of the part. What a source throws stays what it is. */
async function guarded<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const malformed = error instanceof RangeError || error instanceof TypeError || isZlib(error);
    if (!malformed) throw error;
    throw new PartError(name, `it cannot be decoded: ${error.message}`, error);
  }
}

const isZlib = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ZSTD');

function mayHold({ columns }: RowGroup, { fromMs, toMs, contentType }: GroupFilter): boolean {
  const time = columns.get('event_time')?.meta.statistics;
  const type = columns.get('content_type')?.meta.statistics;
  const [least, greatest] = [time?.min_value, time?.max_value];
  if (fromMs !== undefined && greatest instanceof Date && greatest.getTime() < fromMs) return false;
  if (toMs !== undefined && least instanceof Date && least.getTime() >= toMs) return false;
  if (contentType === undefined || typeof type?.min_value !== 'string' || typeof type.max_value !== 'string')
    return true;
  // Bounds may be cut to 16 bytes, the upper one raised: still bounds, if texts are compared as UTF-8.
  return compareUtf8(type.min_value, contentType) <= 0 && compareUtf8(contentType, type.max_value) <= 0;
}

const utf8 = new TextEncoder();

function compareUtf8(a: string, b: string): number {
  const [left, right] = [utf8.encode(a), utf8.encode(b)];
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  }
  return left.length - right.length;
}

function chunksOf(
  name: string,
  { formatVersion }: PartFooter,
  { columns }: RowGroup,
  wanted: readonly PartColumn[],
): Map<PartColumn, ColumnChunk | null> {
  return new Map(
    wanted.map((column) => {
      const chunk = columns.get(column.name) ?? null;
      if (!chunk && column.since <= formatVersion)
        throw new PartError(name, `it has no column ${column.name}`);
      return [column, chunk];
    }),
  );
}

/** The bytes of each chunk, in as few reads as gaps allow, checked. */
async function fetchChunks(
  source: PartSource,
  chunks: readonly (ColumnChunk | null)[],
): Promise<ReadonlyMap<ColumnChunk, Uint8Array>> {
  const fetched = new Map<ColumnChunk, Uint8Array>();
  const ordered = chunks.filter((chunk) => chunk !== null).sort((a, b) => a.from - b.from);
  let run: ColumnChunk[] = [];
  const flush = async (): Promise<void> => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) return;
    const bytes = await source.range(first.from, last.to);
    for (const chunk of run) {
      const own = bytes.subarray(chunk.from - first.from, chunk.to - first.from);
      if (crc32(own) !== Number.parseInt(chunk.crc, 16))
        throw new PartError(source.name, `its column ${chunk.element.name} is corrupt`);
      fetched.set(chunk, own);
    }
    run = [];
  };
  for (const chunk of ordered) {
    const [first, last] = [run[0], run.at(-1)];
    if (chunk.to - (first ?? chunk).from > partPageBytesMax) await flush();
    else if (last && chunk.from - last.to > partGapBytesMax) await flush();
    run.push(chunk);
  }
  await flush();
  return fetched;
}

function decodeGroup(
  { rows }: RowGroup,
  wanted: ReadonlyMap<PartColumn, ColumnChunk | null>,
  bytes: ReadonlyMap<ColumnChunk, Uint8Array>,
): Fields {
  const fields: Record<string, Data> = {};
  let places: Places = null;
  for (const [column, chunk] of wanted) {
    const own = chunk && bytes.get(chunk);
    const pages = chunk && own ? readPages(own, chunk) : null;
    fields[column.field] = decodeColumn(column, pages, rows, places);
    // The first two columns are those that say the order; they are put into it themselves behind the second.
    if (places || !('logRow' in fields) || !('index' in fields)) continue;
    const order = placesOf(fields.logRow as Float64Array, fields.index as Uint32Array);
    places = order.places;
    fields.logRow = order.logRow;
    fields.index = order.index;
  }
  return fields;
}

/** An older part, which lacks the column, gives nothing for it. */
function decodeColumn(column: PartColumn, pages: ColumnPages | null, rows: number, places: Places): Data {
  const { kind, field, nullable } = column;
  const own = pages ?? { dictionary: null, pages: [emptyPage(rows)] };
  const bias = nullable ? 1 : 0;
  switch (kind) {
    case 'wide':
      return decodeWide(own, places, { hi: new Uint32Array(rows), lo: new Uint32Array(rows) });
    case 'text':
      return decodeTexts(own, rows, places);
    case 'type':
      return wordCodes(decodeTexts(own, rows, places), eventTypes);
    case 'status':
      return wordCodes(decodeTexts(own, rows, places), statuses);
    case 'int32': {
      const narrow = field === 'index' || field === 'pseudonymVersion';
      const target = narrow ? new Uint32Array(rows) : new Float64Array(rows);
      return decodeIntegers(own, 'INT32', places, target, bias);
    }
    case 'int64':
    case 'time':
      return decodeIntegers(own, 'INT64', places, new Float64Array(rows), bias);
  }
}

function emptyPage(rows: number): ColumnPages['pages'][number] {
  return {
    encoding: 'PLAIN',
    count: rows,
    present: 0,
    levels: new Uint8Array(rows),
    values: new Uint8Array(0),
  };
}

/** Places in a list of words; nothing is the first. */
function wordCodes({ texts, codes }: TextColumn, words: readonly string[]): Uint8Array {
  const codeOf = [0, ...texts.map((text) => words.indexOf(text))];
  if (codeOf.includes(-1)) throw new RangeError(`an unknown word among ${texts.join(', ')}`);
  return Uint8Array.from(codes, (code) => codeOf[code] as number);
}

function lakeRows(count: number, fields: Fields): LakeRows {
  const none: TextColumn = { texts: [], codes: new Uint16Array(0) };
  const text = (name: TextColumnName | 'door' | 'producer') => (fields[name] ?? none) as TextColumn;
  const numbers = (name: LakeField) => (fields[name] ?? new Float64Array(0)) as Float64Array;
  const words = (name: LakeField) => (fields[name] ?? new Uint32Array(0)) as Uint32Array;
  const bytes = (name: LakeField) => (fields[name] ?? new Uint8Array(0)) as Uint8Array;
  const wide = (name: LakeField) =>
    (fields[name] ?? { hi: new Uint32Array(0), lo: new Uint32Array(0) }) as ReturnType<typeof decodeWide>;
  return {
    count,
    columns: {
      timeMs: numbers('timeMs'),
      type: bytes('type'),
      status: bytes('status'),
      identity: wide('identity'),
      user: wide('user'),
      session: wide('session'),
      contentId: text('contentId'),
      contentType: text('contentType'),
      title: text('title'),
      country: text('country'),
      deviceType: text('deviceType'),
      quality: text('quality'),
      subscriptionType: text('subscriptionType'),
      errorCode: text('errorCode'),
      ext: text('ext'),
      durationMs: numbers('durationMs'),
      completionMilli: numbers('completionMilli'),
      ratingMilli: numbers('ratingMilli'),
      bufferingCount: numbers('bufferingCount'),
      speedKbps: numbers('speedKbps'),
      bytes: numbers('bytes'),
    },
    logRow: numbers('logRow'),
    index: words('index'),
    receivedAtMs: numbers('receivedAtMs'),
    door: text('door'),
    doorNumber: numbers('doorNumber'),
    producer: text('producer'),
    pseudonymVersion: words('pseudonymVersion'),
  };
}
