/** What the Live view is asked to show: the same words in its address, and filters as the service has them. */
import { type Filter, filtersAmong, valueListOf, valueText } from '../filter/value-list.ts';
import { isZone } from '../format/zone.ts';
import * as say from '../text/live.ts';

/** In the words of people. What rows, bars and marks are pressed for. */
export const filterWords = {
  region: say.region,
  device_type: say.device,
  content_type: say.type,
  content_id: say.title,
} as const;
export type FilterName = keyof typeof filterWords;
/** Windows count each of these by itself, so there is one at a time; any regions beside it. */
const keyNames = ['device_type', 'content_type', 'content_id'] as const;

/** Minutes of the ranges that end now; of today, midnight tells. */
export const rangeMinutes = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440, '7d': 10_080 } as const;
const comparisons = ['previous', 'week'] as const;

const fields = ['region', ...keyNames, 'at', 'range', 'from', 'to', 'compare', 'tz'] as const;
export type Field = (typeof fields)[number];

/** In the order in which they were asked for; what is not asked for is missing. */
export type Asked = Readonly<Partial<Record<Field, string>>>;
export type Change = Readonly<Partial<Record<Field, string | null>>>;

const minuteMs = 60_000;
/** As many as the service takes in one list, and of characters in each. */
const valuesMax = 20;
const valueLengthMax = 128;
/** As long as a picture may be. */
const rangeMsMax = 10_080 * minuteMs;
/** Hours are kept for a year and a month. */
const keptMs = 400 * 86_400_000;

/** ms of a minute's start; null for what is no time, or of no time that is kept. */
function minuteOf(text: string | undefined, nowMs: number): number | null {
  // Without a zone it is UTC, as everywhere in the API.
  const ms = /^\d{12,14}$/.test(text ?? '')
    ? Number(text)
    : /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text ?? '')
      ? Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text ?? '') ? (text ?? '') : `${text}Z`)
      : Number.NaN;
  return ms <= nowMs && ms > nowMs - keptMs ? Math.floor(ms / minuteMs) * minuteMs : null;
}

export const minuteText = (ms: number): string => new Date(ms).toISOString().replace(':00.000Z', 'Z');

const isFilter = (text: string): boolean => {
  const values = valueListOf(text)?.values ?? [];
  return (
    values.length > 0 &&
    values.length <= valuesMax &&
    values.every((value) => value.trim() !== '' && value.length <= valueLengthMax)
  );
};

/** Each word as it is kept; null for one that means nothing. */
const kept: Readonly<Record<Field, (text: string, nowMs: number) => string | null>> = {
  region: (text) => (isFilter(text) ? text : null),
  device_type: (text) => (isFilter(text) ? text : null),
  content_type: (text) => (isFilter(text) ? text : null),
  content_id: (text) => (isFilter(text) ? text : null),
  at: timeText,
  range: (text) => (text === 'today' || Object.hasOwn(rangeMinutes, text) ? text : null),
  from: timeText,
  to: (text, nowMs) => timeText(text, nowMs + minuteMs),
  compare: (text, nowMs) =>
    (comparisons as readonly string[]).includes(text) ? text : timeText(text, nowMs),
  tz: (text) => (isZone(text) ? text : null),
};

function timeText(text: string, nowMs: number): string | null {
  const minute = minuteOf(text, nowMs);
  return minute === null ? null : minuteText(minute);
}

export interface Read {
  readonly asked: Asked;
  /** What was left out, as it stands in the address. */
  readonly left: readonly string[];
}

