/** CSV and NDJSON, read in pieces: never the whole file, and hardly more than the records that were asked for. */
import {
  importPieceBytes,
  importPieceBytesMax,
  importReadBytesMax,
} from '../../core/protocol/import-limits.ts';
import type { RecordScan, Scanned } from '../../core/warehouse/record-scan.ts';
import type { ImportCursor, ImportItem } from './import-cursor.ts';
import type { ImportFile } from './import-file.ts';

interface TextSlice {
  readonly items: ImportItem[];
  readonly next: ImportCursor | null;
}

/** A piece more than the records should take, since their lengths differ. */
const spareShare = 1.05;

/**
 * Up to `rowsMax` items from the cursor on, which is behind the header. Fewer where the file ends, or where
 * importReadBytesMax are spent without finding so many.
 */
export async function readText(
  file: ImportFile,
  from: ImportCursor,
  rowsMax: number,
  scan: RecordScan,
  itemOf: (scanned: Scanned) => ImportItem,
): Promise<TextSlice> {
  const items: ImportItem[] = [];
  const budget = file.bytesRead + importReadBytesMax;
  let fetched = from.offset;
  for (;;) {
    for (let found = scan.next(); found; found = scan.next()) {
      items.push(itemOf(found));
      if (items.length >= rowsMax) break;
    }
    const { place } = scan;
    if (items.length >= rowsMax || file.bytesRead >= budget || fetched >= file.size) {
      const isEnd = place.offset >= file.size;
      return { items, next: isEnd ? null : cursorAt(file, from, place, items.length) };
    }
    const meanBytes = meanOf(from, place.offset, items.length);
    const { rest } = scan;
    const to = Math.min(file.size, fetched + pieceBytes(meanBytes * (rowsMax - items.length) - rest.length));
    const piece = await file.range(fetched, to);
    fetched = to;
    scan.refill(joined(rest, piece), to >= file.size);
  }
}

function cursorAt(
  file: ImportFile,
  from: ImportCursor,
  place: RecordScan['place'],
  items: number,
): ImportCursor {
  const recordBytes = meanOf(from, place.offset, items);
  return { ...from, ...place, etag: file.etag, size: file.size, recordBytes };
}

/** Bytes of a record: of those that this read has found, or else of those before. */
function meanOf(from: ImportCursor, offset: number, items: number): number {
  return items > 0 ? Math.ceil((offset - from.offset) / items) : from.recordBytes;
}

function pieceBytes(expected: number): number {
  if (expected <= 0) return importPieceBytes;
  return Math.min(Math.max(Math.ceil(expected * spareShare), importPieceBytes / 4), importPieceBytesMax);
}

function joined(rest: Uint8Array, piece: Uint8Array): Uint8Array {
  if (rest.length === 0) return piece;
  const bytes = new Uint8Array(rest.length + piece.length);
  bytes.set(rest);
  bytes.set(piece, rest.length);
  return bytes;
}
