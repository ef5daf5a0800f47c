/** The events of an hour in groups that a step can hold, told apart by what may be a twin (DUP-1b). */
import { type PlannablePart, planHour } from './hour-plan.ts';

/** Events of one step. Those of a group with `twins` count unless they are twins of one another or of one of `scans`. */
export interface EventGroup {
  /** At most. */
  readonly events: number;
  /** Names. */
  readonly parts: readonly string[];
  readonly twins: {
    readonly scans: readonly string[];
    readonly slice: { readonly index: number; readonly of: number };
  } | null;
}

/** Of the parts of one hour of a region, in groups of about `stepEvents`. */
export function groupsOf(listed: readonly PlannablePart[], stepEvents: number): EventGroup[] {
  const { parts, folds, suspects } = planHour(listed, {
    events: stepEvents,
    parts: Number.POSITIVE_INFINITY,
    suspects: stepEvents,
  });
  const namesOf = (places: readonly number[]) => places.map((place) => parts[place]?.part.name ?? '');
  const eventsOf = (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (parts[place]?.part.events ?? 0), 0);
  const certain = folds
    .map(({ places }) => places.filter((place) => !parts[place]?.suspect))
    .filter((places) => places.length > 0)
    .map((places): EventGroup => ({ events: eventsOf(places), parts: namesOf(places), twins: null }));
  const doubtful = suspects.flatMap(({ suspects: places, scans, slices }) =>
    Array.from(
      { length: slices },
      (_, index): EventGroup => ({
        events: Math.ceil(eventsOf(places) / slices),
        parts: namesOf(places),
        twins: { scans: namesOf(scans.flat()), slice: { index, of: slices } },
      }),
    ),
  );
  return [...certain, ...doubtful];
}
