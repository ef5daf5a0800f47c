/**
 * Builds frames and encodes each once: viewers with the same (prev, seq, subscription) share the text (LIV-2). What a
 * frame holds depends on nothing else, and its `at` may be as old as shareMsMax.
 */

import { maskNames } from '../access/masks.ts';
import type { AlertRow } from '../alert/alert-row.ts';
import { frameEveryMs } from '../protocol/limits.ts';
import {
  type LiveBreakdown,
  type LiveCell,
  type LiveContentCell,
  type LiveRegion,
  type LiveRegionFacts,
  liveContentCounterNames,
  type ServerFrame,
} from '../protocol/live.ts';
import type { RegionEntry } from '../protocol/region.ts';
import { type AlertBoard, alertsSince } from './alert-board.ts';
import type { HeldBreakdown } from './breakdown.ts';
import type { Cell } from './cell.ts';
import { contentsInSight, minuteInSight, paneInSight } from './horizon.ts';
import { alertInSight } from './live-alerts.ts';
import type { RegionCells } from './region-cells.ts';
import { regionFieldNames } from './region-fields.ts';
import { breakdownKey, maySee, type Subscription, wantsRegion } from './subscription.ts';

/** Cells that changed at one seq. A cell counts at the newest of its entries only, where its own seq is the entry's. */
export interface JournalEntry {
  readonly seq: number;
  readonly cells: readonly Cell[];
}

/** A subscription with its key: what frames are shared by. */
export interface Subscriber {
  readonly subscription: Subscription;
  readonly key: string;
}

/** What frames are built from. */
export interface Picture {
  readonly epoch: string;
  readonly seq: number;
  /** ms. */
  readonly at: number;
  readonly ackEvery: number;
  readonly registry: readonly RegionEntry[];
  readonly regions: ReadonlyMap<number, RegionCells>;
  /** Ascending by seq; reaches back to the `covered` of every viewer. */
  readonly journal: readonly JournalEntry[];
  readonly alerts: AlertBoard;
  readonly breakdowns: ReadonlyMap<string, HeldBreakdown>;
}

export interface Encoded {
  readonly text: string;
  /** In UTF-8. */
  readonly bytes: number;
}

export interface FrameCache {
  seq: number;
  at: number;
  /** null: nothing that this subscription sees has changed. */
  readonly byKey: Map<string, Encoded | null>;
  /** Frames encoded so far. */
  encodedTotal: number;
}

interface MutableRegion {
  viewers?: number;
  watermark?: number;
  last_event_at?: number | null;
  last_received_at?: number | null;
  panes?: LiveCell[];
  minutes?: LiveCell[];
  contents?: LiveContentCell[];
}

/** A text is shared no longer than this, since it names the server's time. */
const shareMsMax = frameEveryMs;

const utf8Encoder = new TextEncoder();

export function newFrameCache(): FrameCache {
  return { seq: 0, at: 0, byKey: new Map(), encodedTotal: 0 };
}

export function encodedFrame(frame: ServerFrame): Encoded {
  return encodedText(JSON.stringify(frame));
}

function encodedText(text: string): Encoded {
  return { text, bytes: utf8Encoder.encode(text).length };
}

/** The snapshot for a subscription. */
export function sharedSnapshot(cache: FrameCache, picture: Picture, to: Subscriber): Encoded {
  const build = () => encodedFrame(snapshotFrame(picture, to.subscription));
  return shared(cache, picture, `snapshot ${to.key}`, build) ?? build();
}

/** The same as a server-sent event. */
export function sharedEvent(cache: FrameCache, picture: Picture, to: Subscriber): Encoded {
  const build = () => {
    const { text } = sharedSnapshot(cache, picture, to);
    return encodedText(`event: snapshot\nid: ${picture.epoch}:${picture.seq}\ndata: ${text}\n\n`);
  };
  return shared(cache, picture, `event ${to.key}`, build) ?? build();
}

/** What changed after `prev` for a subscription; null when nothing did. */
export function sharedDelta(
  cache: FrameCache,
  picture: Picture,
  prev: number,
  to: Subscriber,
): Encoded | null {
  return shared(cache, picture, `${prev} ${to.key}`, () => {
    const changes = changesSince(picture, prev, to.subscription);
    if (!changes) return null;
    const { regions, alerts, breakdown } = changes;
    const { epoch, seq, at, ackEvery } = picture;
    return encodedFrame({
      t: alerts.length > 0 ? 'alert' : 'delta',
      epoch,
      prev,
      seq,
      at,
      ack_every_ms: ackEvery,
      regions,
      ...(alerts.length > 0 ? { alerts } : {}),
      ...(breakdown ? { breakdown } : {}),
    });
  });
}

export function changedSince(picture: Picture, prev: number, subscription: Subscription): boolean {
  return prev !== picture.seq && changesSince(picture, prev, subscription) !== null;
}

