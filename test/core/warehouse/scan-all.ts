import type { RecordScan, Scanned, ScanPlace } from '../../../core/warehouse/record-scan.ts';

const start: ScanPlace = { offset: 0, line: 1, isSkipping: false };

/** Everything that a scan finds, handed its bytes in pieces; a new scan takes over after `restartEvery` items. */
export function scanAll(
  make: (place: ScanPlace) => RecordScan,
  text: string | Uint8Array,
  pieceBytes = 64 * 1024,
  restartEvery = Number.POSITIVE_INFINITY,
): Scanned[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const all: Scanned[] = [];
  let scan = make(start);
  let to = 0;
  for (;;) {
    for (let found = scan.next(); found; found = scan.next()) {
      all.push(found);
      if (all.length % restartEvery !== 0) continue;
      scan = make(scan.place);
      to = Math.min(bytes.length, scan.place.offset + pieceBytes);
      scan.refill(bytes.slice(scan.place.offset, to), to === bytes.length);
    }
    if (to >= bytes.length && scan.place.offset >= bytes.length) return all;
    if (all.length > bytes.length + 1) throw new Error('more records than bytes');
    to = Math.min(bytes.length, to + pieceBytes);
    scan.refill(bytes.slice(scan.place.offset, to), to === bytes.length);
  }
}
