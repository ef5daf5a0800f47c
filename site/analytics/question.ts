/** What is asked of the warehouse: the same names in the page's address and in the service's. Days are of `tz`. */

import { type Filter, filtersAmong, withPressed } from '../filter/value-list.ts';
import { utcEnds } from '../format/date.ts';
import { isZone, localText, zoneOffsetMs } from '../format/zone.ts';
import * as say from '../text/analytics.ts';

/** In the words of people. What rows and marks are pressed for. */
export const filterWords = {
  content_id: say.film,
  genre: say.genre,
  country: say.country,
  device_type: say.device,
  subscription_type: say.plan,
  region: say.region,
} as const;
export type FilterName = keyof typeof filterWords;
export const filterNames = Object.keys(filterWords) as FilterName[];

/** What is looked at alone, in place of the whole. */
export const detailNames = ['movie', 'user', 'session'] as const;
export type DetailName = (typeof detailNames)[number];

/** Of the table of films. */
const listNames = ['q', 'sort', 'order', 'cursor'] as const;
const fields = [
  'days',
  'from',
  'to',
  'tz',
  'compare',
  'part',
  ...filterNames,
  ...listNames,
  ...detailNames,
] as const;
type Field = (typeof fields)[number];

/** In the order in which they were asked for; what is not asked for is missing. */
export type Asked = Readonly<Partial<Record<Field, string>>>;
export type Change = Readonly<Partial<Record<Field, string | null>>>;

export const dayMs = 86_400_000;
/** As many as the service takes. */
const daysMax = 400;
export const daysChoices = ['1', '7', '30', '90'] as const;
const daysDefault = '30';

const dayStart = (date: string | undefined): number =>
  /^\d{4}-\d\d-\d\d$/.test(date ?? '') ? Date.parse(date ?? '') : Number.NaN;

/** Why days cannot be shown; null where they can. */
export function chosenFault({ from, to }: Asked): string | null {
  const length = dayStart(to) - dayStart(from);
  if (Number.isNaN(length)) return say.giveAFirstAndALastDay;
  if (length < 0) return say.theFirstDayMustNotBeAfterTheLast;
  return length >= daysMax * dayMs ? say.atMostDays(daysMax) : null;
}

/** Words that mean nothing are as if they were not there. The zone is always told: another reader has another. */
export function askedOf(search: string, ownZone: string): Asked {
  const asked: Partial<Record<Field, string>> = {};
  for (const [name, value] of new URLSearchParams(search))
    if ((fields as readonly string[]).includes(name) && value.trim() !== '')
      asked[name as Field] = value.trim();
  if (!isZone(asked.tz ?? '')) asked.tz = ownZone;
  if (!(daysChoices as readonly string[]).includes(asked.days ?? '')) delete asked.days;
  if (chosenFault(asked) !== null) {
    delete asked.from;
    delete asked.to;
  } else delete asked.days;
  return asked;
}

/** Null takes a field away; what is new comes last, and what is changed stays in its place. */
export function changed(asked: Asked, change: Change): Asked {
  const next = Object.entries({ ...asked, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(next) as Asked;
}

export const searchOf = (asked: Asked): string => `?${new URLSearchParams(asked as Record<string, string>)}`;

/** In the order in which they were chosen. */
export const filtersOf = (asked: Asked): Filter<FilterName>[] => filtersAmong(asked, filterWords);

/** A row that is pressed is looked at; where some are left out already, it is left out too. */
export const pressed = (asked: Asked, name: FilterName, value: string): Change => ({
  [name]: withPressed(asked[name], value),
  cursor: null,
});

/** `2026-11-21` in the zone. */
export const dateIn = (zone: string, ms: number): string => localText(zone, ms).slice(0, 10);

/** First and last day that are asked for, as UTC midnights. */
export function daysOf(asked: Asked, nowMs: number): { first: number; last: number; count: number } {
  const { from, to, days = daysDefault, tz = 'UTC' } = asked;
  const last = Date.parse(to ?? dateIn(tz, nowMs));
  const first = from === undefined ? last - (Number(days) - 1) * dayMs : Date.parse(from);
  return { first, last, count: (last - first) / dayMs + 1 };
}

/** Noon of a day in the zone, or an hour beside it where clocks change: the service takes the whole day. */
export function noonIn(zone: string, date: string): number {
  const noon = Date.parse(`${date}T12:00Z`);
  return noon - zoneOffsetMs(zone, noon);
}

/** The parameters that every question has. */
export function questionOf(asked: Asked): URLSearchParams {
  const { from, to, days = daysDefault, tz = 'UTC', compare } = asked;
  const search = new URLSearchParams({ tz });
  if (from === undefined || to === undefined) search.set('days', days);
  else {
    search.set('from', String(noonIn(tz, from)));
    search.set('to', String(noonIn(tz, to) + 1));
  }
  if (compare !== 'off') search.set('compare', 'previous');
  for (const { name } of filtersOf(asked)) search.set(name, asked[name] ?? '');
  return search;
}

/** `23 Oct to 21 Nov 2026`, of UTC midnights. */
export function daysText(first: number, last: number): string {
  const [begins, ends] = utcEnds(first, last);
  return begins === null ? ends : say.range(begins, ends);
}

const rangeWords: Readonly<Record<string, string>> = {
  1: say.todaySoFar,
  7: say.last7Days,
  30: say.last30Days,
  90: say.last90Days,
};
export const rangeWord = ({ from, days = daysDefault }: Asked): string | null =>
  from === undefined ? (rangeWords[days] ?? null) : null;
