import { DurableObject } from 'cloudflare:workers';
import { type LeaseAsk, type Loan, lend, type MeterState, newMeter } from '../../core/access/rate-limit.ts';

const stateKey = 'meter';

/**
 * The object of one producer's key: what is left of its limits. A thin shell around core/access/rate-limit.ts. The state
 * is written with each loan (one row), so that neither an eviction nor a deployment gives a burst or a day again.
 */
export class KeyMeter extends DurableObject<object> {
  #state: MeterState | undefined;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#state = ctx.storage.kv.get<MeterState>(stateKey);
  }

  /** The limits come with the question: they stand in the key's row, which the asking isolate has checked. */
  lend(ask: LeaseAsk): Loan {
    const nowMs = Date.now();
    const { state, loan } = lend(this.#state ?? newMeter(ask.limits, nowMs), ask, nowMs);
    this.#state = state;
    this.ctx.storage.kv.put(stateKey, state);
    return loan;
  }
}
