/** One region as the table shows it. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { LiveRegionState, LiveState } from '../../core/live/live-state.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import { liveCounterIndex as at } from '../../core/protocol/live.ts';
import { eventsPerSecond, hourTotals, paneTotals, speedMbps, successRate } from './totals.ts';

/** By trouble: the first is the worst. */
export const regionStatuses = ['failing', 'silent', 'healthy', 'idle'] as const;
export type RegionStatus = (typeof regionStatuses)[number];

export interface RegionSummary {
  readonly name: string;
  readonly status: RegionStatus;
  /** Over the last minute. */
  readonly eventsPerSecond: number;
  readonly viewers: number;
  /** Over the last 5 minutes, as are the next three. */
  readonly downloads: number;
  readonly failed: number;
  readonly successRate: number | null;
  readonly speedMbps: number | null;
  /** Since the newest event was received, ms; null when there never was one. */
  readonly lastEventMs: number | null;
  readonly eventsLastHour: number;
  /** Events by half minutes of the last 15 minutes, oldest first, up to the open pane. */
  readonly trend: readonly number[];
}

/** Judged over this long. */
export const judgedMs = 5 * 60_000;
/** A success rate below this is a failure ... */
export const successRateMin = 0.9;
/** ... if it rests on this many downloads. */
export const downloadsJudgedMin = 20;
/** A region that had events and has had none for this long is silent. */
const silentAfterMs = 60_000;

const trendSlots = 30;
const panesPerTrendSlot = 3;

export function regionSummaries(live: LiveState, asOf: number): RegionSummary[] {
  const names = new Set([...live.facts.keys(), ...live.regions.keys()]);
  const alerts = [...live.alerts.values()];
  const own = (name: string) => alerts.filter((alert) => alert.region === name && isAboutDownloads(alert));
  return [...names].map((name) => summary(name, live.regions.get(name), own(name), asOf)).sort(byTrouble);
}

function isAboutDownloads({ metric }: AlertRow): boolean {
  return metric === 'success_rate' || metric === 'error_rate';
}

function summary(
  name: string,
  region: LiveRegionState | undefined,
  alerts: readonly AlertRow[],
  asOf: number,
): RegionSummary {
  const own = region ? [region] : [];
  const judged = paneTotals(own, asOf - judgedMs, asOf);
  const received = region?.lastReceivedAt ?? null;
  const lastEventMs = received === null ? null : Math.max(0, asOf - received);
  const eventsLastHour = hourTotals(own, asOf).events;
  return {
    name,
    status: regionStatus(isFailing(own, alerts, asOf), eventsLastHour, lastEventMs),
    eventsPerSecond: eventsPerSecond(own, asOf),
    viewers: region?.viewers ?? 0,
    downloads: judged.downloads,
    failed: judged.failed,
    successRate: successRate(judged),
    speedMbps: speedMbps(judged),
    lastEventMs,
    eventsLastHour,
    trend: trend(region, asOf),
  };
}

/**
 * By the alerts, where there are any: a critical one that fires is a failure, and one that was resolved ends what came
 * before it. Else by the last minutes, which see what no single window has enough downloads for.
 */
function isFailing(own: readonly LiveRegionState[], alerts: readonly AlertRow[], asOf: number): boolean {
  if (alerts.some(({ state, severity }) => state === 'firing' && severity === 'CRITICAL')) return true;
  const healthy = alerts.filter(({ resolution }) => resolution === 'healthy');
  const recovered = healthy.map(({ resolved_at: at }) => Date.parse(at ?? '') - windowMs);
  const judged = paneTotals(own, Math.max(asOf - judgedMs, ...recovered), asOf);
  const rate = successRate(judged);
  return rate !== null && rate < successRateMin && judged.downloads >= downloadsJudgedMin;
}

/** Failing stays failing when it falls silent: the silence is then part of the failure. */
function regionStatus(failing: boolean, eventsLastHour: number, lastEventMs: number | null): RegionStatus {
  if (failing) return 'failing';
  if (eventsLastHour === 0) return 'idle';
  return lastEventMs !== null && lastEventMs > silentAfterMs ? 'silent' : 'healthy';
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

/** Then by traffic of the hour, which changes too slowly for rows to jump about, then by name. */
function byTrouble(a: RegionSummary, b: RegionSummary): number {
  return (
    regionStatuses.indexOf(a.status) - regionStatuses.indexOf(b.status) ||
    b.eventsLastHour - a.eventsLastHour ||
    a.name.localeCompare(b.name, 'en')
  );
}
