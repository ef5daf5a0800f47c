/** Times of a zone in SQL, which knows none: the offsets in force are handed to it. */
import { daySlots, type OffsetPiece } from '../../core/warehouse/local-days.ts';
import type { Parameters } from './session-filters.ts';

/** A slot of UTC as one of the zone. */
export function localSlot(slot: string, pieces: readonly OffsetPiece[], parameters: Parameters): string {
  const [first, ...later] = pieces.toReversed();
  if (!first) return slot;
  const whens = later
    .toReversed()
    .map(
      ({ toSlot, offsetSlots }) =>
        `WHEN ${slot} < ${parameters.add(toSlot)} THEN ${parameters.add(offsetSlots)}`,
    );
  const last = parameters.add(first.offsetSlots);
  return whens.length === 0 ? `(${slot} + ${last})` : `(${slot} + CASE ${whens.join(' ')} ELSE ${last} END)`;
}

/** Epoch day of the date in the zone. */
export const localDay = (local: string): string => `${local} / ${daySlots}`;

/** 0 to 23. */
export const localHour = (local: string): string => `${local} / 4 % 24`;

/** 1 for Monday to 7: the epoch began on a Thursday. */
export const localWeekday = (local: string): string => `(${local} / ${daySlots} + 3) % 7 + 1`;
