import { describe, expect, test } from 'vitest';
import { type Asked, nothing, RateLease } from '../../../core/access/rate-lease.ts';
import {
  type Amount,
  type KeyLimits,
  lend,
  type MeterState,
  newMeter,
} from '../../../core/access/rate-limit.ts';
import { rateBurstSeconds, rateLeaseMs, rateRenewMs } from '../../../core/protocol/limits.ts';
import { Random } from '../../../tools/producer/random.ts';

const limits: KeyLimits = { eventsPerSecond: 100, bytesPerSecond: 10_000, eventsPerDay: null };
const noon = Date.UTC(2026, 10, 21, 12, 0, 0);

interface Call {
  readonly isolate: number;
  readonly asked: Asked;
  readonly atMs: number;
}

/** One meter and its isolates; calls take time. */
class World {
  readonly limits: KeyLimits;
  readonly leases: RateLease[];
  readonly calls: number[];
  readonly admitted: { readonly atMs: number; readonly events: number }[] = [];
  refused = 0;
  nowMs = noon;
  #meter: MeterState;
  #pending: Call[] = [];

  constructor(isolates: number, of: KeyLimits = limits) {
    this.limits = of;
    this.leases = Array.from({ length: isolates }, () => new RateLease(of));
    this.calls = this.leases.map(() => 0);
    this.#meter = newMeter(of, noon);
  }

  get events(): number {
    return this.admitted.reduce((sum, { events }) => sum + events, 0);
  }

  send(isolate: number, cost: Amount, latencyMs: number): void {
    const lease = this.leases[isolate] as RateLease;
    const taken = lease.refusal(this.nowMs) ?? lease.take(cost, this.nowMs);
    if (taken.kind === 'ask') this.#call(isolate, cost, latencyMs);
    else this.#note(taken.kind, cost.events);
    if (lease.isRenewalDue(this.nowMs)) this.#call(isolate, nothing, latencyMs);
  }

  /** Lets time pass, and the answers come. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    this.#pending.sort((a, b) => a.atMs - b.atMs);
    while (this.#pending[0] && this.#pending[0].atMs <= untilMs) {
      const { isolate, asked, atMs } = this.#pending.shift() as Call;
      const { state, loan } = lend(this.#meter, asked.ask, atMs);
      this.#meter = state;
      this.nowMs = atMs;
      const taken = (this.leases[isolate] as RateLease).answered(asked, loan, atMs);
      if (asked.ask.need.events > 0) this.#note(taken.kind, asked.ask.need.events);
    }
    this.nowMs = untilMs;
  }

  /** The most that was admitted in any span of this length. */
  most(spanMs: number): number {
    let [from, held, most] = [0, 0, 0];
    for (const { atMs, events } of this.admitted) {
      held += events;
      while ((this.admitted[from]?.atMs ?? atMs) <= atMs - spanMs) held -= this.admitted[from++]?.events ?? 0;
      most = Math.max(most, held);
    }
    return most;
  }

  #call(isolate: number, cost: Amount, latencyMs: number): void {
    this.calls[isolate] = (this.calls[isolate] ?? 0) + 1;
    const asked = (this.leases[isolate] as RateLease).ask(cost, this.nowMs);
    this.#pending.push({ isolate, asked, atMs: this.nowMs + latencyMs });
  }

  #note(kind: string, events: number): void {
    if (kind === 'taken') this.admitted.push({ atMs: this.nowMs, events });
    else this.refused++;
  }
}

