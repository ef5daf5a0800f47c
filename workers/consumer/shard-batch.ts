import { FormatError } from '../../core/protocol/bytes.ts';
import { decodeChunkHeader } from '../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../core/protocol/chunk-header.ts';
import type { ChunkVerdict, ShardAddress } from '../../core/window/verdict.ts';

/** One chunk of the batch under way, and what became of it. `null` while undecided or when it must be tried again. */
export interface PendingChunk {
  readonly bytes: Uint8Array;
  /** Deliveries of the message that carries it, this one included. */
  readonly attempts: number;
  readonly header: ChunkHeader | null;
  verdict: ChunkVerdict | null;
}

/** Reads a chunk's header; a chunk without a readable one, or of a shard that no region has, is refused at once. */
export async function pendingChunk(
  bytes: Uint8Array,
  attempts: number,
  isShard: (address: ShardAddress) => Promise<boolean>,
): Promise<PendingChunk> {
  const pending: PendingChunk = { bytes, attempts, header: null, verdict: null };
  try {
    const header = decodeChunkHeader(bytes);
    // ING-4: no object is named after a number that the registry does not hold.
    if (await isShard(header)) return { ...pending, header };
    const message = `there is no shard ${header.shard} of region ${header.regionNumber}`;
    return { ...pending, header, verdict: { verdict: 'refused', code: 'wrong_shard', message } };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { ...pending, verdict: { verdict: 'refused', code: 'undecodable', message: error.message } };
  }
}

/**
 * The same chunks in a buffer of their own. A view travels with the whole buffer that it looks at: as they come out of
 * their messages, a call to one shard would carry those of all the others.
 */
export function inOneBuffer(chunks: readonly Uint8Array[]): Uint8Array[] {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  return chunks.map((chunk) => {
    const start = end;
    all.set(chunk, start);
    end += chunk.length;
    return all.subarray(start, end);
  });
}

/** The undecided chunks by shard: one call a shard. */
export function byShard(chunks: readonly PendingChunk[]): [ShardAddress, PendingChunk[]][] {
  const groups = new Map<string, [ShardAddress, PendingChunk[]]>();
  for (const chunk of chunks) {
    if (chunk.verdict || !chunk.header) continue;
    const { regionNumber, shard } = chunk.header;
    const key = `${regionNumber}/${shard}`;
    const group = groups.get(key);
    if (group) group[1].push(chunk);
    else groups.set(key, [{ regionNumber, shard }, [chunk]]);
  }
  return [...groups.values()];
}
