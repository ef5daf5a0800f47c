/** Cells of some regions as series over time: aligned, with gaps where nothing is known. */
import type { LiveRegionState } from '../../core/live/live-state.ts';
import { holdBackMs, liveMinutesMs, livePanesMs, paneMs, windowMs } from '../../core/protocol/limits.ts';
import { addCell, type CellKind, noTotals, successRate, type Totals } from './totals.ts';

export interface Span extends CellKind {
  /** How far back, ms. */
  readonly lengthMs: number;
}

export const paneSpan: Span = {
  slotMs: paneMs,
  lengthMs: livePanesMs,
  cells: (region) => region.panes,
  key: (start) => start,
};

export const minuteSpan: Span = {
  slotMs: windowMs,
  lengthMs: liveMinutesMs,
  cells: (region) => region.minutes,
  key: (start) => start / windowMs,
};

export interface Series {
  readonly span: Span;
  readonly asOf: number;
  /** Start of each slot, ms, ascending. */
  readonly times: readonly number[];
  /** Slots before this one are closed; from it on they are still growing. */
  readonly closedCount: number;
  /** Events, views and downloads a second; null before anything is known. */
  readonly events: readonly (number | null)[];
  readonly views: readonly (number | null)[];
  readonly downloads: readonly (number | null)[];
  /** 0 to 1; null without downloads. */
  readonly success: readonly (number | null)[];
  /** Of an earlier time, slot by slot; absent where nothing is compared. */
  readonly before?: Beside;
}

type Beside = Pick<Series, 'events' | 'downloads' | 'success'>;

/**
 * The same slots of an earlier time. `stepMs`: length of its cells; where they are longer than the slots, as those of
 * times that are told by hours, each slot has the rate of the cell that it is in.
 */
export function besideOf(
  regions: readonly LiveRegionState[],
  { span, asOf }: Series,
  shiftMs: number,
  stepMs: number,
): Beside {
  if (stepMs <= span.slotMs) return seriesOf(regions, span, asOf - shiftMs, true);
  const coarse = seriesOf(
    regions,
    { ...minuteSpan, slotMs: stepMs, lengthMs: span.lengthMs + stepMs },
    asOf - shiftMs,
    true,
  );
  const { times } = seriesOf([], span, asOf - shiftMs, true);
  const at = (values: readonly (number | null)[]) =>
    times.map((time) => values[Math.floor((time - (coarse.times[0] ?? 0)) / stepMs)] ?? null);
  return { events: at(coarse.events), downloads: at(coarse.downloads), success: at(coarse.success) };
}

/**
 * The slots of the span that ends at `asOf`. A slot without a cell is a zero if the regions were known by then (a cell
 * of it or an earlier one exists), and a gap if not. Of the past all slots are closed.
 */
export function seriesOf(
  regions: readonly LiveRegionState[],
  span: Span,
  asOf: number,
  isPast = false,
): Series {
  const { slotMs, lengthMs } = span;
  const last = Math.floor(asOf / slotMs) * slotMs;
  // The slot that the left edge cuts is drawn too: the line then comes in from the side.
  const first = Math.floor((asOf - lengthMs) / slotMs) * slotMs;
  const times: number[] = [];
  for (let start = first; start <= last; start += slotMs) times.push(start);
  const slots = times.map((start) => slotTotals(regions, span, start));
  const known = slots.findIndex((slot) => slot !== null);
  const perSecond = (counter: 'events' | 'views' | 'downloads') =>
    slots.map((slot, i) => (known < 0 || i < known ? null : (slot?.[counter] ?? 0) / (slotMs / 1000)));
  const open = isPast ? -1 : times.findIndex((start) => start + slotMs + holdBackMs > asOf);
  return {
    span,
    asOf,
    times,
    closedCount: open < 0 ? times.length : open,
    events: perSecond('events'),
    views: perSecond('views'),
    downloads: perSecond('downloads'),
    success: slots.map((slot) => (slot === null ? null : successRate(slot))),
  };
}

/** Null when no region has a cell there. */
function slotTotals(regions: readonly LiveRegionState[], span: Span, start: number): Totals | null {
  let totals: Totals | null = null;
  for (const region of regions) {
    const values = span.cells(region).get(span.key(start));
    if (values === undefined) continue;
    totals ??= noTotals();
    addCell(totals, values);
  }
  return totals;
}
