/** What the fire harness (Node) and the fire entry of the Worker say to each other. No platform on either side. */

/** What a fault is laid around. */
export const faultTargets = ['d1', 'r2', 'queue'] as const;
export type FaultTarget = (typeof faultTargets)[number];

/**
 * `throw`: nothing is done. `timeout`: done, and then an error. `late`: an error now, done `delayMs` later. `slow`: done
 * after `delayMs`. `refuse`: nothing is done, and the error says that it may be tried again. `flaky`: a seeded share
 * throws, half of them after it was done.
 */
export const faultModes = ['throw', 'timeout', 'late', 'slow', 'refuse', 'flaky'] as const;
export type FaultMode = (typeof faultModes)[number];

export interface Fault {
  readonly target: FaultTarget;
  readonly mode: FaultMode;
  /** Only what writes; D1 tells by the statement. */
  readonly writesOnly?: boolean;
  /** How long it lasts, ms. */
  readonly forMs: number;
  readonly delayMs?: number;
  /** Of `flaky` and `late`, 0 to 1; 1 where it is missing. */
  readonly share?: number;
  readonly seed?: number;
}

/** How the stand-in delivers; chances are 0 to 1, times ms. */
export interface Disorder {
  readonly seed: number;
  /** Delivered twice. */
  readonly twice: number;
  /** Delivered ten times. */
  readonly tenfold: number;
  /** Each delivery waits up to so long, which is what shuffles them. */
  readonly delayMsMax: number;
  /** Acknowledgements that are lost. */
  readonly lostAcks: number;
}

/** Titles that begin so are poison while a shard chokes on them. */
export const poisonPrefix = 'poison-';

/** What a shard is filled with: made-up events, made where they are taken. */
export interface Fill {
  /** Number of the first event; no two events have the same. */
  readonly first: number;
  readonly events: number;
  /** The events' times are spread over so long before now, ms. */
  readonly spanMs: number;
  /** Different titles. */
  readonly keys: number;
  /** Different devices, countries and other kinds of things. */
  readonly kinds: number;
  /** Different sessions. */
  readonly sessions: number;
}

export const calm: Disorder = { seed: 1, twice: 0, tenfold: 0, delayMsMax: 0, lostAcks: 0 };

export interface QueueState {
  /** Deliveries that are still to be made. */
  readonly depth: number;
  /** Messages that were taken, and deliveries made of them, since the folder was new. */
  readonly messages: number;
  readonly deliveries: number;
  readonly lostAcks: number;
  /** Given up after max_retries. */
  readonly dead: number;
  readonly sendsUnderWay: number;
}

/** Which object of the product is aborted. */
export const objectKinds = ['region', 'hub', 'meter', 'sealer', 'queue'] as const;
export type ObjectKind = (typeof objectKinds)[number];

const sides = ['before', 'behind'] as const;
/** Places outside of the product's code at which the runtime may be stopped: around what it asks of the platform. */
const stopKinds = [
  'queue send',
  'receive',
  'ack',
  'region d1',
  'consumer d1',
  'sealer r2',
  'sealer d1',
  'hour r2',
  'hour d1',
  'day r2',
  'day d1',
] as const;
export type StopPoint = `${(typeof sides)[number]} ${(typeof stopKinds)[number]}`;
export const stopPoints: readonly StopPoint[] = sides.flatMap((side) =>
  stopKinds.map((kind): StopPoint => `${side} ${kind}`),
);

/** A number from 0 to 1 that follows from a seed and what it is for: the same whenever and in whatever order asked. */
export function chance(seed: number, ...of: readonly number[]): number {
  let hash = seed >>> 0;
  for (const part of of) {
    hash = Math.imul(hash ^ (part >>> 0), 0x9e3779b1) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
