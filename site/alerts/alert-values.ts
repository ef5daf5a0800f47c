/** What an alert's metric was, minute by minute, around the time that it was on. */
import type { RecordMetric } from '../../core/alert/alert-record.ts';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { windowsKeptMs } from '../../core/protocol/batch-limits.ts';
import { type AxisScale, countScale, shareScale } from '../chart/axis-scale.ts';
import type { PlotSeries } from '../chart/plot-spec.ts';
import * as say from '../text/alerts.ts';

/** A minute of /api/stats/timeseries. */
export interface MinuteRow {
  readonly window_start: string;
  readonly total_events: number;
  readonly total_downloads: number;
  readonly success_rate: number | null;
  readonly error_rate: number | null;
  readonly open: boolean;
}

export interface AlertValues extends PlotSeries {
  readonly values: readonly (number | null)[];
  /** Downloads of each minute; null where the metric is no rate. */
  readonly attempts: readonly (number | null)[];
}

const minuteMs = 60_000;
/** Shown before it began and after its end. */
const marginMs = 20 * minuteMs;
/** Of an alert that was on for longer, its beginning is shown, or its newest minutes while it fires. */
const lengthMsMax = 120 * minuteMs;

export const isRate = (metric: RecordMetric): boolean => metric === 'success_rate' || metric === 'error_rate';

/** Why there is no chart; null where there is one. */
export function noChart({ metric, created_at: at }: AlertRow, nowMs: number): string | null {
  if (metric === 'lateness_cuts' || metric === 'unaccounted_events') return say.foundByCheck;
  return Date.parse(at) < nowMs - windowsKeptMs ? say.olderThanMinutes : null;
}

/** Half-open, whole minutes, ms. */
export function timesAround(alert: AlertRow, nowMs: number): { readonly from: number; readonly to: number } {
  const minute = (ms: number): number => Math.floor(ms / minuteMs) * minuteMs;
  const from = minute(Date.parse(alert.pending_since) - marginMs);
  const end = alert.resolved_at === null ? nowMs : Date.parse(alert.resolved_at) + marginMs;
  const to = Math.min(minute(end), minute(nowMs)) + minuteMs;
  if (to - from <= lengthMsMax) return { from, to };
  return alert.resolved_at === null ? { from: to - lengthMsMax, to } : { from, to: from + lengthMsMax };
}

/** Address of the service for these minutes. */
export function valuesAddress(alert: AlertRow, nowMs: number): string {
  const { from, to } = timesAround(alert, nowMs);
  const search = new URLSearchParams({
    region: alert.region,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const { dimension, dimension_key: key } = alert;
  if (key !== null) search.set(dimension === 'device' ? 'device_type' : 'content_id', key);
  return `/api/stats/timeseries?${search}`;
}

/** `rows`: ascending, without holes. What is open still grows. */
export function alertValues({ metric }: AlertRow, rows: readonly MinuteRow[]): AlertValues {
  const times = rows.map((row) => Date.parse(row.window_start));
  const open = rows.findIndex((row) => row.open);
  const [first = 0] = times;
  const last = times.at(-1) ?? first;
  return {
    times,
    closedCount: open < 0 ? rows.length : open,
    // The last minute is drawn at the right edge; a place before the first lets that one be pointed at.
    asOf: last,
    span: { slotMs: minuteMs, lengthMs: Math.max(minuteMs, last - first) },
    values: metric === 'silent_minutes' ? silentMinutes(rows) : rows.map((row) => rateOf(metric, row)),
    attempts: rows.map((row) => (isRate(metric) ? row.total_downloads : null)),
  };
}

const rateOf = (metric: RecordMetric, row: MinuteRow): number | null =>
  metric === 'error_rate' ? row.error_rate : row.success_rate;

/** Minutes without an event up to each one; unknown before the first event. */
function silentMinutes(rows: readonly MinuteRow[]): (number | null)[] {
  let silent: number | null = null;
  return rows.map((row) => {
    if (row.total_events > 0) silent = 0;
    else if (silent !== null) silent++;
    return silent;
  });
}

/** On which side of the threshold the trouble lies. */
export function isBreach({ metric, threshold_value: limit }: AlertRow, value: number): boolean {
  if (metric === 'success_rate') return value < limit;
  return metric === 'silent_minutes' ? value >= limit : value > limit;
}

/** The axis that all of it fits on, threshold included. */
export function valueScale(
  { metric, threshold_value: limit }: AlertRow,
  values: readonly number[],
): AxisScale {
  const all = [...values, limit];
  if (metric === 'success_rate') return shareScale(Math.min(...all));
  const top = Math.max(...all);
  if (metric === 'silent_minutes') return countScale(top);
  const max = top <= 0.2 ? 0.2 : top <= 0.5 ? 0.5 : 1;
  return { min: 0, max, splits: [0, max / 2, max] };
}

/** Pieces of the line, as SVG paths in a box of `width` by 100: all of it, and what was in breach. */
export function linePaths(
  alert: AlertRow,
  { values }: AlertValues,
  width: number,
): { readonly all: string; readonly breach: string } {
  const { min, max } = valueScale(alert, known(values));
  const x = (i: number): string => ((i / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number): string => (100 - ((value - min) / (max - min)) * 100).toFixed(1);
  const path = { all: '', breach: '' };
  values.forEach((value, i) => {
    if (value === null) return;
    const before = values[i - 1] ?? null;
    const next = values[i + 1] ?? null;
    const point = `${x(i)} ${y(value)}`;
    // A value between two gaps is a dot.
    path.all += before !== null ? `L${point}` : `M${point}${next === null ? 'h.1' : ''}`;
    if (before !== null && (isBreach(alert, before) || isBreach(alert, value)))
      path.breach += `M${x(i - 1)} ${y(before)}L${point}`;
    else if (before === null && next === null && isBreach(alert, value)) path.breach += `M${point}h.1`;
  });
  return path;
}

export const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null);

/** The worst of them; null of none. */
export function worstValue({ metric }: AlertRow, values: readonly (number | null)[]): number | null {
  const all = known(values);
  if (all.length === 0) return null;
  return metric === 'success_rate' ? Math.min(...all) : Math.max(...all);
}
