/** From what was typed to what the service is asked: it judges, so nothing is judged here that it can see. */
import { keyNameLengthMax } from '../../core/protocol/limits.ts';
import type { KeyRow } from './rows.ts';

export const keyFields = [
  'name',
  'account',
  'regions',
  'events_per_second',
  'bytes_per_second',
  'events_per_day',
  'expires_at',
] as const;

const dayMs = 86_400_000;

export function keyBody(form: FormData) {
  return {
    name: text(form, 'name'),
    account: text(form, 'account'),
    regions: regionsOf(form),
    events_per_second: numberOf(text(form, 'events_per_second')),
    bytes_per_second: numberOf(text(form, 'bytes_per_second')),
    events_per_day: text(form, 'events_per_day') === '' ? null : numberOf(text(form, 'events_per_day')),
    expires_at: endOf(text(form, 'expires_at')),
  };
}

/** A second key with the grants of the first. */
export function rotatedBody(key: KeyRow, form: FormData) {
  const { account, regions, events_per_second, bytes_per_second, events_per_day } = key;
  return {
    name: text(form, 'name'),
    account,
    regions,
    events_per_second,
    bytes_per_second,
    events_per_day,
    expires_at: endOf(text(form, 'expires_at')),
  };
}

const nameLengthMax = keyNameLengthMax - ' (2026-11-21)'.length;

/** Two keys of one name could be mistaken for each other when one is revoked: the second bears its day. */
export function rotatedName(name: string, nowMs: number): string {
  const bare = name.replace(/ \(\d{4}-\d\d-\d\d\)$/, '').slice(0, nameLengthMax);
  return `${bare} (${new Date(nowMs).toISOString().slice(0, 10)})`;
}

/** The day at which a second key ends if it lives as long as the first was to; empty where that has no end. */
export function rotatedEnd({ created_at, expires_at }: KeyRow, nowMs: number): string {
  if (expires_at === null) return '';
  const lifeMs = Math.max(dayMs, Date.parse(expires_at) - Date.parse(created_at));
  return new Date(nowMs + lifeMs).toISOString().slice(0, 10);
}

/** Null for all, which is one of two choices: no region at all is an empty list. */
export function regionsOf(form: FormData): string[] | null {
  return form.get('scope') === 'some' ? form.getAll('regions').map(String) : null;
}

export function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** What is no number goes as it is, and the service says so. */
const numberOf = (typed: string): number | string =>
  typed === '' || Number.isNaN(Number(typed)) ? typed : Number(typed);

/** The start of a day, UTC. */
export const endOf = (day: string): string | null =>
  day === '' ? null : /^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T00:00:00Z` : day;
