import { utcEnds } from '../format/date.ts';
import * as say from '../text/analytics.ts';

/** What the page is asked to show: the same words in its address. Days are of UTC, as those of the batch layer. */
export const rangeWords = {
  today: say.todaySoFar,
  yesterday: say.yesterday,
  '7d': say.last7Days,
  '30d': say.last30Days,
  custom: say.chosenDays,
} as const;
export type RangeName = keyof typeof rangeWords;

export interface AnalyticsView {
  readonly range: RangeName;
  /** First and last day, `2026-11-20`, of chosen days; else null. */
  readonly from: string | null;
  readonly to: string | null;
  /** Null for all. */
  readonly region: string | null;
  /** Id of the content that is looked at; null for the most viewed. */
  readonly content: string | null;
  /** The day whose users are listed; null for the last of the range. */
  readonly day: string | null;
}

/** Half-open, ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** As many as the service takes. */
const rangeDaysMax = 92;
/** Up to here a series has a column an hour, beyond it one a day. */
const byHourMsMax = 72 * hourMs;
/** As the service has it: of users. */
const userDaysMax = 7;

const daysOf = { today: 1, '7d': 7, '30d': 30 } as const;

export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Start of a day; NaN for what is none. */
const dayStart = (date: string | null): number =>
  date !== null && /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;

/** Why days cannot be shown; null where they can. */
export function daysFault(from: string | null, to: string | null): string | null {
  const [first, last] = [dayStart(from), dayStart(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return say.giveAFirstAndALastDay;
  if (first > last) return say.theFirstDayMustNotBeAfterTheLast;
  return last - first >= rangeDaysMax * dayMs ? say.atMostDays(rangeDaysMax) : null;
}

/** Words that mean nothing are as if they were not there. */
export function viewOf(search: string): AnalyticsView {
  const asked = new URLSearchParams(search);
  const text = (name: string): string | null => asked.get(name)?.trim() || null;
  const [from, to] = [text('from'), text('to')];
  const isCustom = (from ?? to) !== null && daysFault(from, to) === null;
  const named = text('range') ?? '';
  const range = isCustom ? 'custom' : named !== 'custom' && Object.hasOwn(rangeWords, named) ? named : '7d';
  return {
    range: range as RangeName,
    from: isCustom ? from : null,
    to: isCustom ? to : null,
    region: text('region'),
    content: text('content'),
    day: Number.isNaN(dayStart(text('day'))) ? null : text('day'),
  };
}

/** In one order, so that the same view is the same address; the part alone for the view that it begins with. */
export function searchOf(view: AnalyticsView): string {
  const search = new URLSearchParams({ part: 'stream' });
  if (view.range !== '7d' && view.range !== 'custom') search.set('range', view.range);
  for (const name of ['from', 'to', 'region', 'content', 'day'] as const)
    if (view[name] !== null) search.set(name, view[name]);
  return `?${search}`;
}

/** To the end of the hour that is open, where days are not over. */
export function timesOf({ range, from, to }: AnalyticsView, nowMs: number): TimeRange {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const openEnd = Math.ceil((nowMs + 1) / hourMs) * hourMs;
  if (range === 'yesterday') return { from: today - dayMs, to: today };
  if (range !== 'custom') return { from: today - (daysOf[range] - 1) * dayMs, to: openEnd };
  const first = dayStart(from);
  const end = dayStart(to) + dayMs;
  // Days ahead have no hours, and a range must not be empty.
  return { from: first, to: Math.max(first + hourMs, Math.min(end, openEnd)) };
}

export const stepOf = ({ from, to }: TimeRange): 'hour' | 'day' =>
  to - from <= byHourMsMax ? 'hour' : 'day';

/** Parameters of a question about a range. */
export function questionOf(
  { from, to }: TimeRange,
  more: Readonly<Record<string, string | null>>,
): URLSearchParams {
  const search = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  for (const [name, value] of Object.entries(more)) if (value !== null) search.set(name, value);
  return search;
}

/** Days of the range whose users can be asked for, the newest first. */
export function userDays({ from, to }: TimeRange): string[] {
  const last = Math.floor((to - 1) / dayMs) * dayMs;
  const count = Math.min(userDaysMax, Math.floor((last - from) / dayMs) + 1);
  return Array.from({ length: count }, (_, i) => dateOf(last - i * dayMs));
}

/** That of which users are shown: the chosen one; else the newest that is over, since others are not computed. */
export function userDay(range: TimeRange, chosen: string | null, nowMs: number): string {
  const days = userDays(range);
  const past = days.find((day) => day !== dateOf(nowMs));
  return days.find((day) => day === chosen) ?? past ?? dateOf(range.from);
}

/** `15 to 21 Nov 2026`. */
export function daysText({ from, to }: TimeRange): string {
  const [first, last] = utcEnds(from, to - 1);
  return first === null ? last : say.range(first, last);
}
