/** When and to whom frames go: joined on the leading edge (LIV-3), never to a viewer that is too far behind (LIV-2). */
import { frameEveryMs, paneMs, viewerStalledMsMax } from '../protocol/limits.ts';
import { closeCodes } from '../protocol/live.ts';
import { pruneAlerts } from './alert-board.ts';
import { type Encoded, type Picture, sharedDelta, sharedSnapshot } from './frames.ts';
import { refreshBreakdown } from './held-breakdown.ts';
import type { Hub, HubEffect, HubLife } from './hub-state.ts';
import { readersDueAt, serveReaders } from './reader.ts';
import { pruneCells } from './region-cells.ts';
import { breakdownKey, type Subscription } from './subscription.ts';
import { ackIntervalMs, isStalled, mayReceive, noteSent, stalledAt, type Viewer } from './viewer.ts';

/** Frames to all at once if the last ones are frameEveryMs old or an alert changed; else when they will be. */
export function flushWhenDue(hub: Hub, life: HubLife, now: number): HubEffect[] {
  if (!life.ready) return [];
  if (life.flushedSeq === life.seq) {
    if (life.breakdownAt === null) return [];
    if (now < life.breakdownAt) return wakeBy(life, life.breakdownAt);
  }
  const elapsed = now - life.flushedAt;
  const urgent = life.urgentSeq > life.flushedSeq;
  // Negative: the clock was set back, and nobody shall wait for it to catch up.
  if (urgent || elapsed >= frameEveryMs || elapsed < 0) return flush(hub, life, now);
  return wakeBy(life, life.flushedAt + frameEveryMs);
}

/** Asks to be woken at `at` unless it is going to be sooner. */
export function wakeBy(life: HubLife, at: number): HubEffect[] {
  if (life.wakeAt !== null && life.wakeAt <= at) return [];
  life.wakeAt = at;
  return [{ type: 'wake', at }];
}

/** The newest state to every viewer that may have it; viewers that have stalled are closed. */
export function flush(hub: Hub, life: HubLife, now: number): HubEffect[] {
  if (!life.ready) return [];
  const ackEvery = ackIntervalMs(hub.viewers.size);
  life.breakdownAt = null;
  const effects = freshen(life, [...hub.viewers.values(), ...hub.readers.values()], now);
  const picture = pictureOf(life, ackEvery);
  let covered = life.seq;
  let stallAt = Number.POSITIVE_INFINITY;
  for (const viewer of hub.viewers.values()) {
    if (isStalled(viewer, ackEvery, now)) {
      effects.push(closeStalled(hub, viewer));
      continue;
    }
    effects.push(...deliverFrom(life, picture, viewer, now));
    if (viewer.sent !== null) covered = Math.min(covered, viewer.covered);
    if (viewer.paused) stallAt = Math.min(stallAt, stalledAt(viewer, ackEvery) ?? stallAt);
  }
  for (const reader of hub.readers.values()) covered = Math.min(covered, reader.covered ?? covered);
  life.stallAt = stallAt;
  if (life.flushedSeq !== life.seq) life.flushedAt = now;
  life.flushedSeq = life.seq;
  forget(life, covered);
  return effects;
}

/** The newest state to one viewer, if it lacks any of it and may have it. */
export function deliver(hub: Hub, life: HubLife, viewer: Viewer, now: number): HubEffect[] {
  if (!life.ready) return [];
  const before = life.seq;
  const effects = freshen(life, [viewer], now);
  effects.push(...deliverFrom(life, pictureOf(life, ackIntervalMs(hub.viewers.size)), viewer, now));
  // Its breakdown has changed for the others as well.
  if (life.seq !== before) effects.push(...flushWhenDue(hub, life, now));
  return effects;
}

/** What the readers of server-sent events are due now, and to be woken when they are due next. */
export function flushReaders(hub: Hub, life: HubLife, now: number): HubEffect[] {
  if (hub.readers.size === 0) return [];
  const before = life.seq;
  const newcomers = [...hub.readers.values()].filter(({ covered }) => covered === null);
  const effects = life.ready ? freshen(life, newcomers, now) : [];
  effects.push(...serveReaders(hub, life, pictureOf(life, ackIntervalMs(hub.viewers.size)), now));
  if (life.seq !== before) effects.push(...flushWhenDue(hub, life, now));
  const dueAt = readersDueAt(hub, life);
  if (dueAt < Number.POSITIVE_INFINITY) effects.push(...wakeBy(life, dueAt));
  return effects;
}

/** The breakdowns that the viewers want, as new as they may be; what is too young to be made anew is made in time. */
function freshen(
  life: HubLife,
  viewers: readonly { readonly subscription: Subscription }[],
  now: number,
): HubEffect[] {
  const wanted = new Map(viewers.map(({ subscription }) => [breakdownKey(subscription), subscription]));
  for (const [key, subscription] of wanted) {
    const dueAt = key === null ? null : refreshBreakdown(life, key, subscription, now);
    if (dueAt !== null) life.breakdownAt = Math.min(life.breakdownAt ?? dueAt, dueAt);
  }
  return life.breakdownAt === null ? [] : wakeBy(life, life.breakdownAt);
}

function deliverFrom(life: HubLife, picture: Picture, viewer: Viewer, now: number): HubEffect[] {
  const { seq, ackEvery } = picture;
  if (viewer.sent !== null && viewer.covered === seq) return [];
  if (!mayReceive(viewer, ackEvery, now)) return [];
  const snapshot = viewer.sent === null;
  const encoded = encodedFor(life, picture, viewer);
  if (!encoded) {
    viewer.covered = seq;
    return [];
  }
  noteSent(viewer, { seq, at: now, bytes: encoded.bytes, snapshot });
  return [{ type: 'send', viewer: viewer.id, text: encoded.text }];
}

function encodedFor(life: HubLife, picture: Picture, viewer: Viewer): Encoded | null {
  if (viewer.sent === null) return sharedSnapshot(life.frames, picture, viewer);
  return sharedDelta(life.frames, picture, viewer.sent, viewer);
}

function pictureOf(life: HubLife, ackEvery: number): Picture {
  const { epoch, seq, at, registry, regions, journal, alerts, breakdowns } = life;
  return { epoch, seq, at, ackEvery, registry, regions, journal, alerts, breakdowns };
}

function closeStalled(hub: Hub, viewer: Viewer): HubEffect {
  hub.viewers.delete(viewer.id);
  const reason = `no acknowledgement for more than ${viewerStalledMsMax / 1000} s`;
  return { type: 'close', viewer: viewer.id, code: closeCodes.tooSlow, reason };
}

/** Journal entries that every viewer has, and, once a pane, the cells and alerts that are out of sight. */
function forget(life: HubLife, covered: number): void {
  const kept = life.journal.findIndex((entry) => entry.seq > covered);
  life.journal.splice(0, kept < 0 ? life.journal.length : kept);
  if (life.at < life.pruneAt) return;
  life.pruneAt = life.at + paneMs;
  for (const region of life.regions.values()) pruneCells(region, life.at);
  pruneAlerts(life.alerts, life.at);
}
