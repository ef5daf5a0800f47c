import { PartError } from './part-error.ts';

/** Where the bytes of a part come from, piece by piece. */
export interface PartSource {
  /** partName() of what is there. */
  readonly name: string;
  /** The last `bytes` bytes, or all if there are fewer, and how many bytes there are. */
  tail(bytes: number): Promise<{ readonly bytes: Uint8Array; readonly size: number }>;
  /** Half-open. Throws PartError if they are not all there. */
  range(from: number, to: number): Promise<Uint8Array>;
}

type ByteRange = { readonly suffix: number } | { readonly offset: number; readonly length: number };

/** What of an R2 bucket is used. */
export interface RangeBucket {
  get(
    name: string,
    options: { readonly range: ByteRange },
  ): Promise<{ readonly size: number; bytes(): Promise<Uint8Array> } | null>;
}

/** R2's number for a range that the object does not have; one of no bytes has none at all. */
const notSatisfiable = '(10039)';

/** Throws PartError for a part that is not there; what R2 throws passes through, since it may be tried again. */
export function r2PartSource(bucket: RangeBucket, name: string): PartSource {
  const read = async (range: ByteRange) => {
    const object = await bucket.get(name, { range }).catch((error: unknown) => {
      if (!String(error).includes(notSatisfiable)) throw error;
      throw new PartError(name, 'it is cut short', error);
    });
    if (!object) throw new PartError(name, 'there is no such object');
    return { bytes: await object.bytes(), size: object.size };
  };
  return {
    name,
    tail: async (bytes) => await read({ suffix: bytes }),
    range: async (from, to) => {
      const { bytes, size } = await read({ offset: from, length: to - from });
      if (bytes.length !== to - from)
        throw new PartError(name, `bytes ${from} to ${to} of ${size} are not there`);
      return bytes;
    },
  };
}
