import type { SubscribeFrame } from '../protocol/live.ts';

/** What a viewer wants to see. Plain data: it rests in the socket's attachment while the hub hibernates. */
export interface Subscription {
  /** Sorted and without repetition, so that equal subscriptions have equal keys. */
  readonly regions: readonly string[] | '*';
  readonly contents: boolean;
  /** Region of the breakdown, '*' for all; null: none is wanted. */
  readonly breakdown: string | null;
}

/** What a viewer sees that has not said anything. */
export const wholeSubscription: Subscription = { regions: '*', contents: false, breakdown: null };

export function subscriptionOf(frame: SubscribeFrame): Subscription {
  const regions = frame.regions === '*' ? frame.regions : [...new Set(frame.regions)].sort();
  return { regions, contents: frame.contents ?? false, breakdown: frame.breakdown ?? null };
}

/** Of server-sent events: `regions` names some, separated by commas, and `breakdown` one or '*'. */
export function readEventsQuery(query: URLSearchParams): Subscription {
  const named = query.get('regions');
  const frame = { t: 'subscribe', regions: named === null ? '*' : named.split(',') } as const;
  const breakdown = query.get('breakdown');
  return subscriptionOf(breakdown === null ? frame : { ...frame, breakdown });
}

/** Viewers with the same key and the same `prev` share one encoding (LIV-2). */
export function subscriptionKey({ regions, contents, breakdown }: Subscription): string {
  return JSON.stringify([contents, breakdown, regions]);
}

export function wantsRegion({ regions }: Subscription, name: string): boolean {
  return regions === '*' || regions.includes(name);
}
