/**
 * A row of a shard's log (LOG-2): the chunks of one commit as they came, with the verdict on each event, under a head
 * that holds the state the events were judged by. Replay applies the verdicts and never judges again.
 *
 * Layout: version u8 | head as JSON (length-prefixed) | chunk count | per chunk: verdict bytes (length-prefixed, empty
 * when every event counted), chunk bytes (length-prefixed).
 */
import { ByteReader } from '../protocol/byte-reader.ts';
import { ByteWriter, FormatError } from '../protocol/bytes.ts';
import { logRowVersion } from '../protocol/version.ts';
import { isKnowledge, parseJson, type RegionKnowledge } from './region-knowledge.ts';
import type { WatermarkState } from './watermark.ts';

/** Verdicts on an event. Part of the log's format. */
export const COUNTED = 0;
export const LATE = 1;
export const DUPLICATE = 2;

export interface LogRowHead {
  /** Server time of the commit, ms. */
  readonly atMs: number;
  /** As it stood before this row's events; its value is what they were judged by. */
  readonly watermark: WatermarkState;
  /** Oldest window then taking events (epoch minute). */
  readonly oldestMinute: number;
  /** First row that a window living after this row needs. */
  readonly firstNeededRow: number;
  /** As the commit left it. */
  readonly after: RegionKnowledge;
}

export interface LoggedChunk {
  readonly bytes: Uint8Array;
  /** One verdict an event; null when all are COUNTED. */
  readonly verdicts: Uint8Array | null;
}

/** A row as it rests. */
export interface StoredLogRow {
  readonly row: number;
  readonly body: Uint8Array;
}

export interface LogRow {
  readonly head: LogRowHead;
  readonly chunks: readonly LoggedChunk[];
}

/** Bytes of a row beside its chunks and verdicts, at most: the head is a few numbers, the
 * unwritten hours, and up to alertTracksMax tracks of alerts by content. */
export const logRowHeadBytesMax = 65_536;

export function encodeLogRow(row: LogRow): Uint8Array {
  const size = row.chunks.reduce(
    (sum, chunk) => sum + chunk.bytes.length + (chunk.verdicts?.length ?? 0) + 16,
    0,
  );
  const head = JSON.stringify(row.head);
  // With room for a head of any characters: a row is large, and is neither made larger nor copied.
  const out = new ByteWriter(size + 16 + 3 * head.length);
  out.u8(logRowVersion);
  out.text(head);
  out.varint(row.chunks.length);
  for (const chunk of row.chunks) {
    out.block(chunk.verdicts ?? new Uint8Array(0));
    out.block(chunk.bytes);
  }
  return out.take();
}

/** Throws FormatError. Chunks are views into `bytes` and not decoded. */
export function decodeLogRow(bytes: Uint8Array): LogRow {
  const input = new ByteReader(bytes);
  const head = readHead(input);
  const chunks: LoggedChunk[] = [];
  const count = input.varint();
  for (let i = 0; i < count; i++) {
    const verdicts = input.block();
    chunks.push({ verdicts: verdicts.length > 0 ? verdicts : null, bytes: input.block() });
  }
  if (input.left > 0) throw new FormatError(`${input.left} bytes behind the end of the log row`);
  return { head, chunks };
}

/** The head alone. Throws FormatError. */
export function decodeLogRowHead(bytes: Uint8Array): LogRowHead {
  return readHead(new ByteReader(bytes));
}

function readHead(input: ByteReader): LogRowHead {
  const version = input.u8();
  if (version !== logRowVersion) throw new FormatError(`log row version ${version} is not known`);
  const head = parseJson<LogRowHead>(input.text(), 'the head of a log row');
  const numbers = [head?.atMs, head?.oldestMinute, head?.firstNeededRow, head?.watermark?.valueMs];
  if (!head || !numbers.every(Number.isInteger) || !isKnowledge(head.after)) {
    throw new FormatError('the head of a log row has another form');
  }
  return head;
}
