/** When the sign-in ends, said in time. It cannot be lengthened: one signs in again. */
import { hourText } from '../format/time.ts';

export interface SessionEnd {
  readonly text: string;
  /** Soon enough to be said without being asked. */
  readonly isSoon: boolean;
}

const soonMs = 10 * 60_000;

export function sessionEnd(endMs: number, nowMs: number): SessionEnd {
  const leftMs = endMs - nowMs;
  if (leftMs <= 0) return { text: 'Sign-in has ended', isSoon: true };
  if (leftMs > soonMs) return { text: `Signed in until ${hourText(endMs)}`, isSoon: false };
  return { text: `Sign-in ends in ${Math.ceil(leftMs / 60_000)}\u202fmin`, isSoon: true };
}
