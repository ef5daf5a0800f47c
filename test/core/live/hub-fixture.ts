/** Tiny builders: a hub whose effects are carried out at once or noted, updates and windows of few words. */

import {
  type CounterName,
  counterCount,
  counterIndex,
  dimensions,
} from '../../../core/aggregate/counters.ts';
import type { AlertRecord } from '../../../core/alert/alert-record.ts';
import { step } from '../../../core/live/hub.ts';
import { type Hub, type HubEffect, type HubInput, newHub } from '../../../core/live/hub-state.ts';
import type { DeltaFrame, ServerFrame, SnapshotFrame } from '../../../core/protocol/live.ts';
import type { RegionEntry } from '../../../core/protocol/region.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import type { RegionAnswer, RegionUpdate } from '../../../core/window/region-answer.ts';
import type { Revision } from '../../../core/window/revision.ts';

export const startMs = Date.UTC(2026, 10, 2, 12, 0, 0);
export const startMinute = startMs / 60_000;

export const registry: readonly RegionEntry[] = [
  { number: 1, name: 'EU-London', continent: 'Europe', latitude: 51.5, longitude: -0.1 },
  { number: 2, name: 'ASIA-Tokyo', continent: 'Asia', latitude: 35.7, longitude: 139.7 },
  { number: 7, name: 'US-Virginia', continent: 'North America', latitude: 38.9, longitude: -77.4 },
];

export function revision(logRow: number, generation = 0, incarnation = 1): Revision {
  return { generation, incarnation, logRow };
}

/** Counters with `events` and `views` at `count`. */
export function counters(count: number): number[] {
  return Array.from({ length: counterCount }, (_, i) => (i < 2 ? count : 0));
}

/** Counters by name. */
export function counted(counts: Partial<Record<CounterName, number>>): number[] {
  const all = counters(0);
  for (const [name, count] of Object.entries(counts)) all[counterIndex[name as CounterName]] = count;
  return all;
}

/** A firing alert of region 1, with its change as its revision. */
export function alertRecord(change: number, fields: Partial<AlertRecord> = {}): AlertRecord {
  return {
    id: 'alert',
    ruleId: 'low_success_rate',
    ruleVersion: 1,
    alertType: 'LOW_SUCCESS_RATE',
    severity: 'CRITICAL',
    message: 'Downloads fail.',
    regionNumber: 1,
    region: 'EU-London',
    dimension: 'region',
    dimensionKey: null,
    metric: 'success_rate',
    metricValue: 0.5,
    thresholdValue: 0.9,
    attempts: 40,
    pendingMinute: startMinute - 1,
    windowMinute: startMinute - 1,
    state: 'firing',
    createdAtMs: startMs,
    resolvedMinute: null,
    resolvedAtMs: null,
    resolution: null,
    corrections: 0,
    history: [],
    revision: { generation: 0, incarnation: 1, change },
    ...fields,
  };
}

/** An update of region 1, with its row as its time unless one is given. */
export function update(logRow: number, fields: Partial<RegionUpdate> = {}): RegionUpdate {
  return {
    regionNumber: 1,
    shard: 0,
    at: startMs + logRow,
    watermark: startMs - 5_000,
    lastEventAt: startMs,
    lastReceivedAt: startMs,
    viewers: logRow,
    panes: [],
    minutes: [],
    contents: [],
    devices: [],
    contentTypes: [],
    titles: [],
    alerts: [],
    revision: revision(logRow),
    ...fields,
  };
}

export function answer(fields: Partial<RegionAnswer> = {}): RegionAnswer {
  return {
    regionNumber: 1,
    shard: 0,
    at: startMs,
    watermark: startMs - 5_000,
    lastEventAt: null,
    lastReceivedAt: null,
    viewers: 0,
    lateTotal: 0,
    duplicatesTotal: 0,
    horizonCutTotal: 0,
    windows: [],
    alerts: [],
    ...fields,
  };
}

/** A window of region 1 whose first pane holds `count` events of each content named. */
export function packedWindow(
  minute: number,
  logRow: number,
  contents: Readonly<Record<string, number>>,
): PackedWindow {
  const total = Object.values(contents).reduce((sum, count) => sum + count, 0);
  const none = Object.fromEntries(
    dimensions.map((name) => [name, []]),
  ) as unknown as PackedWindow['dimensions'];
  return {
    v: 1,
    regionNumber: 1,
    shard: 0,
    minute,
    revision: revision(logRow),
    closed: false,
    counters: counters(total),
    panes: [counters(total), null, null, null, null, null],
    dimensions: { ...none, content: Object.entries(contents).map(([id, count]) => [id, counters(count)]) },
    titles: [],
    users: new Uint8Array(),
    sessions: new Uint8Array(),
    speed: new Uint8Array(),
  };
}

type Data = SnapshotFrame | DeltaFrame;

/** A hub on a clock of its own. `at` moves the clock; effects of every step are kept in `effects`. */
export class TestHub {
  readonly hub: Hub = newHub('test');
  now = startMs;
  effects: HubEffect[] = [];

  take(input: HubInput): HubEffect[] {
    const effects = step(this.hub, input, this.now);
    this.effects.push(...effects);
    return effects;
  }

  /** Connects viewers and answers all that the waking hub asks for: it is ready afterwards. */
  ready(...viewers: string[]): this {
    for (const viewer of viewers) this.take({ type: 'connected', viewer });
    this.take({ type: 'registry', regions: registry });
    this.take({ type: 'history', windows: [], totals: [] });
    this.take({ type: 'alerts', alerts: [] });
    for (const { number } of registry)
      this.take({ type: 'answer', answer: answer({ regionNumber: number }) });
    return this;
  }

  say(viewer: string, frame: unknown): HubEffect[] {
    return this.take({ type: 'message', viewer, text: JSON.stringify(frame) });
  }

  /** Acknowledges all that each viewer was sent. */
  ack(...viewers: string[]): void {
    for (const viewer of viewers)
      this.say(viewer, { t: 'ack', seq: this.hub.viewers.get(viewer)?.sent ?? 0 });
  }

  /** `count` commits of one pane each, 1 ms apart, beginning with the row `first`. */
  commit(first: number, count = 1, fields: Partial<RegionUpdate> = {}): HubEffect[] {
    return Array.from({ length: count }, (_, i) => first + i).flatMap((row) =>
      this.take({ type: 'update', update: update(row, { panes: [[startMs, counters(row)]], ...fields }) }),
    );
  }
}

/** Frames among effects, by viewer. */
export function framesTo(effects: readonly HubEffect[], viewer: string): ServerFrame[] {
  return effects.flatMap((effect) =>
    effect.type === 'send' && effect.viewer === viewer ? [JSON.parse(effect.text) as ServerFrame] : [],
  );
}

/** The one frame of data among effects for a viewer. */
export function frameTo(effects: readonly HubEffect[], viewer: string): Data {
  const frames = framesTo(effects, viewer);
  const [frame] = frames;
  if (frames.length !== 1 || !frame || frame.t === 'error')
    throw new Error(`not one frame: ${JSON.stringify(frames)}`);
  return frame;
}

export function typesOf(effects: readonly HubEffect[]): string[] {
  return effects.map((effect) => effect.type);
}