describe('[KEY-5] the limit of a key, over all isolates', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is never passed by more than a lease: seed %i', (seed) => {
    const random = new Random(seed);
    const below = (most: number) => Math.floor(random.between(0, most));
    const isolates = 1 + below(6);
    const world = new World(isolates);
    // From far below the limit to far above it, in gusts.
    for (let gust = 0; gust < 40; gust++) {
      const pauseMs = 1 + below(400);
      for (let i = below(120); i > 0; i--) {
        const events = 1 + below(60);
        world.send(below(isolates), { events, bytes: events * 10 }, below(80));
        world.pass(below(pauseMs));
      }
      world.pass(below(6_000));
    }
    for (const seconds of [1, 2, 5, 20, 60]) {
      const lease = (limits.eventsPerSecond * rateLeaseMs) / 1000;
      const limit = limits.eventsPerSecond * (rateBurstSeconds + seconds);
      expect(world.most(seconds * 1000)).toBeLessThanOrEqual(limit + lease);
    }
    expect(world.events).toBeGreaterThan(limits.eventsPerSecond * rateBurstSeconds);
  });

  test.each([1, 3])('traffic within the limit is never refused: %i isolates', (isolates) => {
    const world = new World(isolates);
    for (let ms = 0; ms < 60_000; ms += 50) {
      world.send((ms / 50) % isolates, { events: 4, bytes: 40 }, 20);
      world.pass(50);
    }
    world.pass(1_000);
    expect([world.refused, world.events]).toEqual([0, 4 * 1200]);
  });

  test('a flood gets its limit, and costs a call an isolate and second at most', () => {
    const world = new World(3);
    for (let ms = 0; ms < 60_000; ms += 5) {
      world.send((ms / 5) % 3, { events: 10, bytes: 100 }, 3);
      world.pass(5);
    }
    const limit = limits.eventsPerSecond * (60 + rateBurstSeconds);
    expect(world.events).toBeLessThanOrEqual(limit + (limits.eventsPerSecond * rateLeaseMs) / 1000);
    expect(world.events).toBeGreaterThan(limit * 0.9);
    for (const calls of world.calls) expect(calls).toBeLessThanOrEqual(60_000 / rateRenewMs + 10);
  });

  test('many that come at once, before the meter has answered the first, are not refused below the limit', () => {
    const world = new World(1);
    for (let gust = 0; gust < 5; gust++) {
      for (let i = 0; i < 150; i++) world.send(0, { events: 1, bytes: 10 }, 20 + i);
      // Long enough for leases to end.
      world.pass(rateLeaseMs + rateRenewMs);
    }
    expect([world.refused, world.events]).toEqual([0, 5 * 150]);
  });

  test('many calls are not needed while all is well either', () => {
    const world = new World(1, { ...limits, eventsPerSecond: 10_000 });
    for (let ms = 0; ms < 60_000; ms += 10) {
      world.send(0, { events: 10, bytes: 10 }, 5);
      world.pass(10);
    }
    expect(world.refused).toBe(0);
    expect(world.calls[0]).toBeLessThanOrEqual(60 + 10);
  });

  test('leases that were not spent in time are not spent later, when the bucket is full again', () => {
    let meter = newMeter(limits, noon);
    const leases = Array.from({ length: 8 }, () => new RateLease(limits));
    for (const lease of leases) {
      const asked = lease.ask({ events: 1, bytes: 1 }, noon);
      const { state, loan } = lend(meter, { ...asked.ask, want: { events: 100, bytes: 1 } }, noon);
      meter = state;
      lease.answered(asked, loan, noon);
    }
    const later = noon + 20_000;
    const kinds = leases.map((lease) => lease.take({ events: 1, bytes: 1 }, later).kind);
    expect(new Set(kinds)).toEqual(new Set(['ask']));
  });

  test('bytes are limited like events', () => {
    const world = new World(2);
    for (let ms = 0; ms < 60_000; ms += 20) {
      world.send((ms / 20) % 2, { events: 1, bytes: 1_000 }, 5);
      world.pass(20);
    }
    const requests = (limits.bytesPerSecond / 1_000) * (60 + rateBurstSeconds + rateLeaseMs / 1000);
    expect(world.events).toBeLessThanOrEqual(requests);
    expect(world.events).toBeGreaterThan(requests * 0.85);
  });
});

