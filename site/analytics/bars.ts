/** Rows as bars and columns: how long each is, and what it says. */

import { countScale } from '../chart/axis-scale.ts';
import { utcDayText } from '../format/date.ts';
import { countText, fineText } from '../format/number.ts';
import * as say from '../text/analytics-batch.ts';
import type { ContentRow, HourRow } from './batch-rows.ts';
import { dayMs, stepOf, type TimeRange } from './view.ts';

/** One of a row of columns; null where nothing is known, which is drawn as a gap. */
export interface Column {
  readonly key: number;
  readonly value: number | null;
  /** Below the axis; empty where it would be too dense. */
  readonly label: string;
  /** On hover. */
  readonly text: string;
}

/** Each row's share of the largest, 0 to 1. */
export function lengthsOf(values: readonly number[]): number[] {
  const most = Math.max(0, ...values);
  return values.map((value) => (most === 0 ? 0 : value / most));
}

/** Counts above 10 in whole numbers. */
export const meanText = (value: number): string =>
  value < 10 ? fineText(Math.round(value * 10) / 10) : countText(Math.round(value));

const twoDigits = (value: number): string => String(value).padStart(2, '0');
export const hourText = (hour: number): string => `${twoDigits(hour)}:00`;

/** The 24 hours of a day. Those without events have no row. */
export function patternColumns(rows: readonly HourRow[]): Column[] {
  const byHour = new Map(rows.map((row) => [row.hour, row]));
  return Array.from({ length: 24 }, (_, hour) => {
    const value = byHour.get(hour)?.avg_events ?? null;
    return {
      key: hour,
      value,
      label: hour % 6 === 0 ? hourText(hour) : '',
      text: `${hourText(hour)}: ${value === null ? say.noEventsCounted : say.eventsAnHour(meanText(value))}`,
    };
  });
}

/** Roughly as many labels as a phone has room for. */
const labelsMax = 4;

export const stepMsOf = (range: TimeRange): number => (stepOf(range) === 'hour' ? dayMs / 24 : dayMs);

/** Views by hour or day: every step of the range has its place, also where nothing is known of it. */
export function seriesColumns(rows: readonly ContentRow[], range: TimeRange): Column[] {
  const stepMs = stepMsOf(range);
  const byStart = new Map(rows.map((row) => [Date.parse(row.window_start), row]));
  const count = Math.ceil((range.to - range.from) / stepMs);
  const every = Math.ceil(count / labelsMax);
  return Array.from({ length: count }, (_, i) => {
    const start = range.from + i * stepMs;
    const value = byStart.get(start)?.view_count ?? null;
    const name = stepText(start, range);
    const text = `${name}: ${value === null ? say.nothingCounted : say.viewsCount(value)}`;
    return { key: start, value, label: i % every === 0 ? name : '', text };
  });
}

/** `20 Nov` or, by the hour, `14:00`, with its day where there are several. */
export function stepText(start: number, range: TimeRange): string {
  if (stepOf(range) === 'day') return utcDayText(start);
  const hour = hourText(new Date(start).getUTCHours());
  return range.to - range.from <= dayMs ? hour : `${utcDayText(start)} ${hour}`;
}

/** Lines of the axis, from the top: how far up each is, 0 to 1, and its word. */
export function axisOf(columns: readonly Column[]) {
  const { max, splits } = countScale(Math.max(0, ...columns.map(({ value }) => value ?? 0)));
  return {
    max,
    lines: splits.map((value) => ({ at: value / max, word: meanText(value) })).toReversed(),
  };
}
