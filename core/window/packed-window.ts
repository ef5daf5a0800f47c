import type { Dimension } from '../aggregate/counters.ts';
import type { Revision } from './revision.ts';

/**
 * One minute of one shard in the form in which it travels and rests: over RPC, in D1 (one row), in the shard's
 * outbox. Plain data that structured clone takes. Values are absolute, never increments (LOG-5).
 */
export interface PackedWindow {
  readonly v: number;
  readonly regionNumber: number;
  readonly shard: number;
  /** EpochMinute of the window's start. */
  readonly minute: number;
  readonly revision: Revision;
  /** True once the watermark has passed the window's end. */
  readonly closed: boolean;
  /** Counters of the whole window: the sum of its panes. */
  readonly counters: readonly number[];
  /** Six panes of counters; null where a pane has no event. */
  readonly panes: readonly (readonly number[] | null)[];
  /** Per dimension, [key, counters] in the order of first appearance; OTHER_KEY last where the cap was reached. */
  readonly dimensions: Readonly<Record<Dimension, readonly (readonly [string, readonly number[]])[]>>;
  /** Last known [content_id, title, content_type] of the contents held in dimensions.content that have one. */
  readonly titles: readonly (readonly [string, string | null, string | null])[];
  /** Bytes of DistinctSketch (users, sessions) and QuantileSketch (speed in kbit/s). */
  readonly users: Uint8Array;
  readonly sessions: Uint8Array;
  readonly speed: Uint8Array;
}
