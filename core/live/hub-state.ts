/** What a hub knows, what it hears and what it wants done. hub.ts says how one leads to the other. */
import type { Acknowledgement, AlertRecord } from '../alert/alert-record.ts';
import type { RegionEntry } from '../protocol/region.ts';
import type { PackedWindow } from '../window/packed-window.ts';
import type { RegionAnswer, RegionUpdate } from '../window/region-answer.ts';
import type { ShardAddress } from '../window/verdict.ts';
import { type AlertBoard, newAlertBoard } from './alert-board.ts';
import type { HeldBreakdown } from './breakdown.ts';
import { type FrameCache, type JournalEntry, newFrameCache } from './frames.ts';
import type { HubJob, HubJobs } from './jobs.ts';
import type { Reader } from './reader-state.ts';
import type { RegionCells } from './region-cells.ts';
import type { Subscription } from './subscription.ts';
import type { Viewer } from './viewer.ts';

/** A window of which only the totals are wanted: it is older than panes and contents reach. */
export type MinuteTotals = Pick<PackedWindow, 'regionNumber' | 'shard' | 'minute' | 'revision' | 'counters'>;

/** An alert as D1 has it. */
export interface KnownAlert {
  readonly record: AlertRecord;
  readonly acknowledgement: Acknowledgement | null;
}

/** What happens to a hub. */
export type HubInput =
  /** A socket came; or was found on waking, with what it had subscribed to. */
  | { readonly type: 'connected'; readonly viewer: string; readonly subscription?: Subscription }
  /** null: a binary message. */
  | { readonly type: 'message'; readonly viewer: string; readonly text: string | null }
  | { readonly type: 'disconnected'; readonly viewer: string }
  | { readonly type: 'update'; readonly update: RegionUpdate }
  | { readonly type: 'registry'; readonly regions: readonly RegionEntry[] }
  | { readonly type: 'answer'; readonly answer: RegionAnswer }
  | {
      readonly type: 'history';
      readonly windows: readonly PackedWindow[];
      readonly totals: readonly MinuteTotals[];
    }
  | { readonly type: 'alerts'; readonly alerts: readonly KnownAlert[] }
  /** Alerts that no region tells of. */
  | { readonly type: 'told'; readonly alerts: readonly KnownAlert[] }
  /** A reader of server-sent events came, and has this subscription for good. */
  | { readonly type: 'reader_came'; readonly reader: string; readonly subscription: Subscription }
  /** It has read all that was written. */
  | { readonly type: 'reader_drained'; readonly reader: string }
  | { readonly type: 'reader_left'; readonly reader: string }
  /** Somebody has acknowledged the alert `id`. */
  | { readonly type: 'acknowledged'; readonly id: string; readonly acknowledgement: Acknowledgement }
  /** A job of `load_registry`, `read_history`, `read_alerts` or `pull` could not be done. */
  | { readonly type: 'failed'; readonly job: HubJob }
  /** The time of the last `wake` has come. */
  | { readonly type: 'woken' }
  /** The time of the last `alarm` has come. */
  | { readonly type: 'alarm' };

/** What the shell is to do, in order. */
export type HubEffect =
  | { readonly type: 'send'; readonly viewer: string; readonly text: string }
  | { readonly type: 'close'; readonly viewer: string; readonly code: number; readonly reason: string }
  /** To a reader of server-sent events. */
  | { readonly type: 'write'; readonly reader: string; readonly text: string }
  | { readonly type: 'end'; readonly reader: string }
  /** To be given back with `connected` when the hub wakes from hibernation with this viewer. */
  | { readonly type: 'remember'; readonly viewer: string; readonly subscription: Subscription }
  /** One timer, kept in memory; a new time replaces the old. Only while a frame is due or readers are there. */
  | { readonly type: 'wake'; readonly at: number }
  /** One alarm, kept in storage; a new time replaces the old. */
  | { readonly type: 'alarm'; readonly at: number }
  /** No viewer and no reader is left: no timer and no alarm is needed. */
  | { readonly type: 'sleep' }
  | { readonly type: 'load_registry' }
  | {
      readonly type: 'read_history';
      readonly shards: readonly ShardAddress[];
      /** Totals from here on, */
      readonly fromMinute: number;
      /** whole windows from here on, */
      readonly wholeFromMinute: number;
      /** to here, which is not read. */
      readonly toMinute: number;
    }
  /** Alerts that fire, and those that were resolved since then. */
  | { readonly type: 'read_alerts'; readonly sinceMs: number }
  /** Asks a shard for its state and grants it a lease, until which it pushes its updates. */
  | { readonly type: 'pull'; readonly address: ShardAddress; readonly untilMs: number };

/** From the first viewer or reader to the last: everything a hub holds of the regions, all of it pulled anew on waking. */
export interface HubLife {
  readonly epoch: string;
  seq: number;
  /** Time of the frames, ms: the latest that was heard, so that the horizon never goes back. */
  at: number;
  registry: readonly RegionEntry[];
  readonly regions: Map<number, RegionCells>;
  journal: JournalEntry[];
  readonly alerts: AlertBoard;
  /** By breakdownKey. */
  readonly breakdowns: Map<string, HeldBreakdown>;
  readonly jobs: HubJobs;
  /** False until every job was tried once or took too long: then the first snapshots go. */
  ready: boolean;
  /** When it is ready in any case, ms; null until the registry is there. */
  readyBy: number | null;
  readonly frames: FrameCache;
  /** seq when frames were last sent to all. */
  flushedSeq: number;
  flushedAt: number;
  /** seq when an alert last changed: frames that bring one wait for nothing. */
  urgentSeq: number;
  /** When a breakdown that has changed is due, ms; null while all that are wanted are fresh. */
  breakdownAt: number | null;
  wakeAt: number | null;
  alarmAt: number | null;
  /** When leases are renewed next, ms. */
  renewAt: number;
  /** When the first paused viewer will have stalled, ms; Infinity while none is paused. */
  stallAt: number;
  /** When cells that have left the horizon are dropped next, ms. */
  pruneAt: number;
}

export interface Hub {
  /** Random, of this incarnation of the hub. */
  readonly incarnation: string;
  lives: number;
  /** null exactly while there is no viewer and no reader. */
  life: HubLife | null;
  readonly viewers: Map<string, Viewer>;
  readonly readers: Map<string, Reader>;
}

/** `incarnation` is random, so that no two lives of a hub share an epoch. */
export function newHub(incarnation: string): Hub {
  return { incarnation, lives: 0, life: null, viewers: new Map(), readers: new Map() };
}

export function newHubLife(epoch: string, now: number, renewAt: number): HubLife {
  return {
    epoch,
    seq: 0,
    at: now,
    registry: [],
    regions: new Map(),
    journal: [],
    alerts: newAlertBoard(),
    breakdowns: new Map(),
    jobs: new Map(),
    ready: false,
    readyBy: null,
    frames: newFrameCache(),
    flushedSeq: 0,
    flushedAt: Number.NEGATIVE_INFINITY,
    urgentSeq: 0,
    breakdownAt: null,
    wakeAt: null,
    alarmAt: null,
    renewAt,
    stallAt: Number.POSITIVE_INFINITY,
    pruneAt: now,
  };
}
