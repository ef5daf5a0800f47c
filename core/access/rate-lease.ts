/**
 * One isolate's share of a key's limits: leases from the key's meter (rate-limit.ts), spent here without a call. Asks at
 * most once a second, but while its traffic doubles. Pure: time is given, and the caller makes the call.
 */
import { rateLeaseMs, rateRenewMs } from '../protocol/limits.ts';
import {
  type Amount,
  dayOf,
  type KeyLimits,
  type LeaseAsk,
  type Left,
  type LimitName,
  type Loan,
  waitFor,
} from './rate-limit.ts';

interface Lease {
  events: number;
  bytes: number;
  readonly atMs: number;
}

export interface Asked {
  readonly ask: LeaseAsk;
  readonly atMs: number;
}

/** Why a request is refused, and when another try may fare better. */
export interface Refused {
  readonly kind: 'refused';
  readonly short: LimitName;
  readonly waitMs: number;
}

export type Taken = { readonly kind: 'taken' } | { readonly kind: 'ask' } | Refused;

export const nothing: Amount = { events: 0, bytes: 0 };

export class RateLease {
  /** Oldest first. */
  #leases: Lease[] = [];
  #limits: KeyLimits;
  /** Holds until a second after the question that led to it. */
  #refused: (Refused & { readonly atMs: number; readonly untilMs: number }) | null = null;
  #unmeteredUntilMs = Number.NEGATIVE_INFINITY;
  #asking = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  /** The meter gave less than was wanted: it was empty then. */
  #clipped: LimitName | null = null;
  #wanted: Amount = nothing;
  /** Something was refused since the last question. */
  #wasShort = false;
  /** Since the last answer. */
  #spent: { events: number; bytes: number } = { ...nothing };
  #unspent = { day: 0, events: 0 };
  #left: Left | null = null;

  constructor(limits: KeyLimits) {
    this.#limits = limits;
  }

  /** Limits may be changed at any time: they are those of the newest row of the key. */
  set limits(limits: KeyLimits) {
    this.#limits = limits;
  }

