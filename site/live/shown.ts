/** Which picture is shown, of what time it is, and what is compared with it. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { LiveState } from '../../core/live/live-state.ts';
import type { Asked } from './asked.ts';
import { besideQuestion, type Frame, shiftOf } from './frame.ts';
import type { Heard } from './heard.ts';
import { createPictureFeed, type FeedPorts } from './picture-feed.ts';
import type { ShownState } from './shown-state.ts';
import type { Store } from './store.ts';
import type { Moment } from './timing.ts';

/** Further behind than this, numbers are no longer shown as those of now. */
const staleAfterMs = 5_000;

/** The picture that is compared, and how much earlier it is, ms. */
export interface Before {
  readonly state: ShownState;
  readonly shiftMs: number;
}

export type Shown = Pick<Store, 'frame' | 'live' | 'moment' | 'stale'> & {
  readonly socket: ReadonlySignal<LiveState | null>;
};

/** Which picture is shown, and of what time it is. Until what is asked for has come, the one before stays, and fades. */
export function shownOf({
  heard,
  pause,
  wanted,
  feed,
}: Pick<Store, 'heard' | 'pause' | 'wanted' | 'feed'>): Shown {
  const socket = computed(() => (pause.picture.value ?? { live: heard.live.value }).live);
  let held: Frame | null = null;
  const frame = computed(() => {
    const { question } = wanted.value;
    if (!question || question.isBreakdownOnly || question.search === feed.answered.value) held = wanted.value;
    return held ?? wanted.value;
  });
  const isAnswered = computed(() => frame.value === wanted.value && held !== null);
  const live = computed((): ShownState | null => {
    const { question, kind } = frame.value;
    const told = feed.state.value;
    const now = socket.value;
    if (question === null) return now;
    if (question.isBreakdownOnly)
      return (
        now && {
          ...now,
          breakdown: question.search === feed.answered.value ? (told?.breakdown ?? null) : null,
        }
      );
    // Alerts of now come by the socket, and at once.
    return told && kind === 'live' && now ? { ...told, alerts: now.alerts } : told;
  });
  const moment = computed((): Moment => {
    const picture = pause.picture.value;
    const { endMs } = frame.value;
    // The last ms of the past: what begins then is no part of it.
    if (endMs !== null) return { asOf: endMs - 1, behindMs: 0 };
    return picture ? { asOf: picture.asOf, behindMs: 0 } : heard.moment.value;
  });
  const stale = computed(() => {
    const isAsked = wanted.value.question !== null;
    if (!isAnswered.value || (isAsked && feed.failure.value !== null)) return true;
    return wanted.value.endMs === null && pause.picture.value === null && isStale(heard);
  });
  return { frame, socket, live, moment, stale };
}

interface Compared {
  readonly asked: ReadonlySignal<Asked>;
  readonly wanted: ReadonlySignal<Frame>;
  readonly frame: ReadonlySignal<Frame>;
  readonly nowMs: ReadonlySignal<number>;
  readonly isPaused: ReadonlySignal<boolean>;
  readonly ports: FeedPorts;
}

/** The same numbers of an earlier time; null where none are asked for, or until they have come. */
export function comparedOf({
  asked,
  wanted,
  frame,
  nowMs,
  isPaused,
  ports,
}: Compared): ReadonlySignal<Before | null> {
  const besides = computed(() => besideQuestion(asked.value, wanted.value, nowMs.value));
  const beside = createPictureFeed(sameAsBefore(besides), isPaused, ports);
  return computed((): Before | null => {
    const shiftMs = shiftOf(asked.value, frame.value, nowMs.value);
    const isOf = beside.answered.value === besides.value?.search;
    const state = beside.state.value;
    return shiftMs === null || !isOf || state === null ? null : { state, shiftMs };
  });
}

/** The same object as long as the same is asked: a frame is made anew with each minute. */
export function sameAsBefore<T>(value: ReadonlySignal<T>): ReadonlySignal<T> {
  let held: T = value.peek();
  return computed(() => {
    if (JSON.stringify(value.value) !== JSON.stringify(held)) held = value.value;
    return held;
  });
}

function isStale({ link, moment }: Heard): boolean {
  return link.value.kind !== 'live' || moment.value.behindMs > staleAfterMs;
}