/** Words that mean nothing, and those that cannot go together, are left out and told. */
export function readAsked(search: string, nowMs: number): Read {
  const asked: Partial<Record<Field, string>> = {};
  const left: string[] = [];
  const leave = (field: string, text: string): void => {
    left.push(`${field}=${text.length > 40 ? `${text.slice(0, 40)}…` : text}`);
  };
  const drop = (field: Field): void => {
    if (asked[field] !== undefined) leave(field, asked[field]);
    delete asked[field];
  };
  for (const [name, value] of new URLSearchParams(search)) {
    const field = fields.find((one) => one === name);
    if (field === undefined) continue;
    const text = kept[field](value.trim(), nowMs);
    if (text === null || asked[field] !== undefined) leave(name, value);
    else asked[field] = text;
  }
  const { at, from, to } = asked;
  if (rangeFault(from, to) !== null || (at !== undefined && from !== undefined)) {
    drop('from');
    drop('to');
  }
  if (at !== undefined || asked.from !== undefined) drop('range');
  const keys = keyNames.filter((name) => asked[name] !== undefined);
  for (const name of keys.slice(1)) drop(name);
  return { asked, left };
}

/** Without the regions that are none. */
export function withoutUnknown(asked: Asked, isRegion: (name: string) => boolean): Read {
  const list = valueListOf(asked.region);
  const unknown = list?.values.filter((name) => !isRegion(name)) ?? [];
  if (!list || unknown.length === 0) return { asked, left: [] };
  const known = list.values.filter(isRegion);
  const region = known.length === 0 ? null : valueText(known, list.isNot);
  return { asked: changed(asked, { region }), left: unknown.map((name) => `region=${name.slice(0, 40)}`) };
}

/** Why a range cannot be shown; null where it can, or there is none. */
export function rangeFault(from: string | undefined, to: string | undefined): string | null {
  const length = Date.parse(to ?? '') - Date.parse(from ?? '');
  if (Number.isNaN(length)) return from === to ? null : say.giveBothTimes;
  if (length <= 0) return say.firstBeforeLast;
  return length > rangeMsMax ? say.atMost7Days : null;
}

/** Null takes a word away; what is new comes last. A new time takes the place of the one before, a key that of another. */
export function changed(asked: Asked, change: Change): Asked {
  const isTime = ['at', 'range', 'from'].some((field) => change[field as Field]);
  const isKey = keyNames.some((name) => change[name]);
  const others = Object.entries(asked).filter(
    ([field]) =>
      !(isTime && ['at', 'range', 'from', 'to'].includes(field)) &&
      !(isKey && (keyNames as readonly string[]).includes(field) && !(field in change)),
  );
  const next = { ...Object.fromEntries(others), ...change };
  return Object.fromEntries(Object.entries(next).filter(([, text]) => text !== null)) as Asked;
}

/** What Esc takes back: the last that was asked for; of several values the last of them. The zone stays. */
export function undone(asked: Asked): Asked {
  const last = Object.keys(asked).findLast((field) => field !== 'tz') as Field | undefined;
  if (last === undefined) return asked;
  const list = last in filterWords ? valueListOf(asked[last]) : null;
  if (list && list.values.length > 1)
    return changed(asked, { [last]: valueText(list.values.slice(0, -1), list.isNot) });
  return changed(asked, last === 'to' ? { from: null, to: null } : { [last]: null });
}

/** In the order in which they were chosen. */
export const filtersOf = (asked: Asked): Filter<FilterName>[] => filtersAmong(asked, filterWords);

export const keyFilterOf = (asked: Asked): Filter<FilterName> | null =>
  filtersOf(asked).find(({ name }) => name !== 'region') ?? null;

/** The region that is looked at alone; null for several or all. */
export function onlyRegion({ region }: Asked): string | null {
  const list = valueListOf(region);
  return list && !list.isNot && list.values.length === 1 ? (list.values[0] ?? null) : null;
}

/** The address with what is asked for; what others keep in it stays. Commas are told as they are. */
export function searchWith(search: string, asked: Asked): string {
  const others = [...new URLSearchParams(search)].filter(
    ([name]) => !(fields as readonly string[]).includes(name),
  );
  const next = new URLSearchParams([...others, ...Object.entries(asked)]).toString();
  return next === ''
    ? ''
    : `?${next.replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%21', '!').replaceAll('%2F', '/')}`;
}
