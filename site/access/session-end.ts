/** When the sign-in ends, said in time. It cannot be lengthened: one signs in again. */
import { hourText } from '../format/time.ts';

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
  if (leftMs <= 0) return { lead: 'Sign-in has', time: 'ended', isSoon: true };
  if (leftMs > soonMs) return { lead: 'Signed in until', time: hourText(endMs), isSoon: false };
  return { lead: 'Sign-in ends in', time: `${Math.ceil(leftMs / 60_000)}\u202fmin`, isSoon: true };
}
