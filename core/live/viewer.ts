/**
 * The hub's account of one viewer (LIV-2). The platform tells nothing of a socket's queue, which is unbounded; only
 * the viewer's acknowledgements show how far it has come, so that what it has not acknowledged is what is bounded.
 */
import {
  ackEveryMs,
  acksPerSecondMax,
  badFramesPerMinuteMax,
  clientFramesPerSecondMax,
  viewerBehindBytesMax,
  viewerBehindMsMax,
  viewerStalledMsMax,
} from '../protocol/limits.ts';

import { type Subscription, subscriptionKey } from './subscription.ts';

interface SentFrame {
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
  readonly snapshot: boolean;
}

export interface Viewer {
  readonly id: string;
  subscription: Subscription;
  /** Key of `subscription`. */
  key: string;
  /** seq of the state that the viewer has once it has read all; null: it needs a snapshot. */
  sent: number | null;
  /** Nothing that it subscribed to has changed in (sent, covered]; sent <= covered. */
  covered: number;
  /** Oldest first. */
  unacked: SentFrame[];
  unackedBytes: number;
  /** Fell behind and gets nothing until all that was sent is acknowledged. */
  paused: boolean;
  badFrames: number;
  badFramesSince: number;
  /** Frames that it has sent in the second that began then. */
  frames: number;
  framesSince: number;
}

export function newViewer(id: string, subscription: Subscription, now: number): Viewer {
  return {
    id,
    subscription,
    key: subscriptionKey(subscription),
    sent: null,
    covered: 0,
    unacked: [],
    unackedBytes: 0,
    paused: false,
    badFrames: 0,
    badFramesSince: now,
    frames: 0,
    framesSince: now,
  };
}

/** Every viewer's interval of acknowledgement, ms: acks cost the hub, so they are bounded over all viewers. */
export function ackIntervalMs(viewers: number): number {
  return Math.max(ackEveryMs, Math.ceil((viewers / acksPerSecondMax) * 1000));
}

/** ms since the oldest frame that is not acknowledged was sent, less what the stretched interval excuses. */
function behindMs(viewer: Viewer, ackEvery: number, now: number): number {
  const oldest = viewer.unacked[0];
  return oldest ? now - oldest.at - (ackEvery - ackEveryMs) : 0;
}

/** When the viewer will have stalled, if it stays silent, ms; null while all is acknowledged. */
export function stalledAt(viewer: Viewer, ackEvery: number): number | null {
  const oldest = viewer.unacked[0];
  return oldest ? oldest.at + (ackEvery - ackEveryMs) + viewerStalledMsMax + 1 : null;
}

export function isStalled(viewer: Viewer, ackEvery: number, now: number): boolean {
  return behindMs(viewer, ackEvery, now) > viewerStalledMsMax;
}

/** Whether the viewer may be sent a frame now; a viewer found too far behind is paused by the question. */
export function mayReceive(viewer: Viewer, ackEvery: number, now: number): boolean {
  const tooLate = behindMs(viewer, ackEvery, now) > viewerBehindMsMax;
  if (tooLate || viewer.unackedBytes > viewerBehindBytesMax) viewer.paused = true;
  return !viewer.paused;
}

export function noteSent(viewer: Viewer, frame: SentFrame): void {
  viewer.sent = frame.seq;
  viewer.covered = frame.seq;
  viewer.unacked.push(frame);
  viewer.unackedBytes += frame.bytes;
}

/** Takes an acknowledgement; true when it ends a pause. One of another epoch may name any number and is ignored. */
export function noteAck(viewer: Viewer, seq: number): boolean {
  if (viewer.sent !== null && seq > viewer.sent) return false;
  const acked = viewer.unacked.filter((frame) => frame.seq <= seq);
  viewer.unacked = viewer.unacked.slice(acked.length);
  for (const frame of acked) viewer.unackedBytes -= frame.bytes;
  const caughtUp = viewer.paused && viewer.unacked.length === 0;
  if (caughtUp) viewer.paused = false;
  return caughtUp;
}

/**
 * The viewer lost its place: what was sent is void and a snapshot is due; true when one is to be sent. While a
 * snapshot is under way the request changes nothing, or a viewer that asks without reading could queue without bound.
 */
export function noteResync(viewer: Viewer): boolean {
  if (viewer.unacked.some((frame) => frame.snapshot)) return false;
  viewer.sent = null;
  viewer.unacked = [];
  viewer.unackedBytes = 0;
  viewer.paused = false;
  return true;
}

/** Counts a frame; true when there were more of them within a second than are taken. */
export function noteFrame(viewer: Viewer, now: number): boolean {
  const elapsed = now - viewer.framesSince;
  if (elapsed >= 1000 || elapsed < 0) {
    viewer.frames = 0;
    viewer.framesSince = now;
  }
  viewer.frames++;
  return viewer.frames > clientFramesPerSecondMax;
}

/** Counts a frame that could not be taken; true when there were more of them within a minute than are borne. */
export function noteBadFrame(viewer: Viewer, now: number): boolean {
  if (now - viewer.badFramesSince >= 60_000) {
    viewer.badFrames = 0;
    viewer.badFramesSince = now;
  }
  viewer.badFrames++;
  return viewer.badFrames > badFramesPerMinuteMax;
}