  /** What is known to be left, here and in the meter; null before the meter has answered. */
  get left(): Left | null {
    if (!this.#left) return null;
    const own = this.#own();
    const { events, bytes, day } = this.#left;
    return {
      events: events + own.events,
      bytes: bytes + own.bytes,
      day: day === null ? null : day + own.events,
    };
  }

  /** While the meter says no, or had nothing left a moment ago: refused before the body is read. */
  refusal(nowMs: number): Refused | null {
    const refused = this.#refused;
    if (!refused || nowMs >= refused.untilMs || nowMs < refused.atMs) return null;
    const { kind, short, waitMs, atMs } = refused;
    return { kind, short, waitMs: Math.max(1, waitMs - (nowMs - atMs)) };
  }

  /** Spends, if the leases here have it; else says to ask the meter, or refuses. */
  take(cost: Amount, nowMs: number): Taken {
    if (nowMs < this.#unmeteredUntilMs) return { kind: 'taken' };
    const refused = this.refusal(nowMs);
    if (refused) return refused;
    this.#expire(nowMs);
    const own = this.#own();
    if (own.events >= cost.events && own.bytes >= cost.bytes) {
      this.#spend(cost);
      return { kind: 'taken' };
    }
    // The meter was empty less than a second ago; asking again would be a call for each request of a flood.
    if (this.#clipped && nowMs - this.#askedAtMs < rateRenewMs && nowMs >= this.#askedAtMs) {
      return this.#refuse(this.#clipped, waitFor(this.#clipped, own, cost, this.#limits, nowMs), nowMs);
    }
    return { kind: 'ask' };
  }

  /** Whether to ask for the next second now, beside the requests: so that none of them has to wait for it. */
  isRenewalDue(nowMs: number): boolean {
    if (this.#asking || nowMs < this.#unmeteredUntilMs || nowMs - this.#askedAtMs < rateRenewMs) return false;
    const own = this.#own();
    return own.events * 2 < this.#wanted.events || own.bytes * 2 < this.#wanted.bytes;
  }

  /**
   * The question to the meter. `cost` is of the request that waits for the answer; nothing for a renewal. `beside`: of those
   * that wait beside it.
   */
  ask(cost: Amount, nowMs: number, beside = nothing): Asked {
    // What asks while the first answer is on its way asks for itself alone: each would double what the one before wanted.
    const isSecond = this.#asking && nowMs - this.#askedAtMs < rateRenewMs;
    const want = isSecond ? cost : this.#nextWant(cost, nowMs, beside);
    if (!isSecond) {
      this.#asking = true;
      this.#wasShort = false;
      this.#askedAtMs = nowMs;
      this.#wanted = want;
    }
    const unspent = this.#unspent;
    this.#unspent = { day: dayOf(nowMs), events: 0 };
    return { ask: { limits: this.#limits, need: cost, want, unspent }, atMs: nowMs };
  }

  /** The meter's answer; spends what the waiting request costs. Null if it did not answer in time: then all is taken. */
  answered({ ask, atMs }: Asked, loan: Loan | null, nowMs: number): Taken {
    this.#asking = false;
    if (!loan) {
      this.#unmeteredUntilMs = nowMs + rateRenewMs;
      this.#clipped = null;
      return { kind: 'taken' };
    }
    this.#left = loan.left;
    this.#spent = { ...nothing };
    if (!loan.ok) return this.#refuse(loan.short, loan.waitMs, nowMs);
    this.#refused = null;
    const { lent } = loan;
    this.#clipped = clippedBy(lent, ask.want, loan.left);
    this.#expire(nowMs);
    // Its life is counted from the question, which is not later than the loan.
    this.#leases.push({ ...lent, atMs });
    this.#spend(ask.need);
    return { kind: 'taken' };
  }

  /** Twice as much if the last lease did not do for its second; else what was spent, and a quarter more. */
  #nextWant(cost: Amount, nowMs: number, beside: Amount): Amount {
    const seconds = (nowMs - this.#askedAtMs) / 1000;
    const { eventsPerSecond, bytesPerSecond } = this.#limits;
    const next = (spent: number, wanted: number, need: number, others: number, most: number) => {
      const grown = seconds < 1 || this.#wasShort ? 2 * Math.max(wanted, need) : (1.25 * spent) / seconds;
      return Math.max(need, Math.min(most, Math.ceil(Math.max(grown, need + others))));
    };
    return {
      events: next(this.#spent.events, this.#wanted.events, cost.events, beside.events, eventsPerSecond),
      bytes: next(this.#spent.bytes, this.#wanted.bytes, cost.bytes, beside.bytes, bytesPerSecond),
    };
  }

  #refuse(short: LimitName, waitMs: number, nowMs: number): Refused {
    this.#wasShort = true;
    const untilMs = this.#askedAtMs + rateRenewMs;
    const refused: Refused = { kind: 'refused', short, waitMs: Math.max(1, waitMs, untilMs - nowMs) };
    this.#refused = { ...refused, atMs: nowMs, untilMs };
    return refused;
  }

  #own(): { events: number; bytes: number } {
    const own = { ...nothing };
    for (const { events, bytes } of this.#leases) {
      own.events += events;
      own.bytes += bytes;
    }
    return own;
  }

  /** From the oldest lease first. The caller knows that there is enough. */
  #spend({ events, bytes }: Amount): void {
    this.#spent.events += events;
    this.#spent.bytes += bytes;
    let [eventsDue, bytesDue] = [events, bytes];
    for (const lease of this.#leases) {
      const [eventsHere, bytesHere] = [Math.min(lease.events, eventsDue), Math.min(lease.bytes, bytesDue)];
      lease.events -= eventsHere;
      lease.bytes -= bytesHere;
      eventsDue -= eventsHere;
      bytesDue -= bytesHere;
    }
  }

  /** What is too old to spend is told to the meter, for the day's quota. */
  #expire(nowMs: number): void {
    const living = this.#leases.filter(({ atMs }) => nowMs >= atMs && nowMs - atMs < rateLeaseMs);
    if (living.length === this.#leases.length) return;
    for (const lease of this.#leases) {
      if (living.includes(lease)) continue;
      const day = dayOf(lease.atMs);
      if (day > this.#unspent.day) this.#unspent = { day, events: 0 };
      if (day === this.#unspent.day) this.#unspent.events += lease.events;
    }
    this.#leases = living;
  }
}

function clippedBy(lent: Amount, want: Amount, left: Left): LimitName | null {
  if (lent.events < want.events) return left.day !== null && left.day <= left.events ? 'day' : 'events';
  return lent.bytes < want.bytes ? 'bytes' : null;
}
