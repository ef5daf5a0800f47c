import { packedKey } from '../protocol/region.ts';
import { compareRevisions, type Revision } from './revision.ts';

/** What tells two states of one window apart: a whole PackedWindow has it, and so have its mere totals. */
export interface WindowState {
  readonly regionNumber: number;
  readonly shard: number;
  readonly minute: number;
  readonly revision: Revision;
  readonly closed: boolean;
}

/** Whether `a` replaces `b`, two states of the same window (DUP-2). Of equals a closed one is the later. */
export function isNewer(a: WindowState, b: WindowState): boolean {
  const order = compareRevisions(a.revision, b.revision);
  return order > 0 || (order === 0 && a.closed && !b.closed);
}

/**
 * One state per (region, shard, minute): the newest of all that any source holds, never their sum (WIN-7).
 * Of equals the first stands, so the source that knows most comes first. Sorted by packed key.
 */
export function newestWindows<T extends WindowState>(states: Iterable<T>): T[] {
  const newest = new Map<number, T>();
  for (const state of states) {
    const key = packedKey(state.regionNumber, state.shard, state.minute);
    const held = newest.get(key);
    if (held === undefined || isNewer(state, held)) newest.set(key, state);
  }
  return [...newest].sort(([a], [b]) => a - b).map(([, state]) => state);
}
