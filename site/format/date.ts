/** Days and times that stand alone, by the clocks of the browser if no zone is named. All have 24 hours. */
import { locale } from './locale.ts';

const form = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options });

const day = { day: 'numeric', month: 'short' } as const;
const dayWithYear = { ...day, year: 'numeric' } as const;
const hour = { hour: '2-digit', minute: '2-digit' } as const;
const yearFormat = form(dayWithYear);
const secondFormat = form({ ...hour, second: '2-digit' });
const exactFormat = form({ dateStyle: 'medium', timeStyle: 'long' });
const wholeFormat = form({ dateStyle: 'medium', timeStyle: 'short' });
const utcFormat = form({ ...day, timeZone: 'UTC' });
const utcYearFormat = form({ ...dayWithYear, timeZone: 'UTC' });

/** "21 Nov 2026" */
export const yearDayText = (at: string | number): string => yearFormat.format(new Date(at));
/** "16:20:05" */
export const secondText = (at: string): string => secondFormat.format(new Date(at));
/** "21 Nov 2026, 16:20:05 GMT" */
export const exactText = (at: string | number): string => exactFormat.format(new Date(at));
/** "21 Nov 2026, 16:20" */
export const wholeTimeText = (at: number): string => wholeFormat.format(at);
/** "21 Nov, 16:20" of a zone's clocks. */
export const zoneTimeText = (at: string, timeZone: string): string =>
  form({ ...day, ...hour, timeZone }).format(new Date(at));

/** "21 Nov", of UTC. */
export const utcDayText = (ms: number): string => utcFormat.format(ms);

const dayMs = 86_400_000;

/** The first and the last of some days of UTC, the year once: "15 Nov", "21 Nov 2026". One day has no first. */
export function utcEnds(first: number, last: number): readonly [string | null, string] {
  const ends = utcYearFormat.format(last);
  if (Math.floor(first / dayMs) === Math.floor(last / dayMs)) return [null, ends];
  const isOneYear = new Date(first).getUTCFullYear() === new Date(last).getUTCFullYear();
  return [(isOneYear ? utcFormat : utcYearFormat).format(first), ends];
}
