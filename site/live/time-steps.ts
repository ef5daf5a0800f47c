/** Where keys and buttons lead to in time: pure functions of what is asked for. */
import { type Asked, type Change, minuteText, rangeMinutes } from './asked.ts';
import type { Frame } from './frame.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const spanMsMax = rangeMinutes['7d'] * minuteMs;

/** To a minute; the open one is live. `nowMs`: start of the open minute. */
export const toMinute = (at: number, nowMs: number): Change =>
  at >= nowMs ? { at: null } : { at: minuteText(Math.floor(at / minuteMs) * minuteMs) };

/** So many minutes on or back from what is shown; from a range, from its end. */
export function stepped({ at }: Asked, { endMs }: Frame, minutes: number, nowMs: number): Change {
  const from = at === undefined ? Math.min(endMs ?? nowMs, nowMs) : Date.parse(at);
  const to = from + minutes * minuteMs;
  return { range: null, from: null, to: null, ...toMinute(to, nowMs) };
}

/** Ends of the slider: the last day up to now, or the day that an older minute is in. */
export function scrubEnds(at: number | null, nowMs: number, midnight: (ms: number) => number) {
  if (at === null || at >= nowMs - dayMs) return { first: nowMs - dayMs, last: nowMs };
  const first = midnight(at);
  return { first, last: Math.min(nowMs, first + dayMs - minuteMs) };
}

/** Between two times of a chart; null where they are too near to be meant. */
export function zoomedIn(a: number, b: number, slotMs: number, nowMs: number): Change | null {
  const [from, to] = [Math.min(a, b), Math.min(Math.max(a, b) + slotMs, nowMs + minuteMs)];
  const first = Math.floor(from / minuteMs) * minuteMs;
  const last = Math.ceil(to / minuteMs) * minuteMs;
  // A chart of less than five minutes shows nothing that a row of numbers does not.
  if (Math.abs(a - b) < slotMs) return null;
  return { from: minuteText(Math.min(first, last - 5 * minuteMs)), to: minuteText(last) };
}

/** Twice as long around the same middle, within what is kept; what ends now, ends now. */
export function zoomedOut(frame: Frame, nowMs: number): Change {
  const { endMs, spans } = frame;
  const length = Math.min(spanMsMax, 2 * (spans.at(-1)?.lengthMs ?? minuteMs));
  if (endMs === null) {
    const wider = Object.entries(rangeMinutes).find(([, minutes]) => minutes * minuteMs >= length);
    return { range: wider?.[0] ?? '7d' };
  }
  const to = Math.min(nowMs + minuteMs, endMs + length / 4);
  return {
    from: minuteText(Math.floor((to - length) / minuteMs) * minuteMs),
    to: minuteText(Math.floor(to / minuteMs) * minuteMs),
  };
}
