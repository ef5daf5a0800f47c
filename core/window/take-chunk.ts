/** Whether a shard takes a chunk: one verdict each, and nothing that came before is taken twice (LOG-1, LOG-4). */
import { FormatError } from '../protocol/bytes.ts';
import { type OpenChunk, openChunk } from '../protocol/chunk.ts';
import type { DoorLedger } from './door-ledger.ts';
import type { LogWriter } from './log-writer.ts';
import type { ChunkVerdict, ShardAddress } from './verdict.ts';

export function takeChunk(
  bytes: Uint8Array,
  { regionNumber, shard }: ShardAddress,
  doors: DoorLedger,
  log: LogWriter,
): ChunkVerdict {
  let open: OpenChunk;
  try {
    open = openChunk(bytes);
  } catch (error) {
    return refusal(error);
  }
  const { header } = open;
  if (header.regionNumber !== regionNumber || header.shard !== shard) {
    return { verdict: 'refused', code: 'wrong_shard', message: `a chunk of region ${header.regionNumber}` };
  }
  const standing = doors.standing(header);
  if (standing === 'seen') return { verdict: 'seen' };
  if (standing === 'voided') {
    return { verdict: 'refused', code: 'voided', message: 'its door declared these numbers void' };
  }
  if (standing === 'overlap') {
    return {
      verdict: 'refused',
      code: 'numbers_overlap',
      message: 'some of its numbers are in the log already',
    };
  }
  try {
    log.add(open, bytes);
  } catch (error) {
    doors.refuse(header);
    return refusal(error);
  }
  return { verdict: 'committed' };
}

function refusal(error: unknown): ChunkVerdict {
  if (!(error instanceof FormatError)) throw error;
  return { verdict: 'refused', code: 'undecodable', message: error.message };
}
