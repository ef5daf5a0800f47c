/**
 * Puts sittings together from events (SES-1): a sitting is what a user does with one content in one session, until it is
 * completed, until another content begins or until sessionGapMs of silence. Whatever the order and the grouping in which
 * the events come, and wherever time is cut into hours, the sittings are the same.
 */
import { COMPLETE, PAUSE } from '../protocol/event-type.ts';
import { sessionGapMs } from '../protocol/warehouse-limits.ts';
import type { SessionEvents } from './session-events.ts';

export interface Sitting {
  readonly sessionHi: number;
  readonly sessionLo: number;
  /** Of the key that made the pseudonyms. */
  readonly version: number;
  readonly userHi: number;
  readonly userLo: number;
  readonly contentId: string;
  readonly startMs: number;
  /** Of its last event so far. */
  endMs: number;
  completed: boolean;
  paused: boolean;
  /** What its events have told of time watched, how many of them did, and what the first told of the time before it. */
  toldMs: number;
  told: number;
  readonly toldBeforeMs: number;
  /** Between its events, pauses aside. */
  playedMs: number;
  completionMilli: number | null;
  bufferingCount: number;
  /** As last told. */
  deviceType: string | null;
  quality: string | null;
  country: string | null;
  subscriptionType: string | null;
}

export interface Stitched {
  readonly closed: readonly Sitting[];
  /** May go on behind the end; at most one of a session and user. */
  readonly open: readonly Sitting[];
}

/** `carried` are those that were open where the events begin; `endMs` is where they end, half-open. */
export function stitch(events: SessionEvents, carried: readonly Sitting[], endMs: number): Stitched {
  const order = events.order();
  const goingOn = new Map(carried.map((sitting) => [keyOf(sitting), { ...sitting }]));
  const found = { closed: [] as Sitting[], open: [] as Sitting[] };
  for (let from = 0; from < order.length; ) {
    const first = order[from] as number;
    let to = from + 1;
    while (to < order.length && isSameSession(events, first, order[to] as number)) to++;
    const key = goingOn.size > 0 ? keyOf(sessionOf(events, first)) : '';
    const last = walk(events, order.subarray(from, to), goingOn.get(key) ?? null, found.closed);
    goingOn.delete(key);
    (isOpen(last, endMs) ? found.open : found.closed).push(last);
    from = to;
  }
  for (const sitting of goingOn.values()) (isOpen(sitting, endMs) ? found.open : found.closed).push(sitting);
  return found;
}

const isOpen = ({ completed, endMs: lastMs }: Sitting, endMs: number): boolean =>
  !completed && endMs - lastMs < sessionGapMs;

/** All events of a session and user, in order; returns the last sitting of it. */
function walk(
  events: SessionEvents,
  order: Uint32Array,
  carried: Sitting | null,
  closed: Sitting[],
): Sitting {
  let sitting = carried;
  const take = (i: number): void => {
    if (sitting && goesOn(sitting, events, i)) extend(sitting, events, i);
    else {
      if (sitting) closed.push(sitting);
      sitting = begin(events, i);
    }
  };
  for (let from = 0; from < order.length; ) {
    const timeMs = events.timeMs[order[from] as number];
    let to = from + 1;
    while (to < order.length && events.timeMs[order[to] as number] === timeMs) to++;
    // In one millisecond what is open goes on before something else begins.
    const held = to - from > 1 ? openContent(sitting) : null;
    const isHeld = (i: number): boolean => held !== null && events.text('contentId', i) === held;
    for (let at = from; at < to && held !== null; at++)
      if (isHeld(order[at] as number)) take(order[at] as number);
    for (let at = from; at < to; at++) if (!isHeld(order[at] as number)) take(order[at] as number);
    from = to;
  }
  return sitting as unknown as Sitting;
}

const openContent = (sitting: Sitting | null): string | null =>
  sitting && !sitting.completed ? sitting.contentId : null;

function goesOn(sitting: Sitting, events: SessionEvents, i: number): boolean {
  const silentMs = (events.timeMs[i] as number) - sitting.endMs;
  // What is of the very millisecond of the end belongs to it: so no two sittings of a content begin at once.
  if (sitting.completed ? silentMs > 0 : silentMs >= sessionGapMs) return false;
  return events.text('contentId', i) === sitting.contentId;
}

function begin(events: SessionEvents, i: number): Sitting {
  const startMs = events.timeMs[i] as number;
  const sitting: Sitting = {
    ...sessionOf(events, i),
    contentId: events.text('contentId', i) as string,
    startMs,
    endMs: startMs,
    completed: false,
    paused: false,
    toldMs: 0,
    told: 0,
    toldBeforeMs: Math.min(events.number('durationMs', i) ?? 0, sessionGapMs),
    playedMs: 0,
    completionMilli: null,
    bufferingCount: 0,
    deviceType: null,
    quality: null,
    country: null,
    subscriptionType: null,
  };
  extend(sitting, events, i);
  return sitting;
}

function extend(sitting: Sitting, events: SessionEvents, i: number): void {
  const timeMs = events.timeMs[i] as number;
  if (!sitting.paused) sitting.playedMs += timeMs - sitting.endMs;
  const type = events.words.type[i];
  sitting.endMs = timeMs;
  sitting.paused = type === PAUSE;
  sitting.completed ||= type === COMPLETE;
  const durationMs = events.number('durationMs', i);
  if (durationMs !== null) {
    sitting.toldMs += durationMs;
    sitting.told++;
  }
  const completion = events.number('completionMilli', i);
  if (completion !== null) sitting.completionMilli = Math.max(completion, sitting.completionMilli ?? 0);
  sitting.bufferingCount += events.number('bufferingCount', i) ?? 0;
  sitting.deviceType = events.text('deviceType', i) ?? sitting.deviceType;
  sitting.quality = events.text('quality', i) ?? sitting.quality;
  sitting.country = events.text('country', i) ?? sitting.country;
  sitting.subscriptionType = events.text('subscriptionType', i) ?? sitting.subscriptionType;
}

type Session = Pick<Sitting, 'sessionHi' | 'sessionLo' | 'version' | 'userHi' | 'userLo'>;

function sessionOf({ words }: SessionEvents, i: number): Session {
  return {
    sessionHi: words.sessionHi[i] as number,
    sessionLo: words.sessionLo[i] as number,
    version: words.version[i] as number,
    userHi: words.userHi[i] as number,
    userLo: words.userLo[i] as number,
  };
}

const keyOf = ({ sessionHi, sessionLo, version, userHi, userLo }: Session): string =>
  `${sessionHi} ${sessionLo} ${version} ${userHi} ${userLo}`;

function isSameSession({ words }: SessionEvents, a: number, b: number): boolean {
  return (
    words.sessionLo[a] === words.sessionLo[b] &&
    words.userLo[a] === words.userLo[b] &&
    words.sessionHi[a] === words.sessionHi[b] &&
    words.userHi[a] === words.userHi[b] &&
    words.version[a] === words.version[b]
  );
}
