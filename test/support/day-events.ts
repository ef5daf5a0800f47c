/** Seeded days of a region: events with late ones, twins and a log that began anew, and the parts that hold them. */

import { eventTypes } from '../../core/protocol/event-type.ts';
import { buildEvent } from './build-chunk.ts';
import type { LoggedEvent } from './logged-events.ts';

/** 2026-11-20T00:00:00Z. */
export const day = Date.UTC(2026, 10, 20) / 86_400_000;
const hours = [0, 5, 23];

function seeded(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** In log order. Twins repeat an event whole; those of a counted event come late, or by a log that began anew. */
export function loggedDay(seed: number, count = 400): LoggedEvent[] {
  const upTo = seeded(seed);
  const logged: LoggedEvent[] = [];
  const add = (one: Omit<LoggedEvent, 'row' | 'index'>): void => {
    logged.push({ ...one, row: 1 + Math.floor(logged.length / 40), index: logged.length % 40 });
  };
  for (let i = 0; i < count; i++) {
    const of = upTo(logged.length || 1);
    const before = logged[of];
    if (before && upTo(5) === 0) {
      add({ ...before, kind: 'late', incarnation: before.incarnation });
      continue;
    }
    const hour = hours[upTo(hours.length)] as number;
    const user = upTo(8) === 0 ? 0 : 1 + upTo(20);
    add({
      kind: upTo(6) === 0 ? 'late' : 'counted',
      incarnation: i > count * 0.8 ? 2 : 1,
      event: buildEvent({
        identityHi: upTo(2 ** 32),
        identityLo: i + 1,
        userHi: user === 0 ? 0 : Math.imul(user, 0x9e3779b1) >>> 0,
        userLo: user,
        timeMs: (day * 24 + hour) * 3_600_000 + upTo(3_600_000),
        type: upTo(eventTypes.length),
        contentId: upTo(10) === 0 ? null : `film-${upTo(12)}`,
        durationMs: upTo(3) === 0 ? null : upTo(100_000),
      }),
    });
  }
  return logged;
}

/** Each event that counts: of those with one identity, one. */
export function counting(logged: readonly LoggedEvent[]): LoggedEvent[] {
  const seen = new Map<string, LoggedEvent>();
  for (const one of logged) {
    const { identityHi, identityLo } = one.event;
    seen.set(`${identityHi} ${identityLo}`, one);
  }
  return [...seen.values()];
}

export interface NaiveUser {
  readonly user: string;
  readonly user_id: bigint;
  readonly pseudonym_version: number;
  readonly total_events: number;
  readonly movies_watched: number;
  readonly duration_count: number;
  readonly duration_ms_sum: bigint;
}

/** The figures of users by counting alone, by user. */
export function naiveUsers(logged: readonly LoggedEvent[]): NaiveUser[] {
  const by = new Map<string, LoggedEvent[]>();
  for (const one of counting(logged)) {
    const { userHi, userLo } = one.event;
    if (userLo === 0) continue;
    const user = `1-${userHi.toString(16).padStart(8, '0')}${userLo.toString(16).padStart(8, '0')}`;
    by.set(user, [...(by.get(user) ?? []), one]);
  }
  const rows = [...by].map(([user, own]): NaiveUser => {
    const viewed = own.filter(({ event }) => eventTypes[event.type] === 'view' && event.contentId !== null);
    const told = own.map(({ event }) => event.durationMs).filter((ms) => ms !== null);
    const [{ event }] = own as [LoggedEvent];
    return {
      user,
      user_id: BigInt.asIntN(64, BigInt(event.userHi) * 2n ** 32n + BigInt(event.userLo)),
      pseudonym_version: 1,
      total_events: own.length,
      movies_watched: new Set(viewed.map(({ event }) => event.contentId)).size,
      duration_count: told.length,
      duration_ms_sum: BigInt(told.reduce((sum, ms) => sum + ms, 0)),
    };
  });
  return rows.sort((a, b) => (a.user < b.user ? -1 : 1));
}
