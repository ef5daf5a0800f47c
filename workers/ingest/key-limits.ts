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

export class KeyLimitsOfIsolate {
  readonly #leases = new Map<string, RateLease>();

  /** Before the body is read: a key that is over its limits costs next to nothing. */
  refusal(key: IngestKey, nowMs: number): Refused | null {
    return this.#leaseOf(key).refusal(nowMs);
  }

  /** What is known to be left to the key. */
  left(key: IngestKey): Left | null {
    return this.#leaseOf(key).left;
  }

  /** Spends what a request costs; null if it may pass. */
  async admit(key: IngestKey, cost: Amount, context: MeterContext): Promise<Refused | TooLarge | null> {
    const burst = burstOf(key.limits);
    if (cost.events > burst.events || cost.bytes > burst.bytes) return { kind: 'too_large', burst };
    const lease = this.#leaseOf(key);
    const taken = lease.take(cost, context.now());
    const end = taken.kind === 'ask' ? await renew(key.id, lease, cost, context) : taken;
    if (lease.isRenewalDue(context.now())) context.waitUntil(renew(key.id, lease, nothing, context));
    return end.kind === 'refused' ? end : null;
  }

  #leaseOf(key: IngestKey): RateLease {
    const known = this.#leases.get(key.id);
    if (known) {
      known.limits = key.limits;
      return known;
    }
    const lease = new RateLease(key.limits);
    this.#leases.set(key.id, lease);
    if (this.#leases.size > keysCachedMax) this.#leases.delete(this.#leases.keys().next().value as string);
    return lease;
  }
}

async function renew(keyId: string, lease: RateLease, cost: Amount, { askMeter, now }: MeterContext) {
  const asked = lease.ask(cost, now());
  return lease.answered(asked, await answerInTime(keyId, asked, askMeter), now());
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
