/** Sums over cells of the live state, and what follows from them. Formulas: docs/metrics.md. */
import type { LiveRegionState, LiveValues } from '../../core/live/live-state.ts';
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

/** Panes, minutes or steps of many minutes. */
export interface CellKind {
  /** Length of one, ms. */
  readonly slotMs: number;
  readonly cells: (region: LiveRegionState) => ReadonlyMap<number, LiveValues>;
  /** A time as the keys of the cells have it; not rounded. */
  readonly key: (ms: number) => number;
}

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

/** What the regions' cells that start within [from, to) hold: whole cells, so that counts stay whole numbers. */
export function cellTotals(
  regions: Iterable<LiveRegionState>,
  { cells, key }: CellKind,
  from: number,
  to: number,
): Totals {
  const totals = noTotals();
  const [first, end] = [key(from), key(to)];
  for (const region of regions) {
    for (const [start, values] of cells(region)) if (start >= first && start < end) addCell(totals, values);
  }
  return totals;
}

/**
 * Events a second over the `rateMs` before `now`. The cell that their begin cuts counts by the part within, so that the
 * number glides instead of falling each time a cell opens; the open one counts whole, as all of it lies before `now`.
 */
export function eventsPerSecond(
  regions: Iterable<LiveRegionState>,
  { cells, key, slotMs }: CellKind,
  now: number,
  rateMs: number,
): number {
  const [from, end, slot] = [key(now - rateMs), key(now), key(slotMs)];
  let events = 0;
  for (const region of regions) {
    for (const [start, values] of cells(region)) {
      if (start >= end || start + slot <= from) continue;
      events += (values[at.events] ?? 0) * Math.min(1, (start + slot - from) / slot);
    }
  }
  return events / (rateMs / 1000);
}

/** Null without downloads. */
export function successRate({ arrived, downloads }: Totals): number | null {
  return downloads === 0 ? null : arrived / downloads;
}

/** Mean Mbit/s; null where no event carried a speed. */
export function speedMbps({ speedKbpsSum, speedCount }: Totals): number | null {
  return speedCount === 0 ? null : speedKbpsSum / speedCount / 1000;
}
