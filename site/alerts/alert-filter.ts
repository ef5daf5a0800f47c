/** What the log of alerts is narrowed to: the page's address, the questions to the service, and what a frame brings. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertSeverities } from '../../core/alert/alert-rule.ts';
import { alertRangeMinutesMax } from '../../core/protocol/batch-limits.ts';
import * as say from '../text/alerts.ts';

export const stateWords = {
  firing: say.firing,
  acknowledged: say.acknowledged,
  resolved: say.resolved,
} as const;
export type AlertGroup = keyof typeof stateWords;
export const alertGroups = Object.keys(stateWords) as AlertGroup[];

/** Minutes of each. */
export const ranges = { '1h': 60, '24h': 1440, '7d': 10_080, '30d': 43_200 } as const;
export const rangeWords = {
  '1h': say.lastHour,
  '24h': say.last24Hours,
  '7d': say.last7Days,
  '30d': say.last30Days,
} as const;
export type RangeName = keyof typeof ranges;
const rangeDefault = '7d';

const fields = ['state', 'severity', 'region', 'rule', 'range', 'from', 'to', 'alert'] as const;
export type AlertField = (typeof fields)[number];
/** Fields that narrow the list by what an alert is. */
export const narrowing = ['severity', 'region', 'rule'] as const;

/** Texts as in the address; what is not asked for is missing. `alert`: the one that is opened. */
export type AlertFilter = Readonly<Partial<Record<AlertField, string>>>;

const isTime = (text: string | undefined): boolean => !Number.isNaN(Date.parse(text ?? ''));

/** What means nothing is as if it were not there. */
export function alertFilterOf(search: string): AlertFilter {
  const asked = new URLSearchParams(search);
  const filter: Partial<Record<AlertField, string>> = {};
  for (const name of fields) {
    const value = asked.get(name)?.trim();
    if (value) filter[name] = value;
  }
  if (!Object.hasOwn(stateWords, filter.state ?? '')) delete filter.state;
  if (!(alertSeverities as readonly string[]).includes(filter.severity ?? '')) delete filter.severity;
  if (!Object.hasOwn(ranges, filter.range ?? '') || filter.range === rangeDefault) delete filter.range;
  if (rangeFault(filter) !== null) {
    delete filter.from;
    delete filter.to;
  }
  if (filter.from) delete filter.range;
  return filter;
}

/** Why a chosen time cannot be shown; null where it can, or none is chosen. */
export function rangeFault({ from, to }: AlertFilter): string | null {
  if (from === undefined && to === undefined) return null;
  if (!isTime(from) || !isTime(to)) return say.giveABeginningAndAnEnd;
  const lengthMs = Date.parse(to as string) - Date.parse(from as string);
  if (lengthMs <= 0) return say.theEndMustBeAfterTheBeginning;
  return lengthMs > alertRangeMinutesMax * 60_000 ? say.atMostDays(alertRangeMinutesMax / 1440) : null;
}

/** In one order, so that the same list is the same address; empty for the plain one. */
export function alertSearch(filter: AlertFilter): string {
  const search = new URLSearchParams();
  for (const name of fields) if (filter[name]) search.set(name, filter[name]);
  return search.size > 0 ? `?${search}` : '';
}

/** Null or nothing takes a field away. */
export function changedFilter(
  filter: AlertFilter,
  change: Readonly<Partial<Record<AlertField, string | null>>>,
): AlertFilter {
  return alertFilterOf(
    alertSearch(
      Object.fromEntries(
        Object.entries({ ...filter, ...change }).filter(([, value]) => value),
      ) as AlertFilter,
    ),
  );
}

export const rangeOf = ({ range = rangeDefault }: AlertFilter): RangeName => range as RangeName;

/** Half-open, ms. What fires is shown however long it has, unless a time was chosen. */
export function timesOf(filter: AlertFilter, nowMs: number): { readonly from: number; readonly to: number } {
  if (filter.from && filter.to) return { from: Date.parse(filter.from), to: Date.parse(filter.to) };
  return { from: nowMs - ranges[rangeOf(filter)] * 60_000, to: Number.POSITIVE_INFINITY };
}

/** Address of the service for one of the two lists; null where the filter leaves nothing of it. */
export function alertAddress(
  filter: AlertFilter,
  list: 'firing' | 'resolved',
  cursor?: string,
): string | null {
  const { state = list } = filter;
  if ((state === 'resolved') !== (list === 'resolved')) return null;
  const search = csvSearch(changedFilter(filter, { state: null }));
  search.set('state', list);
  if (filter.state && list === 'firing') search.set('acknowledged', String(state === 'acknowledged'));
  if (list === 'firing' && !filter.from) search.set('minutes', String(alertRangeMinutesMax));
  search.set('limit', list === 'firing' ? '500' : '50');
  if (cursor !== undefined) search.set('cursor', cursor);
  return `/api/stats/alerts?${search}`;
}

/** The whole list in the service's words, as its file is asked for. */
export function csvSearch(filter: AlertFilter): URLSearchParams {
  const { state, severity, region, rule, from, to } = filter;
  const search = new URLSearchParams(
    from && to ? { from, to } : { minutes: String(ranges[rangeOf(filter)]) },
  );
  if (severity) search.set('severity', severity);
  if (region) search.set('region', region);
  if (rule) search.set('alert_type', rule);
  if (state) search.set('state', state === 'resolved' ? 'resolved' : 'firing');
  if (state && state !== 'resolved') search.set('acknowledged', String(state === 'acknowledged'));
  return search;
}

function groupOf({ state, acknowledged }: AlertRow): AlertGroup {
  if (state === 'resolved') return 'resolved';
  return acknowledged ? 'acknowledged' : 'firing';
}

/** Whether the list shows it. What was resolved within the time is shown too, though it may have begun before. */
export function isShown(filter: AlertFilter, alert: AlertRow, nowMs: number): boolean {
  const { state, severity = alert.severity, region = alert.region, rule = alert.alert_type } = filter;
  if (state !== undefined && groupOf(alert) !== state) return false;
  if (severity !== alert.severity || region !== alert.region || rule !== alert.alert_type) return false;
  if (alert.state === 'firing' && !filter.from) return true;
  const { from, to } = timesOf(filter, nowMs);
  const times = [alert.created_at, filter.from ? alert.created_at : (alert.resolved_at ?? '')].map(
    Date.parse,
  );
  return times.some((time) => time >= from && time < to);
}

/** Where one alert is shown by itself, now and later. */
export function alertLink({ id, created_at }: AlertRow): string {
  const minute = Math.floor(Date.parse(created_at) / 60_000) * 60_000;
  const [from, to] = [minute, minute + 60_000].map((ms) => `${new Date(ms).toISOString().slice(0, 16)}Z`);
  return `/alerts${alertSearch({ from, to, alert: id } as AlertFilter)}`;
}

/** The Live view when it had been told: the minute in which the alert was recorded is over then. */
export function liveLink({ region, created_at }: AlertRow, nowMs: number): string {
  const at = Math.ceil(Date.parse(created_at) / 60_000) * 60_000;
  const search = new URLSearchParams({ region });
  if (at < nowMs) search.set('at', `${new Date(at).toISOString().slice(0, 16)}Z`);
  return `/?${search}`;
}
