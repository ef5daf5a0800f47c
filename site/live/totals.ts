/** Sums over cells of the live state, and what follows from them. Formulas: docs/metrics.md. */
import type { LiveRegionState, LiveValues } from '../../core/live/live-state.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import { liveCounterIndex as at } from '../../core/protocol/live.ts';

export interface Totals {
  events: number;
  views: number;
  downloads: number;
  /** Downloads that arrived: slow ones too. */
  arrived: number;
  failed: number;
  speedKbpsSum: number;
  speedCount: number;
}

/** Rates are taken over this long. */
const rateMs = 60_000;

export function noTotals(): Totals {
  return { events: 0, views: 0, downloads: 0, arrived: 0, failed: 0, speedKbpsSum: 0, speedCount: 0 };
}

/** Adds a cell into `totals`. */
export function addCell(totals: Totals, values: LiveValues): void {
  const value = (index: number): number => values[index] ?? 0;
  totals.events += value(at.events);
  totals.views += value(at.views);
  totals.downloads += value(at.downloads);
  totals.arrived += value(at.downloads_succeeded) + value(at.downloads_slow);
  totals.failed += value(at.downloads_failed);
  totals.speedKbpsSum += value(at.speed_kbps_sum);
  totals.speedCount += value(at.speed_count);
}

/** What the regions' panes that start within [from, to) hold: whole panes, so that counts stay whole numbers. */
export function paneTotals(regions: Iterable<LiveRegionState>, from: number, to: number): Totals {
  const totals = noTotals();
  for (const region of regions) {
    for (const [start, values] of region.panes) {
      if (start >= from && start < to) addCell(totals, values);
    }
  }
  return totals;
}

/**
 * Events a second over the minute before `now`. The pane that the minute cuts counts by the part within, so that the
 * number glides instead of falling each time a pane opens; the open pane counts whole, as all of it lies before `now`.
 */
export function eventsPerSecond(regions: Iterable<LiveRegionState>, now: number): number {
  const from = now - rateMs;
  let events = 0;
  for (const region of regions) {
    for (const [start, values] of region.panes) {
      if (start >= now || start + paneMs <= from) continue;
      const within = Math.min(1, (start + paneMs - from) / paneMs);
      events += (values[at.events] ?? 0) * within;
    }
  }
  return events / (rateMs / 1000);
}

/** What the regions' minutes that start within the hour before `to` hold: whole minutes. */
export function hourTotals(regions: Iterable<LiveRegionState>, to: number): Totals {
  const totals = noTotals();
  for (const region of regions) {
    for (const [minute, values] of region.minutes) {
      const start = minute * windowMs;
      if (start >= to - 60 * windowMs && start < to) addCell(totals, values);
    }
  }
  return totals;
}

/** Null without downloads. */
export function successRate({ arrived, downloads }: Totals): number | null {
  return downloads === 0 ? null : arrived / downloads;
}

/** Mean Mbit/s; null where no event carried a speed. */
export function speedMbps({ speedKbpsSum, speedCount }: Totals): number | null {
  return speedCount === 0 ? null : speedKbpsSum / speedCount / 1000;
}
