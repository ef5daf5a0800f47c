/**
 * The envelope: one queue message, holding chunks of any shards and reject reports, so that a POST which mixes regions
 * still makes one message. Layout: version u8, chunk count, chunks (length-prefixed), reports as JSON (length-prefixed).
 */
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, FormatError } from './bytes.ts';
import { envelopeBytesMax } from './limits.ts';
import type { RejectReport } from './reject-report.ts';
import { envelopeVersion } from './version.ts';

export interface Envelope {
  readonly chunks: readonly Uint8Array[];
  readonly reports: readonly RejectReport[];
}

/** Version, counts and length prefixes: never more than this beside a body's own bytes. */
const frameBytes = 16;

/** `size`: as many bytes as it may take. */
function writeEnvelope(
  chunks: readonly Uint8Array[],
  reports: readonly RejectReport[],
  size: number,
): Uint8Array {
  const out = new ByteWriter(size);
  out.u8(envelopeVersion);
  out.varint(chunks.length);
  for (const chunk of chunks) out.block(chunk);
  out.text(reports.length > 0 ? JSON.stringify(reports) : '');
  return out.finish();
}

/**
 * Packs chunks, then reports, into as few envelopes of at most envelopeBytesMax as next-fit finds.
 * Throws RangeError for a chunk or report that no envelope can hold.
 */
export function packEnvelopes(chunks: readonly Uint8Array[], reports: readonly RejectReport[]): Uint8Array[] {
  const envelopes: Uint8Array[] = [];
  let heldChunks: Uint8Array[] = [];
  let heldReports: RejectReport[] = [];
  let size = frameBytes;
  const flush = (): void => {
    if (heldChunks.length + heldReports.length > 0)
      envelopes.push(writeEnvelope(heldChunks, heldReports, size));
    heldChunks = [];
    heldReports = [];
    size = frameBytes;
  };
  const makeRoom = (bytes: number): void => {
    if (bytes + frameBytes > envelopeBytesMax) throw new RangeError(`${bytes} bytes do not fit an envelope`);
    if (size + bytes > envelopeBytesMax) flush();
    size += bytes;
  };
  for (const chunk of chunks) {
    makeRoom(chunk.length + 4);
    heldChunks.push(chunk);
  }
  for (const report of reports) {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    makeRoom(JSON.stringify(report).length * 3 + 1);
    heldReports.push(report);
  }
  flush();
  return envelopes;
}

function isReport(value: unknown): value is RejectReport {
  const report = value as RejectReport | null;
  return (
    typeof report === 'object' &&
    report !== null &&
    typeof report.door === 'string' &&
    typeof report.producer === 'string' &&
    Number.isSafeInteger(report.minute) &&
    Number.isSafeInteger(report.seq) &&
    typeof report.rejected === 'object' &&
    report.rejected !== null &&
    Number.isSafeInteger(report.twins) &&
    Array.isArray(report.samples)
  );
}

function readReports(text: string): RejectReport[] {
  if (text === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new FormatError('reports are not JSON');
  }
  if (!Array.isArray(parsed) || !parsed.every(isReport)) throw new FormatError('reports have another form');
  return parsed;
}

/** Throws FormatError. Chunks are views into `bytes` and not decoded. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const input = new ByteReader(bytes);
  const version = input.u8();
  if (version !== envelopeVersion) throw new FormatError(`envelope version ${version} is not known`);
  const count = input.varint();
  const chunks: Uint8Array[] = [];
  for (let i = 0; i < count; i++) chunks.push(input.block());
  const reports = readReports(input.text());
  if (input.left > 0) throw new FormatError(`${input.left} bytes behind the end of the envelope`);
  return { chunks, reports };
}
