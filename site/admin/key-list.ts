/** What ends or is revoked, keys above all, as the pages list it: in which state each is, and which are shown. */
import { keyRateMax } from '../../core/protocol/limits.ts';
import { countText } from '../format/number.ts';
import * as say from '../text/admin-keys.ts';
import { bytesText } from './bytes.ts';
import { holds, type ListFilter } from './list-filter.ts';
import type { EmbedRow, KeyRow } from './rows.ts';

export const keyStates = ['active', 'soon', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

/** Long enough to rotate a key without haste. */
const soonMs = 14 * 86_400_000;

export type EndingRow = KeyRow | EmbedRow;

export function keyState(key: EndingRow, nowMs: number): KeyState {
  if (key.revoked_at !== null) return 'revoked';
  const endMs = key.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at);
  if (endMs <= nowMs) return 'expired';
  return endMs - nowMs <= soonMs ? 'soon' : 'active';
}

/** Whether it is taken. */
export const isUsable = (state: KeyState): boolean => state === 'active' || state === 'soon';

/** Keys that expire soon are active ones too. */
const isOfState = (state: KeyState, wanted: KeyState | null): boolean =>
  wanted === null || state === wanted || (wanted === 'active' && state === 'soon');

/** Those that are taken first, else in the order given. */
export function shownKeys<Row extends EndingRow>(
  keys: readonly Row[],
  { state, text }: ListFilter<KeyState>,
  nowMs: number,
): readonly Row[] {
  const shown = keys.filter(
    (key) =>
      isOfState(keyState(key, nowMs), state) &&
      holds([key.name, 'account' in key ? key.account : null, key.id], text),
  );
  const rank = (key: Row): number => (isUsable(keyState(key, nowMs)) ? 0 : 1);
  return shown.toSorted((a, b) => rank(a) - rank(b));
}

export function countOf(keys: readonly EndingRow[], state: KeyState | null, nowMs: number): number {
  return keys.filter((key) => isOfState(keyState(key, nowMs), state)).length;
}

/** The first line of the page. */
export function keysHeadline(keys: readonly KeyRow[], nowMs: number): string {
  const active = countOf(keys, 'active', nowMs);
  if (keys.length === 0) return say.noKeysYet;
  return active === 0 ? say.noActiveKeys : say.activeKeys(active);
}

export function keysRemark(keys: readonly KeyRow[], nowMs: number): string {
  const soon = countOf(keys, 'soon', nowMs);
  const unused = keys.filter((key) => isUsable(keyState(key, nowMs)) && key.last_used_at === null).length;
  const parts = [
    ...(soon > 0 ? [say.expireSoon(soon)] : []),
    ...(unused > 0 ? [say.notUsedYet(unused)] : []),
  ];
  return parts.length > 0 ? `${parts.join(', ')}.` : say.byAKeyAProducerSendsEvents;
}

/** What a key may send: its rate, then the rest of its limits. The greatest rate that can be granted is none. */
export function limitTexts(key: KeyRow): readonly [string, string] {
  const { events_per_second: events, bytes_per_second: bytes, events_per_day: day } = key;
  const rest = [
    ...(bytes < keyRateMax ? [say.perSecond(bytesText(bytes))] : []),
    day === null ? say.withoutQuota : say.aDay(countText(day)),
  ];
  return [events < keyRateMax ? say.eventsPerSecond(countText(events)) : say.anyRate, rest.join(', ')];
}
