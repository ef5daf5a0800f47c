/**
 * What a viewer knows: a pure reducer over the frames of the live connection. The site and the end-to-end tests hold
 * their state with it, so that both mean the same by a frame. States are never changed in place; what a frame did not
 * touch is the same object as before, so that a view may compare by reference.
 */
import type { AlertRow } from '../alert/alert-row.ts';
import type {
  DeltaFrame,
  LiveBreakdown,
  LiveRegion,
  LiveRegionFacts,
  ServerFrame,
  SnapshotFrame,
} from '../protocol/live.ts';
import { contentsInSight, minuteInSight, paneInSight } from './horizon.ts';
import { mergedAlerts } from './live-alerts.ts';

/** One number per name in liveCounterNames (panes, minutes) or liveContentCounterNames (contents). */
export type LiveValues = readonly number[];

export interface LiveRegionState {
  /** Concurrent viewers now. */
  readonly viewers: number;
  /** ms; null until the region has answered. */
  readonly watermark: number | null;
  /** Greatest event time seen, ms; null when nothing was ever received. */
  readonly lastEventAt: number | null;
  /** Time of receipt of the newest committed event, ms; null when nothing was ever received. */
  readonly lastReceivedAt: number | null;
  /** By pane start in ms. Not ordered. */
  readonly panes: ReadonlyMap<number, LiveValues>;
  /** By EpochMinute. Not ordered. */
  readonly minutes: ReadonlyMap<number, LiveValues>;
  /** By EpochMinute, then content_id; empty unless subscribed with `contents: true`. */
  readonly contents: ReadonlyMap<number, ReadonlyMap<string, LiveValues>>;
}

export interface LiveState {
  /** Which life of the hub `seq` belongs to; empty before the first snapshot. */
  readonly epoch: string;
  /** What the viewer acknowledges. */
  readonly seq: number;
  /** Server time of the newest frame, ms; 0 before the first snapshot. */
  readonly at: number;
  /** How often to acknowledge, ms (see AckFrame). */
  readonly ackEveryMs: number;
  /** By region name. */
  readonly facts: ReadonlyMap<string, LiveRegionFacts>;
  /** Subscribed regions by name. */
  readonly regions: ReadonlyMap<string, LiveRegionState>;
  /** Of the subscribed regions, by id: those that fire, and those resolved within liveAlertsMs. */
  readonly alerts: ReadonlyMap<string, AlertRow>;
  /** The newest; null unless subscribed to one. */
  readonly breakdown: LiveBreakdown | null;
}

export interface Applied {
  /** The state given where the frame changes nothing or cannot be taken. */
  readonly state: LiveState;
  /** True when the frame does not continue this state: send `{"t":"resync"}` once and wait for the snapshot. */
  readonly resync: boolean;
}

export const emptyLiveState: LiveState = {
  epoch: '',
  seq: 0,
  at: 0,
  ackEveryMs: 0,
  facts: new Map(),
  regions: new Map(),
  alerts: new Map(),
  breakdown: null,
};

const emptyRegion: LiveRegionState = {
  viewers: 0,
  watermark: null,
  lastEventAt: null,
  lastReceivedAt: null,
  panes: new Map(),
  minutes: new Map(),
  contents: new Map(),
};

/** The state after the frame. `null` is a viewer that has none yet. */
export function applyFrame(state: LiveState | null, frame: ServerFrame): Applied {
  const before = state ?? emptyLiveState;
  switch (frame.t) {
    case 'snapshot':
      return { state: fromSnapshot(frame), resync: false };
    case 'delta':
    case 'alert':
      if (before.epoch !== frame.epoch || before.seq !== frame.prev) return { state: before, resync: true };
      return { state: afterDelta(before, frame), resync: false };
    case 'error':
      return { state: before, resync: false };
  }
}

function fromSnapshot(frame: SnapshotFrame): LiveState {
  const regions = Object.entries(frame.regions).map(
    ([name, region]) => [name, merged(emptyRegion, region, frame.at)] as const,
  );
  return {
    epoch: frame.epoch,
    seq: frame.seq,
    at: frame.at,
    ackEveryMs: frame.ack_every_ms,
    facts: new Map(frame.facts.map((facts) => [facts.name, facts])),
    regions: new Map(regions),
    alerts: mergedAlerts(new Map(), frame.alerts, frame.at),
    breakdown: frame.breakdown ?? null,
  };
}

function afterDelta(before: LiveState, frame: DeltaFrame): LiveState {
  const regions = new Map<string, LiveRegionState>();
  for (const [name, region] of before.regions) {
    regions.set(name, merged(region, ownRegion(frame, name), frame.at));
  }
  for (const [name, region] of Object.entries(frame.regions)) {
    if (!before.regions.has(name)) regions.set(name, merged(emptyRegion, region, frame.at));
  }
  return {
    ...before,
    seq: frame.seq,
    at: frame.at,
    ackEveryMs: frame.ack_every_ms,
    regions,
    alerts: mergedAlerts(before.alerts, frame.alerts ?? [], frame.at),
    breakdown: frame.breakdown ?? before.breakdown,
  };
}

function ownRegion(frame: DeltaFrame, name: string): LiveRegion {
  return (Object.hasOwn(frame.regions, name) ? frame.regions[name] : undefined) ?? {};
}

/** `region` with the absolute values of `change` laid over it and without what has left the horizon at `at`. */
function merged(region: LiveRegionState, change: LiveRegion, at: number): LiveRegionState {
  const panes = mergedCells(region.panes, change.panes ?? [], (start) => paneInSight(start, at));
  const minutes = mergedCells(region.minutes, change.minutes ?? [], (minute) => minuteInSight(minute, at));
  const contents = mergedContents(region.contents, change.contents ?? [], at);
  const after: LiveRegionState = {
    viewers: change.viewers ?? region.viewers,
    watermark: change.watermark ?? region.watermark,
    lastEventAt: change.last_event_at === undefined ? region.lastEventAt : change.last_event_at,
    lastReceivedAt: change.last_received_at === undefined ? region.lastReceivedAt : change.last_received_at,
    panes,
    minutes,
    contents,
  };
  const names = Object.keys(after) as (keyof LiveRegionState)[];
  return names.every((name) => after[name] === region[name]) ? region : after;
}

function mergedCells(
  before: ReadonlyMap<number, LiveValues>,
  cells: NonNullable<LiveRegion['panes']>,
  inSight: (start: number) => boolean,
): ReadonlyMap<number, LiveValues> {
  const gone = [...before.keys()].filter((start) => !inSight(start));
  if (gone.length === 0 && cells.length === 0) return before;
  const after = new Map(before);
  for (const start of gone) after.delete(start);
  for (const [start = 0, ...values] of cells) if (inSight(start)) after.set(start, values);
  return after;
}

function mergedContents(
  before: LiveRegionState['contents'],
  cells: NonNullable<LiveRegion['contents']>,
  at: number,
): LiveRegionState['contents'] {
  const gone = [...before.keys()].filter((minute) => !contentsInSight(minute, at));
  if (gone.length === 0 && cells.length === 0) return before;
  const after = new Map<number, ReadonlyMap<string, LiveValues>>(before);
  for (const minute of gone) after.delete(minute);
  const copied = new Map<number, Map<string, LiveValues>>();
  for (const [minute, contentId, ...values] of cells) {
    if (!contentsInSight(minute, at)) continue;
    const own = copied.get(minute) ?? new Map(before.get(minute));
    copied.set(minute, own.set(contentId, values));
  }
  for (const [minute, own] of copied) after.set(minute, own);
  return after;
}
