/**
 * How far back live values reach. Hub and browser prune by the same functions of a frame's `at`, so that a viewer
 * that was fed by deltas holds exactly the cells that a fresh snapshot would bring.
 */
import { liveMinutesMs, livePanesMs, paneMs, windowMs } from '../protocol/limits.ts';

/** True while any part of the pane that starts at `start` (ms) lies within the last livePanesMs. */
export function paneInSight(start: number, at: number): boolean {
  return start + paneMs > at - livePanesMs;
}

/** True while any part of the EpochMinute lies within the last liveMinutesMs. */
export function minuteInSight(minute: number, at: number): boolean {
  return (minute + 1) * windowMs > at - liveMinutesMs;
}

/** Contents are many: they reach back only as far as panes do. */
export function contentsInSight(minute: number, at: number): boolean {
  return (minute + 1) * windowMs > at - livePanesMs;
}
