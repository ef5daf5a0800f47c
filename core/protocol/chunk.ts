/**
 * The chunk: events of one shard as binary columns behind a header that decodes alone (LOG-4). Measured against
 * columnar JSON in docs/decisions/0003. Layout, little-endian:
 *
 *   version u8 | header (see chunk-header-codec.ts) | columns, in the order of encode-rows.ts
 *
 * A 64-bit column is 0x00 (all zero) or 0x01 and 8 bytes an event. An integer column is width u8 (0 to 4 or 6),
 * base varint, then width bytes an event of value - base; nullable ones shift values by one and keep 0 for null.
 * A text column is a dictionary (count, texts) and an integer column of codes, 0 for null.
 */
import type { AcceptedEvent } from './accepted-event.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, FormatError } from './bytes.ts';
import type { NullableColumnName, TextColumnName, wideColumns } from './chunk-columns.ts';
import type { ChunkHeader } from './chunk-header.ts';
import { readHeader, writeHeader } from './chunk-header-codec.ts';
import { readFloats, readOctets, readTexts, readWide } from './column-reader.ts';
import { type ColumnSource, ownColumns } from './column-space.ts';
import { encodeRows } from './encode-rows.ts';
import { EventList } from './event-rows.ts';
import { eventTypes, statuses } from './event-type.ts';
import { chunkEventsMax, envelopeBytesMax } from './limits.ts';

export interface WideColumn {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
}

export interface TextColumn {
  /** Distinct texts; code c stands for texts[c - 1], 0 for null. */
  readonly texts: readonly string[];
  /** Wide ones only where columns of many chunks were joined. */
  readonly codes: Uint16Array | Uint32Array;
}

/** The decoded columns of a chunk; index i of each is event i. Nullable integers hold value + 1, and 0 for null. */
export interface ChunkColumns
  extends Readonly<Record<(typeof wideColumns)[number], WideColumn>>,
    Readonly<Record<TextColumnName, TextColumn>>,
    Readonly<Record<NullableColumnName, Float64Array>> {
  readonly timeMs: Float64Array;
  readonly type: Uint8Array;
  readonly status: Uint8Array;
}

export interface Chunk {
  readonly header: ChunkHeader;
  readonly columns: ChunkColumns;
}

/** Encodes 1 to chunkEventsMax events. `header.count` must be their number. */
export function encodeChunk(header: ChunkHeader, events: readonly AcceptedEvent[]): Uint8Array {
  return encodeRange(header, EventList.of(events), 0, events.length);
}

/** Written anew for each chunk: half of what a chunk's own would take is zeros that nobody reads. */
let out = new ByteWriter(envelopeBytesMax);

function encodeRange(header: ChunkHeader, events: EventList, from: number, to: number): Uint8Array {
  if (header.count !== to - from || to - from < 1 || to - from > chunkEventsMax) {
    throw new RangeError(`a chunk of ${to - from} events under a header of ${header.count}`);
  }
  // What is to be split was larger by far, and is not held for ever.
  if (out.length > envelopeBytesMax) out = new ByteWriter(envelopeBytesMax);
  out.restart();
  writeHeader(out, header);
  encodeRows(out, events, from, to);
  return out.finish();
}

/** The header alone; the body is not looked at. Throws FormatError. */
export function decodeChunkHeader(bytes: Uint8Array): ChunkHeader {
  return readHeader(new ByteReader(bytes));
}

/** A chunk of which the header was read, and no more. */
export interface OpenChunk {
  readonly header: ChunkHeader;
  readonly input: ByteReader;
}

/** Throws FormatError. */
export function openChunk(bytes: Uint8Array): OpenChunk {
  const input = new ByteReader(bytes);
  return { header: readHeader(input), input };
}

/** The whole chunk. Throws FormatError for anything that encodeChunk cannot have written. */
export function decodeChunk(bytes: Uint8Array): Chunk {
  const open = openChunk(bytes);
  return { header: open.header, columns: readColumns(open, ownColumns) };
}

/** The rest of a chunk, once. Throws FormatError as decodeChunk does. */
export function readColumns({ header, input }: OpenChunk, source: ColumnSource): ChunkColumns {
  const count = header.count;
  const octets = (end: number) => readOctets(input, source.octets(count), count, end);
  const wide = () => readWide(input, { hi: source.words(count), lo: source.words(count) }, count);
  const text = () => readTexts(input, source.shorts(count), count, source.pool);
  const floats = () => readFloats(input, source.floats(count), count);
  // A literal, evaluated in the order of the format: every chunk then has one shape, which its readers run faster on.
  const columns: ChunkColumns = {
    timeMs: floats(),
    type: octets(eventTypes.length),
    status: octets(statuses.length),
    identity: wide(),
    user: wide(),
    session: wide(),
    contentId: text(),
    contentType: text(),
    title: text(),
    country: text(),
    deviceType: text(),
    quality: text(),
    subscriptionType: text(),
    errorCode: text(),
    ext: text(),
    durationMs: floats(),
    completionMilli: floats(),
    ratingMilli: floats(),
    bufferingCount: floats(),
    speedKbps: floats(),
    bytes: floats(),
  };
  if (input.left > 0) throw new FormatError(`${input.left} bytes behind the end of the chunk`);
  return columns;
}

/**
 * Encodes any number of events as chunks that each fit an envelope, numbered on from header.firstNumber. Twins and
 * voids go into the first chunk only, so that they count once.
 */
export function splitIntoChunks(header: Omit<ChunkHeader, 'count'>, events: EventList): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  if (events.length > 0) split(header, events, 0, events.length, chunks);
  return chunks;
}

function split(
  header: Omit<ChunkHeader, 'count'>,
  events: EventList,
  from: number,
  to: number,
  chunks: Uint8Array[],
): void {
  const first = chunks.length === 0;
  const part = {
    ...header,
    firstNumber: header.firstNumber + from,
    count: to - from,
    twins: first ? header.twins : 0,
    voids: first ? header.voids : [],
  };
  const bytes = to - from <= chunkEventsMax ? encodeRange(part, events, from, to) : null;
  if (bytes && bytes.length <= envelopeBytesMax - 64) {
    chunks.push(bytes);
    return;
  }
  if (to - from === 1) throw new RangeError('one event is larger than an envelope');
  const middle = (from + to) >>> 1;
  split(header, events, from, middle, chunks);
  split(header, events, middle, to, chunks);
}