describe('[KEY-5] the quota of a day', () => {
  const quota: KeyLimits = { ...limits, eventsPerDay: 5_000 };

  test('is used up to the last event, and never passed; the next day begins anew', () => {
    const world = new World(3, quota);
    for (let ms = 0; ms < 120_000; ms += 50) {
      world.send((ms / 50) % 3, { events: 5, bytes: 1 }, 10);
      world.pass(50);
    }
    expect(world.events).toBeLessThanOrEqual(5_000);
    expect(world.events).toBeGreaterThan(4_800);
    world.pass(12 * 3_600_000);
    world.send(0, { events: 5, bytes: 1 }, 10);
    world.pass(50);
    expect(world.events).toBeGreaterThan(4_805);
  });

  test('what no isolate spent does not count for it', () => {
    const lease = new RateLease(quota);
    let meter = newMeter(quota, noon);
    const asked = lease.ask({ events: 10, bytes: 10 }, noon);
    const first = lend(meter, { ...asked.ask, want: { events: 60, bytes: 60 } }, noon);
    meter = first.state;
    lease.answered(asked, first.loan, noon);
    expect(meter.dayEvents).toBe(60);
    const later = noon + rateLeaseMs;
    expect(lease.take({ events: 1, bytes: 1 }, later).kind).toBe('ask');
    meter = lend(meter, lease.ask({ events: 1, bytes: 1 }, later).ask, later).state;
    // Ten were spent, and seven are lent now: a quarter more than five a second.
    expect(meter.dayEvents).toBe(17);
  });

  test('refused, it says when the day ends', () => {
    const meter = { ...newMeter(quota, noon), dayEvents: 4_999 };
    const ask = {
      limits: quota,
      need: { events: 2, bytes: 1 },
      want: nothing,
      unspent: { day: 0, events: 0 },
    };
    expect(lend(meter, ask, noon).loan).toMatchObject({ ok: false, short: 'day', waitMs: 12 * 3_600_000 });
    expect(lend(meter, { ...ask, need: { events: 1, bytes: 1 } }, noon).loan.ok).toBe(true);
  });
});

describe('[KEY-5] at the edges', () => {
  const ask = (events: number, bytes = 0) => ({
    limits,
    need: { events, bytes },
    want: { events, bytes },
    unspent: { day: 0, events: 0 },
  });

  test('a burst at N is lent, at N + 1 refused with the time to wait', () => {
    const full = newMeter(limits, noon);
    expect(lend(full, ask(1_000), noon).loan.ok).toBe(true);
    expect(lend(full, ask(1_001), noon).loan).toMatchObject({ ok: false, short: 'events', waitMs: 10 });
    expect(lend(full, ask(0, 100_000), noon).loan.ok).toBe(true);
    expect(lend(full, ask(0, 100_001), noon).loan).toMatchObject({ ok: false, short: 'bytes', waitMs: 1 });
  });

  test('a clock that is set back refills nothing', () => {
    const { state } = lend(newMeter(limits, noon), ask(1_000), noon);
    expect(lend(state, ask(1), noon - 3_600_000).loan.ok).toBe(false);
    expect(lend(state, ask(1), noon + 10).loan.ok).toBe(true);
  });

  test('a meter that does not answer lets everything through for a second, then is asked again', () => {
    const lease = new RateLease(limits);
    const cost = { events: 5_000, bytes: 1 };
    expect(lease.take(cost, noon).kind).toBe('ask');
    expect(lease.answered(lease.ask(cost, noon), null, noon + 250).kind).toBe('taken');
    expect(lease.take(cost, noon + 1_249).kind).toBe('taken');
    expect(lease.take(cost, noon + 1_250).kind).toBe('ask');
  });

  test('a refusal holds for a second, whatever comes', () => {
    const lease = new RateLease(limits);
    const asked = lease.ask({ events: 1_001, bytes: 1 }, noon);
    lease.answered(asked, lend(newMeter(limits, noon), asked.ask, noon).loan, noon);
    expect(lease.take({ events: 1, bytes: 1 }, noon + 999)).toMatchObject({
      kind: 'refused',
      short: 'events',
    });
    expect(lease.refusal(noon + 1_000)).toBeNull();
    expect(lease.take({ events: 1, bytes: 1 }, noon + 1_000).kind).toBe('ask');
  });
});
