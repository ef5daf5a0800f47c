/** Events as a Parquet file (LAK-1), readable by any engine. The columns are those of core/lake/part-columns.ts. */
import { crc32 } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { type PartColumn, type PartFormat, partFormat, verdictColumn } from '../../core/lake/part-columns.ts';
import type { PartAddress } from '../../core/lake/part-name.ts';
import type { SealedPart } from '../../core/lake/seal-steps.ts';
import { assert } from '../../core/protocol/assert.ts';
import { eventTypes, statuses } from '../../core/protocol/event-type.ts';
import { partColumnsAtOnce, partGroupRowsMax } from '../../core/protocol/limits.ts';
import { writeColumnChunk } from './column-chunk.ts';
import { ColumnScratch } from './column-scratch.ts';
import { type ColumnValues, integerValues, textValues, wideValues } from './column-values.ts';
import { fieldOf, partDigest } from './part-digest.ts';
import { crcHex, footerCrc, metadataOf } from './part-metadata.ts';
import { sortedRange } from './part-order.ts';
import { zstdFrame } from './zstd.ts';

type Element = ParquetWriter['schema'][number];

/** How each kind lies in the file. Legacy types alone: every reader knows them, and a time has no zone to convert to. */
const elements: Readonly<Record<PartColumn['kind'], Omit<Element, 'name'>>> = {
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  type: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  status: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  wide: { type: 'INT64' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
};
/** Random bits, of which no two are alike: no dictionary is tried. */
const randomColumns: ReadonlySet<string> = new Set(['event_identity']);

/** Comes back when others of the same thread have had their turn. */
export type Pause = () => Promise<void>;

/**
 * Encodes one part. Row groups are ranges of the order of `rows`, which is the log's; within each, rows are sorted by
 * content type, then user. Takes some 2 µs of CPU an event, and pauses at each few columns of a row group.
 */
export async function encodePart(
  rows: LakeRows,
  address: PartAddress,
  format: PartFormat = partFormat,
  pause: Pause = () => Promise.resolve(),
): Promise<SealedPart> {
  assert(rows.count > 0, 'a part holds events');
  const digest = partDigest(rows, format.columns);
  const writer = new ByteWriter(rows.count * 64);
  const parquet = new ParquetWriter({
    writer,
    schema: schema(format),
    codec: 'ZSTD',
    compressors: { ZSTD: zstdFrame },
    createdBy: `marquee part format ${format.version}`,
  });
  const scratch = new ColumnScratch(Math.min(rows.count, partGroupRowsMax));
  for (const [from, to] of groupsOf(rows.count)) {
    await pause();
    const order = sortedRange(rows, from, to);
    await writeGroup(parquet, writer, { rows, order, address, format, scratch }, pause);
  }
  const facts = { address, formatVersion: format.version, events: rows.count, digest };
  parquet.kvMetadata = metadataOf(facts, columnCrcs(parquet, writer.getBytes()));
  void parquet.finish();
  const bytes = writer.getBytes().slice();
  sealFooter(bytes);
  const { timeMs } = rows.columns;
  return {
    bytes,
    digest,
    events: rows.count,
    fromMs: timeMs.reduce((least, ms) => (ms < least ? ms : least)),
    toMs: timeMs.reduce((greatest, ms) => (ms > greatest ? ms : greatest)),
    formatVersion: format.version,
  };
}

function schema(format: PartFormat): Element[] {
  const columns = format.columns.map(
    ({ name, kind, nullable }): Element => ({
      name,
      repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
      ...elements[kind],
    }),
  );
  const verdict: Element = { name: verdictColumn, repetition_type: 'REQUIRED', ...elements.text };
  return [{ name: 'events', num_children: columns.length + 1 }, ...columns, verdict];
}

/** Half-open ranges of nearly the same size, as large as they may be. */
function groupsOf(count: number): [number, number][] {
  const groups = Math.ceil(count / partGroupRowsMax);
  return Array.from({ length: groups }, (_, n) => [
    Math.floor((count * n) / groups),
    Math.floor((count * (n + 1)) / groups),
  ]);
}

interface Group {
  readonly rows: LakeRows;
  /** Indices of its rows, as they lie in the file. */
  readonly order: Uint32Array;
  readonly address: PartAddress;
  readonly format: PartFormat;
  readonly scratch: ColumnScratch;
}

/** As ParquetWriter.write does, from typed arrays; it makes the footer of what is put down here. */
async function writeGroup(
  parquet: ParquetWriter,
  writer: ByteWriter,
  { rows, order, address, format, scratch }: Group,
  pause: Pause,
): Promise<void> {
  const start = writer.offset;
  const [, ...elementsOf] = parquet.schema;
  const chunks: ReturnType<typeof writeColumnChunk>[] = [];
  for (const [n, element] of elementsOf.entries()) {
    if (n > 0 && n % partColumnsAtOnce === 0) await pause();
    const column = format.columns[n];
    const values = column
      ? valuesOf(rows, column, order, scratch)
      : textValues([address.kind], new Uint8Array(rows.count), 1, order, scratch);
    const isWhole = element.repetition_type === 'OPTIONAL' || values.present === order.length;
    assert(isWhole, `${element.name} is there`);
    chunks.push(writeColumnChunk(writer, element, values, order.length, scratch));
  }
  parquet.pendingIndexes.push(...chunks);
  const columns = chunks.map(({ chunk }) => chunk);
  parquet.num_rows += BigInt(order.length);
  parquet.row_groups.push({
    columns,
    total_byte_size: columns.reduce(
      (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
      0n,
    ),
    num_rows: BigInt(order.length),
    total_compressed_size: BigInt(writer.offset - start),
  });
}

function valuesOf(
  rows: LakeRows,
  { name, field, kind, nullable }: PartColumn,
  order: Uint32Array,
  scratch: ColumnScratch,
): ColumnValues {
  const data = fieldOf(rows, field);
  if ('texts' in data) return textValues(data.texts, data.codes, 0, order, scratch);
  if ('hi' in data) return wideValues(data, nullable, !randomColumns.has(name), order, scratch);
  if (kind === 'type') return textValues(eventTypes, data, 1, order, scratch);
  // The first one stands for none.
  if (kind === 'status') return textValues(statuses.slice(1) as string[], data, 0, order, scratch);
  return integerValues(data, kind === 'int32' ? 1 : 2, nullable, order, scratch);
}

/** Of each column chunk in the order of the file, joined. */
function columnCrcs(parquet: ParquetWriter, bytes: Uint8Array): string {
  return parquet.row_groups
    .flatMap(({ columns }) => columns)
    .map(({ file_offset, meta_data }) => {
      const from = Number(file_offset);
      return crcHex(crc32(bytes.subarray(from, from + Number(meta_data?.total_compressed_size))));
    })
    .join('');
}

/** Puts the CRC of the footer and its length in the place that is kept for it. */
function sealFooter(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = bytes.length - 8 - view.getUint32(bytes.length - 8, true);
  const own = footerCrc(bytes.subarray(start));
  assert(own !== null, 'the footer has a place for its CRC');
  own.place.set(new TextEncoder().encode(own.crc));
}