function changesSince(picture: Picture, prev: number, subscription: Subscription) {
  const regions = changedRegions(picture, prev, subscription);
  const alerts = shownAlerts(picture, prev, subscription);
  const breakdown = breakdownSince(picture, prev, subscription);
  const any = Object.keys(regions).length > 0 || alerts.length > 0 || breakdown !== null;
  return any ? { regions, alerts, breakdown } : null;
}

function shared(
  cache: FrameCache,
  picture: Picture,
  key: string,
  build: () => Encoded | null,
): Encoded | null {
  if (cache.seq !== picture.seq || picture.at - cache.at > shareMsMax) {
    cache.seq = picture.seq;
    cache.at = picture.at;
    cache.byKey.clear();
  }
  const held = cache.byKey.get(key);
  if (held !== undefined) return held;
  const encoded = build();
  if (encoded) cache.encodedTotal++;
  cache.byKey.set(key, encoded);
  return encoded;
}

function snapshotFrame(picture: Picture, subscription: Subscription): ServerFrame {
  const { epoch, seq, at, ackEvery } = picture;
  const regions: Record<string, LiveRegion> = {};
  for (const { name, number } of picture.registry) {
    if (!wantsRegion(subscription, name)) continue;
    const region = picture.regions.get(number);
    regions[name] = region ? wholeRegion(region, subscription.contents, at) : {};
  }
  const facts = picture.registry.filter(({ name }) => maySee(subscription, name)).map(factsOf);
  const alerts = shownAlerts(picture, -1, subscription).filter((alert) => alertInSight(alert, at));
  const breakdown = breakdownSince(picture, -1, subscription);
  return {
    t: 'snapshot',
    epoch,
    seq,
    at,
    ack_every_ms: ackEvery,
    facts,
    regions,
    alerts,
    ...(breakdown ? { breakdown } : {}),
  };
}

function shownAlerts({ alerts }: Picture, prev: number, subscription: Subscription): AlertRow[] {
  const rows = alertsSince(alerts, prev, (name) => wantsRegion(subscription, name));
  return subscription.scope?.masksPeople ? rows.map(maskNames) : rows;
}

function breakdownSince(picture: Picture, prev: number, subscription: Subscription): LiveBreakdown | null {
  const key = breakdownKey(subscription);
  const held = key === null ? undefined : picture.breakdowns.get(key);
  return held && held.seq > prev ? held.value : null;
}

function factsOf({ name, continent, latitude, longitude }: RegionEntry): LiveRegionFacts {
  return { name, continent, latitude, longitude };
}

function wholeRegion(region: RegionCells, contents: boolean, at: number): LiveRegion {
  const whole = changedFields(region, -1);
  for (const cell of region.panes.values()) addCell(whole, cell, at);
  for (const cell of region.minutes.values()) addCell(whole, cell, at);
  if (!contents) return whole;
  for (const cells of region.keyed.content.values())
    for (const cell of cells.values()) addCell(whole, cell, at);
  return whole;
}

function changedRegions(
  picture: Picture,
  prev: number,
  subscription: Subscription,
): Readonly<Record<string, LiveRegion>> {
  const changed = new Map<number, MutableRegion>();
  for (const { name, number } of picture.registry) {
    const region = picture.regions.get(number);
    if (region && wantsRegion(subscription, name)) changed.set(number, changedFields(region, prev));
  }
  for (const entry of picture.journal) {
    if (entry.seq <= prev) continue;
    for (const cell of entry.cells) {
      const region = changed.get(cell.regionNumber);
      if (!region || cell.seq !== entry.seq) continue;
      if (cell.kind !== 'content' || subscription.contents) addCell(region, cell, picture.at);
    }
  }
  const regions: Record<string, LiveRegion> = {};
  for (const { name, number } of picture.registry) {
    const region = changed.get(number);
    if (region && Object.keys(region).length > 0) regions[name] = region;
  }
  return regions;
}

function changedFields(region: RegionCells, prev: number): MutableRegion {
  const fields: MutableRegion = {};
  for (const name of regionFieldNames) {
    const shown = region.fields.shown.get(name);
    if (!shown || shown.seq <= prev) continue;
    if (name === 'last_event_at' || name === 'last_received_at') fields[name] = shown.value;
    else if (shown.value !== null) fields[name] = shown.value;
  }
  return fields;
}

function addCell(region: MutableRegion, cell: Cell, at: number): void {
  const { kind, start, values, key } = cell;
  if (kind === 'pane' && paneInSight(start, at)) {
    region.panes ??= [];
    region.panes.push([start, ...values]);
  } else if (kind === 'minute' && minuteInSight(start, at)) {
    region.minutes ??= [];
    region.minutes.push([start, ...values]);
  } else if (kind === 'content' && contentsInSight(start, at)) {
    region.contents ??= [];
    region.contents.push([start, key, ...values.slice(0, liveContentCounterNames.length)]);
  }
}
