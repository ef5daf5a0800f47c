/** Epoch numbers below this are seconds (to the year 5138), from it on milliseconds (from 1973). */
const secondsEnd = 1e11;

const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;
const numberPattern = /^[+-]?\d{1,17}(?:\.\d{1,9})?$/;
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a time as sent: ISO 8601 date and time with a zone, or without one in UTC; epoch seconds or milliseconds as a
 * number or a numeric text. Returns epoch ms, rounded to an integer, or null for what is no time (31 February, 24:00,
 * a leap second, Infinity).
 */
export function parseTimestamp(sent: string | number): number | null {
  if (typeof sent === 'number') return fromEpoch(sent);
  const text = sent.trim();
  const match = isoPattern.exec(text);
  if (match) return fromIso(match);
  return numberPattern.test(text) ? fromEpoch(Number(text)) : null;
}

function fromEpoch(value: number): number | null {
  const ms = Math.round(Math.abs(value) < secondsEnd ? value * 1000 : value) + 0;
  return Math.abs(ms) <= 8.64e15 ? ms : null;
}

function fromIso(match: RegExpExecArray): number | null {
  const [year, month, day, hour, minute] = [1, 2, 3, 4, 5].map((group) => Number(match[group]));
  const second = Number(match[6] ?? 0);
  if (!isDay(year!, month!, day!) || hour! > 23 || minute! > 59 || second > 59) return null;
  const offset = offsetMinutes(match);
  if (offset === null) return null;
  const fractionMs = match[7] === undefined ? 0 : Math.round(Number(`0.${match[7]}`) * 1000);
  // Date.UTC takes years below 100 for the 20th century; both are before 2000, which is all that matters.
  return Date.UTC(year!, month! - 1, day, hour, minute! - offset, second) + fractionMs;
}

function isDay(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (daysOfMonths[month - 1] ?? 0) + (leap ? 1 : 0);
}

function offsetMinutes(match: RegExpExecArray): number | null {
  if (match[9] === undefined) return 0;
  const hours = Number(match[10]);
  const minutes = Number(match[11] ?? 0);
  if (hours > 23 || minutes > 59) return null;
  return (match[9] === '-' ? -1 : 1) * (hours * 60 + minutes);
}
