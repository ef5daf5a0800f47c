/** One region as the table shows it. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { LiveRegionState } from '../../core/live/live-state.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import { liveCounterIndex as at } from '../../core/protocol/live.ts';
import type { Frame } from './frame.ts';
import type { ShownState } from './shown-state.ts';
import { cellTotals, eventsPerSecond, speedMbps, successRate } from './totals.ts';

/** By trouble: the first is the worst. */
export const regionStatuses = ['failing', 'silent', 'healthy', 'idle'] as const;
export type RegionStatus = (typeof regionStatuses)[number];

/** Each number over the time that the frame says. */
export interface RegionSummary {
  readonly name: string;
  readonly status: RegionStatus;
  readonly eventsPerSecond: number;
  /** Null where nobody keeps it. */
  readonly viewers: number | null;
  readonly downloads: number;
  readonly failed: number;
  readonly successRate: number | null;
  readonly speedMbps: number | null;
  /** Since the newest event was received, ms; null when there never was one. */
  readonly lastEventMs: number | null;
  readonly eventsTotal: number;
  /** Events over the finer chart's time, oldest first: by half minutes up to the open pane, or by its slots. */
  readonly trend: readonly number[];
}

/** Judged over this long. */
export const judgedMs = 5 * 60_000;
/** A success rate below this is a failure ... */
export const successRateMin = 0.9;
/** ... if it rests on this many downloads. */
export const downloadsJudgedMin = 20;
/** Standard deviations. Three: of a thousand rows that are on the threshold, one looks like trouble by chance. */
const sureDeviations = 3;

/**
 * Whether a title's, a device's or a type's downloads fail more than chance explains. Of two dozen rows with some
 * dozens of downloads each, a few are below the threshold at any time though nothing is wrong; no alert would fire for
 * them, and red is for alerts.
 */
export function surelyFails(successRate: number | null, downloads: number): boolean {
  if (successRate === null || downloads === 0) return false;
  const deviation = Math.sqrt((successRateMin * (1 - successRateMin)) / downloads);
  return successRate + sureDeviations * deviation < successRateMin;
}

/** A region that had events and has had none for this long is silent. */
const silentAfterMs = 60_000;

const trendSlots = 30;
const panesPerTrendSlot = 3;

export function regionSummaries(live: ShownState, frame: Frame, asOf: number): RegionSummary[] {
  const names = new Set([...live.facts.keys(), ...live.regions.keys()]);
  const alerts = [...live.alerts.values()];
  const own = (name: string) => alerts.filter((alert) => alert.region === name && isAboutDownloads(alert));
  return [...names]
    .map((name) => {
      const of = summary(name, live.regions.get(name), own(name), frame, asOf);
      return live.hasNow === false ? { ...of, viewers: null } : of;
    })
    .sort(byTrouble);
}

function isAboutDownloads({ metric }: AlertRow): boolean {
  return metric === 'success_rate' || metric === 'error_rate';
}

function summary(
  name: string,
  region: LiveRegionState | undefined,
  alerts: readonly AlertRow[],
  frame: Frame,
  asOf: number,
): RegionSummary {
  const own = region ? [region] : [];
  const { grain, spans, judgedMs: judgedFor, totalMs, rateMs } = frame;
  const judged = cellTotals(own, grain, asOf - judgedFor, asOf);
  const received = region?.lastReceivedAt ?? null;
  const lastEventMs = received === null ? null : Math.max(0, asOf - received);
  const total = cellTotals(own, spans.at(-1) ?? grain, asOf - totalMs, asOf + 1);
  const failing = isFailing(own, alerts, frame, asOf);
  return {
    name,
    status: regionStatus(failing, total.events, lastEventMs, grain.slotMs),
    eventsPerSecond: eventsPerSecond(own, grain, asOf, rateMs),
    viewers: region?.viewers ?? 0,
    downloads: judged.downloads,
    failed: judged.failed,
    successRate: successRate(judged),
    speedMbps: speedMbps(judged),
    lastEventMs,
    eventsTotal: total.events,
    trend: grain.slotMs === paneMs ? trend(region, asOf) : slots(region, frame, asOf),
  };
}

/**
 * By the alerts, where there are any: a critical one that fires is a failure, and one that was resolved ends what came
 * before it. Else by the last minutes, which see what no single window has enough downloads for.
 */
function isFailing(
  own: readonly LiveRegionState[],
  alerts: readonly AlertRow[],
  { grain, judgedMs: judgedFor, isPart }: Frame,
  asOf: number,
): boolean {
  if (alerts.some(({ state, severity }) => state === 'firing' && severity === 'CRITICAL')) return true;
  const healthy = alerts.filter(({ resolution }) => resolution === 'healthy');
  const recovered = healthy.map(({ resolved_at: at }) => Date.parse(at ?? '') - windowMs);
  const judged = cellTotals(own, grain, Math.max(asOf - judgedFor, ...recovered), asOf);
  const rate = successRate(judged);
  // Of a part there are few downloads, and no alert would fire for it.
  if (isPart) return surelyFails(rate, judged.downloads);
  return rate !== null && rate < successRateMin && judged.downloads >= downloadsJudgedMin;
}

/** Failing stays failing when it falls silent: the silence is then part of the failure. */
function regionStatus(
  failing: boolean,
  eventsTotal: number,
  lastEventMs: number | null,
  slotMs: number,
): RegionStatus {
  if (failing) return 'failing';
  if (eventsTotal === 0) return 'idle';
  return lastEventMs !== null && lastEventMs > Math.max(silentAfterMs, slotMs) ? 'silent' : 'healthy';
}

function trend(region: LiveRegionState | undefined, asOf: number): number[] {
  const open = Math.floor(asOf / paneMs) * paneMs;
  const slots = Array.from({ length: trendSlots }, () => 0);
  for (const [start, values] of region?.panes ?? []) {
    const slot = trendSlots - Math.ceil((open - start) / paneMs / panesPerTrendSlot);
    if (start < open && slot >= 0) slots[slot] = (slots[slot] ?? 0) + (values[at.events] ?? 0);
  }
  return slots;
}

/** Of the finer chart's cells, where they are no panes. */
function slots(region: LiveRegionState | undefined, { grain }: Frame, asOf: number): number[] {
  const { slotMs, lengthMs, cells, key } = grain;
  const last = Math.floor(asOf / slotMs) * slotMs;
  return Array.from({ length: Math.round(lengthMs / slotMs) }, (_, i) => {
    const start = last - lengthMs + (i + 1) * slotMs;
    return (region && cells(region).get(key(start))?.[at.events]) ?? 0;
  });
}

/** Then by traffic, which changes too slowly for rows to jump about, then by name. */
function byTrouble(a: RegionSummary, b: RegionSummary): number {
  return (
    regionStatuses.indexOf(a.status) - regionStatuses.indexOf(b.status) ||
    b.eventsTotal - a.eventsTotal ||
    a.name.localeCompare(b.name, 'en')
  );
}
