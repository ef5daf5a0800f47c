/** Sums of viewing sessions, as every question has them, and the columns that make them. */
import { type SlotSpan, slotMs } from '../../core/warehouse/local-days.ts';
import type { Parameters } from './session-filters.ts';

export interface SessionSums {
  readonly views: number;
  readonly users: number;
  readonly watchMs: number;
  readonly completionMilli: number;
  /** Sessions that tell a completion. */
  readonly completions: number;
}

export const noSums: SessionSums = { views: 0, users: 0, watchMs: 0, completionMilli: 0, completions: 0 };

/** With the views of the days before, null where they were not asked for. */
export interface ComparedSums extends SessionSums {
  readonly previousViews: number | null;
}

/** A range, and the one just before it. */
export interface ComparedSpan extends SlotSpan {
  /** Where the days before begin; null without them. */
  readonly previousFromSlot: number | null;
}

/** Sums of sessions `s` of whom all are asked for. */
export const sumColumns = `count(*) AS views, count(DISTINCT s.user_id) AS users,
  coalesce(sum(s.watch_duration_ms), 0) AS watchMs, coalesce(sum(s.completion_milli), 0) AS completionMilli,
  count(s.completion_milli) AS completions`;

/** The time that an index has: that of users has the very moment, to tell who was seen last. */
type TimeColumn = 'start_slot' | 'start_time_ms';

const placeOf = (slot: number, time: TimeColumn): number => (time === 'start_slot' ? slot : slot * slotMs);

/** The same in one walk over a range and the days before it. */
export function comparedColumns(
  { fromSlot, previousFromSlot }: ComparedSpan,
  parameters: Parameters,
  time: TimeColumn = 'start_slot',
): string {
  if (previousFromSlot === null) return `${sumColumns}, NULL AS previousViews`;
  const isNow = `s.${time} >= ${parameters.add(placeOf(fromSlot, time))}`;
  const now = `FILTER (WHERE ${isNow})`;
  return `count(*) ${now} AS views, count(DISTINCT CASE WHEN ${isNow} THEN s.user_id END) AS users,
    coalesce(sum(s.watch_duration_ms) ${now}, 0) AS watchMs,
    coalesce(sum(s.completion_milli) ${now}, 0) AS completionMilli,
    count(s.completion_milli) ${now} AS completions, count(*) FILTER (WHERE NOT ${isNow}) AS previousViews`;
}

/** The range with the days before it. */
export function withinSpan(
  { fromSlot, toSlot, previousFromSlot = null }: SlotSpan & Partial<ComparedSpan>,
  parameters: Parameters,
  time: TimeColumn = 'start_slot',
): string {
  const [from, to] = [placeOf(previousFromSlot ?? fromSlot, time), placeOf(toSlot, time)];
  return `s.${time} >= ${parameters.add(from)} AND s.${time} < ${parameters.add(to)}`;
}
