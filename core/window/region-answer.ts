import type { AlertRecord } from '../alert/alert-record.ts';
import type { PackedWindow } from './packed-window.ts';

/** All that a region shard holds now (WIN-7), for readers of "now" and for hubs. */
export interface RegionAnswer {
  readonly regionNumber: number;
  readonly shard: number;
  /** Server time of the answer, ms. */
  readonly at: number;
  /** Watermark, ms. */
  readonly watermark: number;
  /** Greatest event time seen, ms; null when nothing was ever received. */
  readonly lastEventAt: number | null;
  /** Time of receipt at the door of the newest committed event, ms; null when nothing was ever received. */
  readonly lastReceivedAt: number | null;
  /** Concurrent viewers now (docs/metrics.md). */
  readonly viewers: number;
  /** Events that came after their window's lateness had ended, since the log began. */
  readonly lateTotal: number;
  /** Twins recognised, since the log began. */
  readonly duplicatesTotal: number;
  /** Windows whose lateness was ended early for the cap on identities (WIN-8), since the log began. */
  readonly horizonCutTotal: number;
  /** Living windows and parked (dead, unconfirmed) ones, ascending by minute. */
  readonly windows: readonly PackedWindow[];
  /** Alerts that fire, and resolved ones that late data may still change or that D1 may lack; by time of creation. */
  readonly alerts: readonly AlertRecord[];
}

/** What a region pushes to a hub after a commit: absolute values of the cells that changed. */
export interface RegionUpdate {
  readonly regionNumber: number;
  readonly shard: number;
  readonly at: number;
  readonly watermark: number;
  readonly lastEventAt: number | null;
  readonly lastReceivedAt: number | null;
  readonly viewers: number;
  /** Changed panes: [pane start in ms, counters]. Ordered by revision with the row they come from. */
  readonly panes: readonly (readonly [number, readonly number[]])[];
  /** Changed windows: [minute, counters]. */
  readonly minutes: readonly (readonly [number, readonly number[]])[];
  /** Changed contents of windows: [minute, content_id, counters]. */
  readonly contents: readonly (readonly [number, string, readonly number[]])[];
  /** Changed devices and content types of windows: [minute, key, counters]. */
  readonly devices: readonly (readonly [number, string, readonly number[]])[];
  readonly contentTypes: readonly (readonly [number, string, readonly number[]])[];
  /** What is known of the changed contents: [minute, content_id, title, content_type]. */
  readonly titles: readonly (readonly [number, string, string | null, string | null])[];
  /** As in RegionAnswer: all of them, in every update. */
  readonly alerts: readonly AlertRecord[];
  readonly revision: { readonly generation: number; readonly incarnation: number; readonly logRow: number };
}
