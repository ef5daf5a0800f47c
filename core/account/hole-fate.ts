import { holeOverdueMs, queueRetentionMs } from '../protocol/limits.ts';

/** What is to be thought of numbers that were given out and not seen (LOG-4, ING-6b). */
export type HoleFate = 'in_flight' | 'overdue' | 'missing';

/**
 * By the age of a hole. `isForgotten`: its shard no longer knows the door, so that nothing of it can come any more.
 */
export function fateOf(receivedAtMs: number, nowMs: number, isForgotten = false): HoleFate {
  const ageMs = nowMs - receivedAtMs;
  if (isForgotten || ageMs > queueRetentionMs) return 'missing';
  return ageMs > holeOverdueMs ? 'overdue' : 'in_flight';
}
