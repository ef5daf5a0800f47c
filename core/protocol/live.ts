/**
 * Frames of the live connection (subprotocol marquee.v1): JSON text. LIV-1: frames carry epoch, prev and seq and
 * ABSOLUTE values of what changed between prev and seq. A viewer whose state is not (epoch, prev) sends `resync`.
 */
import type { CounterName } from '../aggregate/counters.ts';
import type { AlertRow } from '../alert/alert-row.ts';

/** Offered by the client in Sec-WebSocket-Protocol and echoed by the server. */
export { liveSubprotocol } from './version.ts';

/** Counters that live cells carry, in this order. Part of marquee.v1: append only. */
export const liveCounterNames = [
  'events',
  'views',
  'pauses',
  'resumes',
  'progresses',
  'completes',
  'ratings',
  'downloads',
  'errors',
  'downloads_succeeded',
  'downloads_failed',
  'downloads_slow',
  'speed_kbps_sum',
  'speed_count',
  'watched_ms_sum',
] as const satisfies readonly CounterName[];

/** Position of each live counter in a cell's values (without its start). */
export const liveCounterIndex = Object.freeze(
  Object.fromEntries(liveCounterNames.map((name, index) => [name, index])),
) as Readonly<Record<(typeof liveCounterNames)[number], number>>;

/** [start, ...one number per liveCounterNames]. start: ms for a pane, EpochMinute for a minute. */
export type LiveCell = readonly number[];

/** Counters of a content cell, in this order. Part of marquee.v1: append only. */
export const liveContentCounterNames = [
  'events',
  'views',
  'downloads_succeeded',
  'downloads_failed',
  'downloads_slow',
] as const satisfies readonly CounterName[];

/** [EpochMinute, content_id, ...one number per liveContentCounterNames]. */
export type LiveContentCell = readonly [number, string, ...number[]];

/** What changed of one region, absolute. Absent members did not change. Viewers drop cells older than their horizon. */
export interface LiveRegion {
  readonly viewers?: number;
  readonly watermark?: number;
  readonly last_event_at?: number | null;
  readonly last_received_at?: number | null;
  readonly panes?: readonly LiveCell[];
  readonly minutes?: readonly LiveCell[];
  /** Only for viewers that subscribed with `contents: true`; horizon as for panes. */
  readonly contents?: readonly LiveContentCell[];
}

/** A content in the ranking of a breakdown. */
export interface LiveRankedContent {
  readonly content_id: string;
  readonly title: string | null;
  readonly content_type: string | null;
  /** From 1; by downloads, then views, then events, then id, as in /api/stats/trending. */
  readonly rank: number;
  /** Its rank in the breakdownMinutes before those of the breakdown; null where it had no event in them. */
  readonly rank_before: number | null;
  readonly events: number;
  readonly views: number;
  readonly downloads: number;
  /** Null without downloads. */
  readonly success_rate: number | null;
}

/** A device or a content type with its counters over the breakdown's minutes. */
export interface LiveShare {
  readonly key: string;
  readonly events: number;
  readonly views: number;
  readonly downloads: number;
  readonly success_rate: number | null;
}

/**
 * What the last breakdownMinutes (the open one among them) were made of, of one region or of all. It always comes
 * whole, at most once a second.
 */
export interface LiveBreakdown {
  /** Name of the region, or '*' for all. */
  readonly region: string;
  /** First minute (EpochMinute) that it covers. */
  readonly from_minute: number;
  /** Contents with an event in it; a lower bound where a window had more contents than it keeps (WIN-6). */
  readonly active_contents: number;
  /** At most breakdownContentsMax, by rank. */
  readonly contents: readonly LiveRankedContent[];
  /** By events, greatest first; at most breakdownSharesMax. */
  readonly devices: readonly LiveShare[];
  readonly content_types: readonly LiveShare[];
}

/** Static facts of a region, sent in snapshots. Keyed by region name (e.g. EU-London) like LiveRegion. */
export interface LiveRegionFacts {
  readonly name: string;
  readonly continent: string;
  readonly latitude: number;
  readonly longitude: number;
}

export interface SnapshotFrame {
  readonly t: 'snapshot';
  readonly epoch: string;
  readonly seq: number;
  /** Server time of the frame, ms. */
  readonly at: number;
  /** The viewer acknowledges this often, ms (LIV-2). */
  readonly ack_every_ms: number;
  /** Of every region in the registry, subscribed or not. */
  readonly facts: readonly LiveRegionFacts[];
  /** Whole state of every subscribed region, by region name. */
  readonly regions: Readonly<Record<string, LiveRegion>>;
  /** Of the subscribed regions: those that fire, and those that were resolved within liveAlertsMs; newest first. */
  readonly alerts: readonly AlertRow[];
  /** For viewers that subscribed to one. */
  readonly breakdown?: LiveBreakdown;
}

/** A delta that brings alerts bears the name `alert`, so that a client that wants nothing else finds them. */
export interface DeltaFrame {
  readonly t: 'delta' | 'alert';
  readonly epoch: string;
  readonly prev: number;
  readonly seq: number;
  readonly at: number;
  readonly ack_every_ms: number;
  readonly regions: Readonly<Record<string, LiveRegion>>;
  /** Alerts that are new or have changed, whole. Absent where none has. Viewers drop those beyond liveAlertsMs. */
  readonly alerts?: readonly AlertRow[];
  /** Whole, where it has changed. */
  readonly breakdown?: LiveBreakdown;
}

/** The server's word on a client frame that could not be taken; the connection stays open. */
export interface ErrorFrame {
  readonly t: 'error';
  readonly code: 'bad_frame' | 'frame_too_large' | 'too_many_frames' | 'unknown_region';
  readonly message: string;
}

export type ServerFrame = SnapshotFrame | DeltaFrame | ErrorFrame;

/** Answered by a snapshot, unless the viewer has this subscription already. Without one it has `regions: '*'`. */
export interface SubscribeFrame {
  readonly t: 'subscribe';
  readonly regions: readonly string[] | '*';
  /** True to receive content cells too; they are many. */
  readonly contents?: boolean;
  /** The region, or '*' for all, of which a breakdown is wanted; none where it is absent. */
  readonly breakdown?: string;
}
/**
 * Sent every `ack_every_ms` of the newest frame while there is something new to acknowledge, and at once when a
 * snapshot came or when ackAfterBytes came since the last one: a viewer with much unacknowledged gets nothing more.
 * `seq` is that of the viewer's state; a number that was never sent in this epoch is ignored.
 */
export interface AckFrame {
  readonly t: 'ack';
  readonly seq: number;
}
/** Asks for a snapshot; one that is already under way answers it. */
export interface ResyncFrame {
  readonly t: 'resync';
}
export type ClientFrame = SubscribeFrame | AckFrame | ResyncFrame;

/** Sent as a text message and answered with livePong without waking the hub. */
export const livePing = 'ping';
export const livePong = 'pong';

/** Path at which a hub gives server-sent events, as at the door of the API. */
export const liveEventsPath = '/api/live/sse';

/** Close codes of the live socket and what they mean. */
export const closeCodes = {
  /** The viewer was more than 30 s behind (LIV-2). */
  tooSlow: 4008,
  /** The viewer kept sending frames that could not be taken. */
  badFrames: 1008,
  /** The sign-in has ended or was taken back: sign in again, or show the credential anew. */
  signedOut: 4001,
  /** The server is going away or restarting; reconnect with backoff. */
  goingAway: 1001,
} as const;
