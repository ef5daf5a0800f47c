import type { SubscribeFrame } from '../protocol/live.ts';

/** What somebody may see, whatever is asked for; the door says it (ACC-2, ACC-6). */
export interface LiveScope {
  /** Names, sorted. */
  readonly regions: readonly string[] | '*';
  /** Whether names of people are masked. */
  readonly masksPeople: boolean;
}

/** What a viewer wants to see. Plain data: it rests in the socket's attachment while the hub hibernates. */
export interface Subscription {
  /** Sorted and without repetition, so that equal subscriptions have equal keys. */
  readonly regions: readonly string[] | '*';
  readonly contents: boolean;
  /** Region of the breakdown, '*' for all; null: none is wanted. */
  readonly breakdown: string | null;
  /** What it is held to; the shell of the hub always sets it. Absent: to nothing. */
  readonly scope?: LiveScope | undefined;
}

/** What a viewer sees that has not said anything. */
export const wholeSubscription: Subscription = { regions: '*', contents: false, breakdown: null };

export function subscriptionOf(frame: SubscribeFrame): Subscription {
  const regions = frame.regions === '*' ? frame.regions : [...new Set(frame.regions)].sort();
  return { regions, contents: frame.contents ?? false, breakdown: frame.breakdown ?? null };
}

/** Of an address (LIV-7): `regions` names some, separated by commas, and `breakdown` one or '*'. */
export function readLiveQuery(query: URLSearchParams): Subscription {
  const named = query.get('regions');
  const frame = { t: 'subscribe', regions: named === null ? '*' : named.split(',') } as const;
  const breakdown = query.get('breakdown');
  return subscriptionOf(breakdown === null ? frame : { ...frame, breakdown });
}

/** Viewers with the same key and the same `prev` share one encoding (LIV-2). */
export function subscriptionKey({ regions, contents, breakdown, scope }: Subscription): string {
  return JSON.stringify([contents, breakdown, regions, scope?.regions ?? '*', scope?.masksPeople ?? false]);
}

export function wantsRegion(subscription: Subscription, name: string): boolean {
  const { regions } = subscription;
  return maySee(subscription, name) && (regions === '*' || regions.includes(name));
}

/** Whether it lies in the scope, wanted or not. */
export function maySee({ scope }: Subscription, name: string): boolean {
  return scope === undefined || scope.regions === '*' || scope.regions.includes(name);
}

/** Viewers with the same key share a breakdown: `*` of two scopes is not the same. Null where none is wanted. */
export function breakdownKey({ breakdown, scope }: Subscription): string | null {
  return breakdown === null ? null : JSON.stringify([breakdown, scope?.regions ?? '*']);
}
