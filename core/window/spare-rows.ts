import { spareRowsMax } from '../protocol/limits.ts';

/**
 * Rows before which one are deleted when those before `beforeRow` may go; those between are spare: new rows are written
 * over them, which is one row written in place of two. As many as rows still needed are kept, for so many more will
 * come before those may go; where none are, a shard has fallen silent and keeps nothing.
 */
export function deletedBefore(beforeRow: number, lastRow: number): number {
  return beforeRow - Math.min(Math.max(0, lastRow + 1 - beforeRow), spareRowsMax);
}
