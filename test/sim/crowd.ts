/** Who and what the events of a history are about, and when they happened. */
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { DOWNLOAD, eventTypes, FAILED, SLOW, SUCCESS, statuses } from '../../core/protocol/event-type.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import {
  allowedLatenessMs,
  clockSkewAheadMsMax,
  holdBackMs,
  paneMs,
  windowMs,
} from '../../core/protocol/limits.ts';
import type { Random } from './random.ts';

type Hash = readonly [hi: number, lo: number];

export interface Crowd {
  readonly producers: readonly string[];
  readonly contents: readonly string[];
  readonly users: readonly Hash[];
  readonly sessions: readonly Hash[];
  /** The producers' events lie this far behind the server's clock, ms. */
  readonly lagMs: number;
}

const devices = ['tv', 'phone', 'tablet', null] as const;
const countries = ['DE', 'GB', null] as const;
const qualities = ['720p', '1080p', '4k', null] as const;
const contentTypes = ['movie', 'series', null] as const;

export function makeCrowd(random: Random): Crowd {
  const hashes = (count: number): Hash[] =>
    Array.from({ length: count }, () => [random.word(), random.word()]);
  return {
    producers: ['acme', 'globex', 'initech'].slice(0, random.between(1, 3)),
    contents: Array.from({ length: random.between(1, 6) }, (_, i) => `content-${i}`),
    users: hashes(random.chance(0.05) ? 500 : random.between(1, 12)),
    sessions: hashes(random.between(1, 12)),
    lagMs: random.pick([0, 0, 0, 8000, 90_000, 11 * 60_000]),
  };
}

export function makeEvent(random: Random, crowd: Crowd, nowMs: number): AcceptedEvent {
  const type = random.below(eventTypes.length);
  const download = eventTypes[type] === 'download';
  const [userHi, userLo] = random.chance(0.1) ? [0, 0] : random.pick(crowd.users);
  const [sessionHi, sessionLo] = random.chance(0.1) ? [0, 0] : random.pick(crowd.sessions);
  const maybe = (share: number, max: number): number | null =>
    random.chance(share) ? random.below(max + 1) : null;
  return {
    identityHi: random.word(),
    identityLo: random.word(),
    timeMs: epochMs(makeTime(random, nowMs - crowd.lagMs)),
    type,
    status: download ? random.below(statuses.length) : 0,
    userHi,
    userLo,
    sessionHi,
    sessionLo,
    contentId: random.chance(0.05) ? null : random.pick(crowd.contents),
    contentType: random.pick(contentTypes),
    title: random.chance(0.3) ? `title ${random.below(3)}` : null,
    country: random.pick(countries),
    deviceType: random.pick(devices),
    quality: random.pick(qualities),
    subscriptionType: null,
    errorCode: null,
    ext: random.chance(0.05) ? '{"a":1}' : null,
    durationMs: maybe(0.5, 60_000),
    completionMilli: maybe(0.2, 1000),
    ratingMilli: maybe(0.2, 10_000),
    bufferingCount: maybe(0.3, 5),
    // Speed belongs to downloads; one on another event must change nothing.
    speedKbps: maybe(download ? 0.9 : 0.1, 100_000),
    bytes: maybe(0.3, 1_000_000_000_000),
  };
}

/** On time, late within H, around H, beyond it, ahead by up to 5 minutes, and on the boundaries. */
function makeTime(random: Random, nowMs: number): number {
  const kind = random.below(100);
  if (kind < 50) return nowMs - random.below(4000);
  if (kind < 65) return nowMs - random.below(windowMs);
  if (kind < 78) return nowMs - random.below(allowedLatenessMs);
  if (kind < 84) return nowMs - allowedLatenessMs + random.between(-2 * windowMs, windowMs);
  if (kind < 89) return nowMs - allowedLatenessMs - random.below(7_200_000);
  if (kind < 93) return nowMs + random.below(clockSkewAheadMsMax);
  const size = random.pick([paneMs, windowMs]);
  const boundary = Math.floor((nowMs - random.below(allowedLatenessMs)) / size) * size;
  // Behind a boundary by the hold-back: there the watermark stands when the window closes.
  return boundary + random.pick([0, 0, holdBackMs]) + random.pick([-1, 0, 1]);
}

/** Downloads enough for alert rules, that fail for a while now and then. Of random numbers of its own. */
export class Downloads {
  readonly #random: Random;
  readonly #share: number;
  readonly #phaseMs: number;
  readonly #contents: number;

  constructor(random: Random) {
    this.#random = random;
    this.#share = random.pick([0, 0.3, 0.9]);
    this.#phaseMs = random.pick([1, 3, 8]) * windowMs;
    this.#contents = random.between(1, 6);
  }

  /** The event, or a download in its place. */
  apply(event: AcceptedEvent): AcceptedEvent {
    const random = this.#random;
    if (!random.chance(this.#share)) return event;
    const fails = Math.floor(event.timeMs / this.#phaseMs) % 2 === 0 && this.#isOfThose(event.contentId);
    const status = random.chance(fails ? 0.8 : 0.03) ? FAILED : random.pick([SUCCESS, SUCCESS, SLOW]);
    return { ...event, type: DOWNLOAD, status };
  }

  /** In some histories all contents fail, in others only the first ones. */
  #isOfThose(contentId: string | null): boolean {
    return Number(contentId?.split('-')[1] ?? 0) < this.#contents;
  }
}
