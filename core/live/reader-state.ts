/** A reader of server-sent events, as the hub knows it. */
import { sseLifeMs } from '../protocol/limits.ts';
import { type Subscription, subscriptionKey } from './subscription.ts';

export interface Reader {
  readonly id: string;
  readonly subscription: Subscription;
  /** Key of `subscription`. */
  readonly key: string;
  /** When it is closed, to come again, ms. */
  readonly endsAt: number;
  /** Nothing that it sees has changed since this seq; null: it has no state yet. */
  covered: number | null;
  /** When it was last written a state, ms. */
  stateAt: number;
  /** When it was last written anything, ms. */
  writtenAt: number;
  /** Since when it has not read what was written, ms; null: it has read all. */
  busySince: number | null;
}

export function newReader(id: string, subscription: Subscription, now: number): Reader {
  return {
    id,
    subscription,
    key: subscriptionKey(subscription),
    endsAt: now + sseLifeMs,
    covered: null,
    stateAt: Number.NEGATIVE_INFINITY,
    writtenAt: now,
    busySince: null,
  };
}
