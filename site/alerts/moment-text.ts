import { hourText } from '../format/time.ts';

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `12:31` of today, else `20 Nov 12:31`. */
export function momentText(at: number, nowMs: number): string {
  const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
  return isToday ? hourText(at) : `${dayFormat.format(at)} ${hourText(at)}`;
}
