/**
 * Which of two states of the same thing is newer (DUP-2): ordered by generation (a replay raises it), then log
 * incarnation (the time in ms at which the shard's log was created; a wiped log starts anew), then log row.
 */
export interface Revision {
  readonly generation: number;
  readonly incarnation: number;
  readonly logRow: number;
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. */
export function compareRevisions(a: Revision, b: Revision): number {
  return a.generation - b.generation || a.incarnation - b.incarnation || a.logRow - b.logRow;
}
