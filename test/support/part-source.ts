import type { PartSource } from '../../storage/lake/part-source.ts';

export interface CountingSource extends PartSource {
  /** Of all reads so far. */
  readonly read: { bytes: number; reads: number };
}

/** A part in memory that counts what is read of it. */
export function memorySource(name: string, bytes: Uint8Array): CountingSource {
  const read = { bytes: 0, reads: 0 };
  const count = (piece: Uint8Array): Uint8Array => {
    read.bytes += piece.length;
    read.reads++;
    return piece;
  };
  return {
    name,
    read,
    tail: (length) =>
      Promise.resolve({ bytes: count(bytes.slice(Math.max(0, bytes.length - length))), size: bytes.length }),
    range: (from, to) => Promise.resolve(count(bytes.slice(from, to))),
  };
}
