/** When the sign-in ends, said in time. It cannot be lengthened: one signs in again. */
import { hourText } from '../format/time.ts';
import * as say from '../text/frame.ts';

export interface SessionEnd {
  readonly lead: string;
  /** What matters of it, where there is little room. */
  readonly time: string;
  /** Soon enough to be said without being asked. */
  readonly isSoon: boolean;
}

const soonMs = 10 * 60_000;

export function sessionEnd(endMs: number, nowMs: number): SessionEnd {
  const leftMs = endMs - nowMs;
  if (leftMs <= 0) return { lead: say.signInHas, time: say.ended, isSoon: true };
  if (leftMs > soonMs) return { lead: say.signedInUntil, time: hourText(endMs), isSoon: false };
  return { lead: say.signInEndsIn, time: say.minutes(Math.ceil(leftMs / 60_000)), isSoon: true };
}
