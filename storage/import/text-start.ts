import type { ImportFile } from './import-file.ts';

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/**
 * Where the text of a file begins: behind a UTF-8 byte order mark. Throws ImportFileError for what is clearly no UTF-8
 * text, and says what it looks like.
 */
export function checkedStart(file: ImportFile, head: Uint8Array): number {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return 3;
  if (startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff)) {
    throw file.error('it is in UTF-16; save it as UTF-8');
  }
  if (startsWith(head, 0x1f, 0x8b)) throw file.error('it is compressed by gzip; upload it uncompressed');
  if (startsWith(head, 0x50, 0x4b, 3, 4))
    throw file.error('it is a ZIP file, as spreadsheets save; save it as CSV');
  if (startsWith(head, 0x50, 0x41, 0x52, 0x31)) throw file.error('it is a Parquet file; name it so');
  // UTF-16 without a mark, and whatever is no text: what is written in any alphabet has no NUL in its first line.
  if (head.subarray(0, 64).includes(0)) throw file.error('it is no text in UTF-8');
  return 0;
}
