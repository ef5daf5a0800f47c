/** What the panels draw, from the socket or from a picture that was asked for. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { LiveRegionState, LiveState } from '../../core/live/live-state.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import {
  liveCounterIndex as at,
  type LiveBreakdown,
  type LiveCell,
  type LiveRegion,
  type LiveRegionFacts,
} from '../../core/protocol/live.ts';

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** As the socket has it, but null where a filter of another dimension leaves nothing to tell. */
export interface Breakdown
  extends Nullable<Pick<LiveBreakdown, 'active_contents' | 'contents' | 'devices' | 'content_types'>> {
  /** Name of a region, or '*' for those that are chosen. */
  readonly region: string;
  /** False where ranks of before were not looked for. */
  readonly has_ranks_before?: boolean;
}

export interface ShownState extends Pick<LiveState, 'at' | 'facts' | 'regions' | 'alerts'> {
  readonly breakdown: Breakdown | null;
  /** False of the past, and of parts: nobody keeps who watched what, and when an event was received. */
  readonly hasNow?: boolean;
  /** Of a picture: length of its cells, ms. */
  readonly stepMs?: number;
}

/** `data` of /api/live/picture. */
export interface PictureData {
  readonly at: number;
  readonly step_minutes: number;
  readonly facts: readonly LiveRegionFacts[];
  readonly regions: Readonly<Record<string, LiveRegion>>;
  readonly breakdown: Omit<Breakdown, 'region'>;
}

export function pictureState(data: PictureData, alerts: readonly AlertRow[]): ShownState {
  const regions = Object.entries(data.regions).map(
    ([name, region]) => [name, regionState(region, data)] as const,
  );
  return {
    at: data.at,
    facts: new Map(data.facts.map((facts) => [facts.name, facts])),
    regions: new Map(regions),
    alerts: new Map(alertsAsOf(alerts, data.at).map((alert) => [alert.id, alert])),
    breakdown: { ...data.breakdown, region: '*' },
    stepMs: data.step_minutes * windowMs,
    hasNow: Object.values(data.regions).some(({ viewers }) => viewers !== undefined),
  };
}

function regionState(region: LiveRegion, { at: end, step_minutes: step }: PictureData): LiveRegionState {
  const { minutes = [], panes = [] } = region;
  const cellEnd = minutes.reduce(
    (last, [start = 0, ...values]) =>
      (values[at.events] ?? 0) > 0 ? Math.max(last, (start + step) * windowMs) : last,
    0,
  );
  // By the newest cell where nothing else is kept.
  const lastAt = cellEnd === 0 ? null : Math.min(cellEnd, end);
  return {
    viewers: region.viewers ?? 0,
    watermark: region.watermark ?? null,
    lastEventAt: region.last_event_at ?? lastAt,
    lastReceivedAt: region.last_received_at ?? lastAt,
    minutes: mapOf(minutes),
    panes: mapOf(panes),
    contents: new Map(),
  };
}

const mapOf = (cells: readonly LiveCell[]) => new Map(cells.map(([start = 0, ...values]) => [start, values]));

/** Alerts as they stood: what was over or acknowledged later was not yet. */
export function alertsAsOf(alerts: readonly AlertRow[], atMs: number): AlertRow[] {
  const isLater = (time: string | null): boolean => time !== null && Date.parse(time) > atMs;
  return alerts
    .filter(({ created_at: created }) => !isLater(created))
    .map((alert) => ({
      ...alert,
      ...(isLater(alert.resolved_at) && { state: 'firing' as const, resolved_at: null, resolution: null }),
      ...(isLater(alert.acknowledged_at) && {
        acknowledged: false,
        acknowledged_by: null,
        acknowledged_at: null,
        comment: null,
      }),
    }));
}

/** The end of a picture laid over the whole; minutes out of sight are dropped. */
export function withTail(whole: ShownState, tail: ShownState, lengthMs: number): ShownState {
  const regions = [...tail.regions].map(([name, region]) => {
    const before = whole.regions.get(name);
    const minutes = new Map([...(before?.minutes ?? []), ...region.minutes]);
    for (const minute of minutes.keys())
      if ((minute + 1) * windowMs <= tail.at - lengthMs) minutes.delete(minute);
    const last = region.lastReceivedAt ?? before?.lastReceivedAt ?? null;
    return [name, { ...region, minutes, lastReceivedAt: last }] as const;
  });
  return { ...tail, regions: new Map(regions) };
}
