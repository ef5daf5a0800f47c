/**
 * What a key may send, kept exactly however many isolates take its requests: one meter per key, a token bucket that
 * lends its tokens out in leases. Pure; durable-objects/key-meter carries it, rate-lease.ts spends the leases.
 *
 * In any time t all isolates together admit at most burst + rate x (t + life of a lease): a lease that was lent in one
 * second may be spent in the next two. Tokens that nobody spends within a lease's life are lost, never given back to
 * the bucket: lent again, they could be spent twice within t.
 */
import { rateBurstSeconds } from '../protocol/limits.ts';

export interface KeyLimits {
  readonly eventsPerSecond: number;
  /** Of bodies as they come over the wire. */
  readonly bytesPerSecond: number;
  /** Null for no quota. A day is one of UTC. */
  readonly eventsPerDay: number | null;
}

export interface Amount {
  readonly events: number;
  readonly bytes: number;
}

/** Plain data: it rests in the meter's storage. */
export interface MeterState {
  readonly events: number;
  readonly bytes: number;
  readonly atMs: number;
  /** Days since the epoch, and what was lent in this one. */
  readonly day: number;
  readonly dayEvents: number;
}

export interface LeaseAsk {
  readonly limits: KeyLimits;
  /** The request that waits; all of it or nothing. */
  readonly need: Amount;
  /** What the isolate would like to have for the next second, need included. */
  readonly want: Amount;
  /** Events of earlier leases of the same day that nobody spent: they do not count for the quota. */
  readonly unspent: { readonly day: number; readonly events: number };
}

export type LimitName = 'events' | 'bytes' | 'day';

/** What is left in the meter; `day` is null without a quota. */
export interface Left {
  readonly events: number;
  readonly bytes: number;
  readonly day: number | null;
}

export type Loan =
  | { readonly ok: true; readonly lent: Amount; readonly left: Left }
  | { readonly ok: false; readonly short: LimitName; readonly waitMs: number; readonly left: Left };

const dayMs = 86_400_000;
export const dayOf = (ms: number): number => Math.floor(ms / dayMs);

/** The most that may be spent at once, after a pause. */
export function burstOf(limits: KeyLimits): Amount {
  return {
    events: limits.eventsPerSecond * rateBurstSeconds,
    bytes: limits.bytesPerSecond * rateBurstSeconds,
  };
}

export function newMeter(limits: KeyLimits, nowMs: number): MeterState {
  return { ...burstOf(limits), atMs: nowMs, day: dayOf(nowMs), dayEvents: 0 };
}

/** Lends what the isolate wants, as far as there is; refuses if there is less than it needs. */
export function lend(
  before: MeterState,
  ask: LeaseAsk,
  nowMs: number,
): { readonly state: MeterState; readonly loan: Loan } {
  const { limits, need, want, unspent } = ask;
  const state = refilled(before, ask, nowMs);
  const returned = unspent.day === state.day ? Math.min(unspent.events, state.dayEvents) : 0;
  const spentToday = state.dayEvents - returned;
  const dayLeft =
    limits.eventsPerDay === null ? Number.POSITIVE_INFINITY : Math.max(0, limits.eventsPerDay - spentToday);
  const kept = { ...state, dayEvents: spentToday };
  const short = shortOf(kept, need, dayLeft);
  if (short) {
    const waitMs = waitFor(short, kept, ask.need, limits, nowMs);
    return { state: kept, loan: { ok: false, short, waitMs, left: leftOf(kept, limits) } };
  }
  const lent = {
    events: Math.floor(clamp(want.events, need.events, Math.min(kept.events, dayLeft))),
    bytes: Math.floor(clamp(want.bytes, need.bytes, kept.bytes)),
  };
  const after = {
    ...kept,
    events: kept.events - lent.events,
    bytes: kept.bytes - lent.bytes,
    dayEvents: spentToday + lent.events,
  };
  return { state: after, loan: { ok: true, lent, left: leftOf(after, limits) } };
}

/** A clock that was set back refills nothing until it has caught up. */
function refilled(state: MeterState, { limits }: LeaseAsk, nowMs: number): MeterState {
  const burst = burstOf(limits);
  const seconds = Math.max(0, nowMs - state.atMs) / 1000;
  const day = Math.max(state.day, dayOf(nowMs));
  return {
    events: Math.min(burst.events, state.events + seconds * limits.eventsPerSecond),
    bytes: Math.min(burst.bytes, state.bytes + seconds * limits.bytesPerSecond),
    atMs: Math.max(nowMs, state.atMs),
    day,
    dayEvents: day === state.day ? state.dayEvents : 0,
  };
}

function shortOf(state: MeterState, need: Amount, dayLeft: number): LimitName | null {
  if (need.events > dayLeft) return 'day';
  if (need.events > state.events) return 'events';
  return need.bytes > state.bytes ? 'bytes' : null;
}

/** How long until there is as much as is needed, at these limits, if nobody else takes any. */
export function waitFor(
  short: LimitName,
  held: Amount,
  need: Amount,
  limits: KeyLimits,
  nowMs: number,
): number {
  if (short === 'day') return (dayOf(nowMs) + 1) * dayMs - nowMs;
  // Both may be short: the longer wait of the two.
  const events = Math.max(0, need.events - held.events) / limits.eventsPerSecond;
  const bytes = Math.max(0, need.bytes - held.bytes) / limits.bytesPerSecond;
  return Math.ceil(Math.max(events, bytes) * 1000);
}

function leftOf(state: MeterState, limits: KeyLimits): Left {
  const day = limits.eventsPerDay === null ? null : Math.max(0, limits.eventsPerDay - state.dayEvents);
  return { events: Math.floor(state.events), bytes: Math.floor(state.bytes), day };
}

/** Never less than the least, which was found to be there. */
const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
