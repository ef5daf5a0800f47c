/**
 * Days of a time zone, as quarters of an hour since the epoch. SQLite knows no time zones, and the offset of every zone
 * is a whole number of quarters: so a question is handed to it as slots. A day has 96 of them, or 92 or 100 where the
 * clocks are changed. (A change in the middle of a quarter, as St. John's had at a minute past midnight until 2011, is
 * taken at its beginning.)
 */
import { timeZonesHeldMax } from '../protocol/analytics-limits.ts';

export const slotMs = 900_000;
export const daySlots = 96;

/** Half-open. */
export interface SlotSpan {
  readonly fromSlot: number;
  readonly toSlot: number;
}

/** A stretch of time in which the zone's offset from UTC is the same. */
export interface OffsetPiece extends SlotSpan {
  /** To be added to a slot of UTC. */
  readonly offsetSlots: number;
}

export interface LocalDay extends SlotSpan {
  /** Epoch day of its date. */
  readonly day: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether there is a zone of that name; offsets such as +05:30 are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const held = formatters.get(zone);
  if (held) return held;
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  if (formatters.size >= timeZonesHeldMax) formatters.delete(formatters.keys().next().value as string);
  formatters.set(zone, made);
  return made;
}

/** Told by Intl as GMT, GMT+05:45 or GMT-03:30:52. */
function offsetSlotsAt(zone: string, slot: number): number {
  if (zone === 'UTC') return 0;
  const told = formatterOf(zone).format(slot * slotMs);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(told) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 4 + Math.floor(Number(minutes) / 15));
}

/** No zone has changed its clocks twice within so short a time and been back where it was. */
const stepSlots = 5 * daySlots;

/** The offsets in force in a span, in order and without gaps. */
export function offsetPieces(zone: string, { fromSlot, toSlot }: SlotSpan): OffsetPiece[] {
  const pieces: OffsetPiece[] = [];
  let start = fromSlot;
  let offset = offsetSlotsAt(zone, start);
  for (let slot = fromSlot; slot < toSlot; ) {
    const next = Math.min(slot + stepSlots, toSlot);
    const later = offsetSlotsAt(zone, next);
    if (later !== offset) {
      const change = firstSlotOf(zone, later, slot, next);
      pieces.push({ fromSlot: start, toSlot: change, offsetSlots: offset });
      start = change;
      offset = later;
    }
    slot = next;
  }
  if (start < toSlot) pieces.push({ fromSlot: start, toSlot, offsetSlots: offset });
  return pieces;
}

/** Between a slot with another offset and one with this, the first that has it. */
function firstSlotOf(zone: string, offset: number, before: number, from: number): number {
  let [without, withIt] = [before, from];
  while (withIt - without > 1) {
    const middle = Math.floor((without + withIt) / 2);
    if (offsetSlotsAt(zone, middle) === offset) withIt = middle;
    else without = middle;
  }
  return withIt;
}

/** Epoch day of the date that a slot has in the zone. */
export function localDayOf(zone: string, slot: number): number {
  return Math.floor((slot + offsetSlotsAt(zone, slot)) / daySlots);
}

/** Offsets are at most 14 hours. */
const marginSlots = 60;

/** The days of a zone, of epoch days from <= day < to; one that its calendar has left out is not among them. */
export function localDays(zone: string, fromDay: number, toDay: number): LocalDay[] {
  const span = { fromSlot: fromDay * daySlots - marginSlots, toSlot: toDay * daySlots + marginSlots };
  const pieces = offsetPieces(zone, span);
  const starts: number[] = [];
  for (let day = fromDay, at = 0; day <= toDay; day++) {
    // Where the clock goes back over midnight, the day has begun once it is reached for the first time.
    for (; at < pieces.length - 1; at++) {
      const { toSlot, offsetSlots } = pieces[at] as OffsetPiece;
      if (day * daySlots - offsetSlots < toSlot) break;
    }
    const { fromSlot, offsetSlots } = pieces[at] as OffsetPiece;
    starts.push(Math.max(fromSlot, day * daySlots - offsetSlots));
  }
  return starts
    .slice(0, -1)
    .map((fromSlot, index) => ({ day: fromDay + index, fromSlot, toSlot: starts[index + 1] as number }))
    .filter((day) => day.fromSlot < day.toSlot);
}

/** YYYY-MM-DD of an epoch day. */
export const dateOfDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
