import type { ChunkColumns, TextColumn } from '../protocol/chunk.ts';

/** Which verdict the events of a part had (LAK-1). Duplicates are in no part. */
export const partKinds = ['counted', 'late'] as const;
export type PartKind = (typeof partKinds)[number];

/** Logged events as columns: what the lake keeps of them. Index i of each column is event i. */
export interface LakeRows {
  readonly count: number;
  /** As in a chunk: so that the batch layer counts by the very code that the stream counts by. */
  readonly columns: ChunkColumns;
  /** Row of the shard's log, and the event's place in it, over all chunks of the row: the order of the log. */
  readonly logRow: Float64Array;
  readonly index: Uint32Array;
  /** When the request came, ms. */
  readonly receivedAtMs: Float64Array;
  /** Door, and its running number of the event for this shard (LOG-4). */
  readonly door: TextColumn;
  readonly doorNumber: Float64Array;
  readonly producer: TextColumn;
  /** Of the key that made the pseudonyms. */
  readonly pseudonymVersion: Uint32Array;
}

export const isPartKind = (text: string): text is PartKind => partKinds.some((kind) => kind === text);
