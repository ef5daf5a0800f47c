import type { SealState } from '../lake/seal-plan.ts';
import type { PackedWindow } from './packed-window.ts';

/** [minute, log row of the state that D1 holds]. */
export type ConfirmedWindow = readonly [number, number];

/** What the region's state machine asks of its shell, in this order, in one transaction. */
export type RegionEffect =
  | { readonly kind: 'append'; readonly row: number; readonly atMs: number; readonly body: Uint8Array }
  /** A dead window that D1 has not confirmed waits as one packed row (LOG-5). Replaces an older one. */
  | { readonly kind: 'park'; readonly window: PackedWindow }
  | { readonly kind: 'unpark'; readonly minute: number }
  /** Of the living windows, which states D1 holds: [minute, log row]. Replaces the list before. */
  | { readonly kind: 'confirmed'; readonly windows: readonly ConfirmedWindow[] }
  /** The book of alerts, whole. Replaces the one before. */
  | { readonly kind: 'alerts'; readonly body: string }
  /** The copy of the rules that the shard judges by. Replaces the one before. */
  | { readonly kind: 'alert_setup'; readonly body: string }
  | { readonly kind: 'snapshot'; readonly body: string }
  /** What is sealed, and the plan that stands. Replaces the one before. */
  | { readonly kind: 'sealing'; readonly state: SealState }
  /** Log rows before `beforeRow` go. */
  | { readonly kind: 'trim'; readonly beforeRow: number };
