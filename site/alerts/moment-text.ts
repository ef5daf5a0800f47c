import { dayTimeText, hourText } from '../format/time.ts';

/** `12:31` of today, else `20 Nov 12:31`. */
export function momentText(at: number, nowMs: number): string {
  const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
  return isToday ? hourText(at) : dayTimeText(at);
}
