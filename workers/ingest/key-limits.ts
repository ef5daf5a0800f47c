/** The limits of keys at one isolate (KEY-5): leases from the meters, and what happens when a meter does not answer. */
import { type Asked, nothing, RateLease, type Refused } from '../../core/access/rate-lease.ts';
import { type Amount, burstOf, type LeaseAsk, type Left, type Loan } from '../../core/access/rate-limit.ts';
import { keysCachedMax, meterWaitMsMax } from '../../core/protocol/limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { IngestKey } from '../../storage/key-store.ts';

/** Asks the meter of a key. */
export type AskMeter = (keyId: string, ask: LeaseAsk) => Promise<Loan>;

export interface MeterContext {
  readonly askMeter: AskMeter;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export interface TooLarge {
  readonly kind: 'too_large';
  readonly burst: Amount;
}

/** How often a request waits for an answer to another before it asks by itself. */
const waitsMax = 2;

/** Who waits for an answer of a key's meter that another request has asked for: many come at once where a lease has ended. */
class Waiting {
  readonly #wake = new Set<() => void>();
  #askedAtMs = Number.NEGATIVE_INFINITY;
  events = 0;
  bytes = 0;

  /** One that asked and has ended answers nobody: it is passed over like a meter that does not answer. */
  isAsked(nowMs: number): boolean {
    return nowMs >= this.#askedAtMs && nowMs - this.#askedAtMs < meterWaitMsMax;
  }

  asks(nowMs: number): void {
    this.#askedAtMs = nowMs;
  }

  answered(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY;
    for (const wake of this.#wake) wake();
  }

  /** By a promise and a timer of the request that waits (docs/decisions/0022-posts-share-messages.md). */
  async wait({ events, bytes }: Amount): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, meterWaitMsMax);
    this.#wake.add(resolve);
    this.events += events;
    this.bytes += bytes;
    await promise;
    clearTimeout(timer);
    this.#wake.delete(resolve);
  }

  /** It has looked whether the answer had enough for it too. Until then its cost is asked for by those before it. */
  ends({ events, bytes }: Amount): void {
    this.events -= events;
    this.bytes -= bytes;
  }
}

interface Metered {
  readonly lease: RateLease;
  readonly waiting: Waiting;
}

export class KeyLimitsOfIsolate {
  readonly #leases = new Map<string, Metered>();

  /** Before the body is read: a key that is over its limits costs next to nothing. */
  refusal(key: IngestKey, nowMs: number): Refused | null {
    return this.#leaseOf(key).lease.refusal(nowMs);
  }

  /** What is known to be left to the key. */
  left(key: IngestKey): Left | null {
    return this.#leaseOf(key).lease.left;
  }

  /** Spends what a request costs; null if it may pass. */
  async admit(key: IngestKey, cost: Amount, context: MeterContext): Promise<Refused | TooLarge | null> {
    const burst = burstOf(key.limits);
    if (cost.events > burst.events || cost.bytes > burst.bytes) return { kind: 'too_large', burst };
    const metered = this.#leaseOf(key);
    const { lease, waiting } = metered;
    let taken = lease.take(cost, context.now());
    for (let waits = 0; taken.kind === 'ask' && waits < waitsMax && waiting.isAsked(context.now()); waits++) {
      await waiting.wait(cost);
      taken = lease.take(cost, context.now());
      waiting.ends(cost);
    }
    const end = taken.kind === 'ask' ? await renew(key.id, metered, cost, context) : taken;
    if (lease.isRenewalDue(context.now())) context.waitUntil(renew(key.id, metered, nothing, context));
    return end.kind === 'refused' ? end : null;
  }

  #leaseOf(key: IngestKey): Metered {
    const known = this.#leases.get(key.id);
    if (known) {
      known.lease.limits = key.limits;
      return known;
    }
    const metered = { lease: new RateLease(key.limits), waiting: new Waiting() };
    this.#leases.set(key.id, metered);
    if (this.#leases.size > keysCachedMax) this.#leases.delete(this.#leases.keys().next().value as string);
    return metered;
  }
}

async function renew(
  keyId: string,
  { lease, waiting }: Metered,
  cost: Amount,
  { askMeter, now }: MeterContext,
) {
  waiting.asks(now());
  const asked = lease.ask(cost, now(), { events: waiting.events, bytes: waiting.bytes });
  const taken = lease.answered(asked, await answerInTime(keyId, asked, askMeter), now());
  waiting.answered();
  return taken;
}

/**
 * Null where the meter fails or does not answer in time: then the request is admitted. A limit keeps one producer from
 * the others, and for that it may be missed for a second; events must not be lost for a fault of ours.
 */
async function answerInTime(keyId: string, { ask }: Asked, askMeter: AskMeter): Promise<Loan | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${meterWaitMsMax} ms`)), meterWaitMsMax);
  });
  try {
    return await Promise.race([askMeter(keyId, ask), late]);
  } catch (error) {
    console.warn(logLine('warn', 'ingest.meter_failed', { key: keyId, ...errorFields(error) }));
    return null;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}
