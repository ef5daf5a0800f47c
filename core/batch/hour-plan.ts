import { batchStepEventsMax, batchStepPartsMax, batchSuspectsMax } from '../protocol/batch-limits.ts';
import { type OrderedPart, orderParts } from './part-order.ts';

/** What is known of a part before it is read. */
export interface PlannablePart {
  readonly name: string;
  readonly shard: number;
  readonly incarnation: number;
  readonly firstRow: number;
  readonly kind: 'counted' | 'late';
  readonly events: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Places in the list of ordered parts. */
type Places = readonly number[];

/** How the twins among a shard's suspects are found. */
export interface SuspectPlan {
  readonly shard: number;
  readonly suspects: Places;
  /** Parts that may hold twins of them, in groups of one step each. */
  readonly scans: readonly Places[];
  /** So many passes, each over its share of the identities. */
  readonly slices: number;
}

export interface FoldGroup {
  readonly shard: number;
  readonly places: Places;
}

/** How an hour is computed, in steps that are bounded whatever its size. */
export interface HourPlan<T> {
  /** In the order in which their events count. */
  readonly parts: readonly OrderedPart<T>[];
  readonly suspects: readonly SuspectPlan[];
  /** By shard; each goes on from the one before it of its shard. */
  readonly folds: readonly FoldGroup[];
}

export interface StepCaps {
  readonly events: number;
  readonly parts: number;
  readonly suspects: number;
}

const stepCaps: StepCaps = {
  events: batchStepEventsMax,
  parts: batchStepPartsMax,
  suspects: batchSuspectsMax,
};

export function planHour<T extends PlannablePart>(listed: readonly T[], caps = stepCaps): HourPlan<T> {
  const parts = orderParts(listed);
  const shards = [...new Set(parts.map(({ part }) => part.shard))];
  const placesOf = (shard: number, isWanted: (ordered: OrderedPart<T>) => boolean): number[] =>
    [...parts.keys()].filter((place) => {
      const ordered = parts[place] as OrderedPart<T>;
      return ordered.part.shard === shard && isWanted(ordered);
    });
  const eventsOf = (place: number): number => parts[place]?.part.events ?? 0;
  const suspects = shards.flatMap((shard): SuspectPlan[] => {
    const own = placesOf(shard, ({ suspect }) => suspect);
    if (own.length === 0) return [];
    const fromMs = Math.min(...own.map((place) => parts[place]?.part.fromMs ?? 0));
    const toMs = Math.max(...own.map((place) => parts[place]?.part.toMs ?? 0));
    // Twins are of the same time, to the millisecond (IDN-1).
    const overlaps = ({ part }: OrderedPart<T>) => part.fromMs <= toMs && part.toMs >= fromMs;
    const counted = placesOf(shard, (ordered) => !ordered.suspect && overlaps(ordered));
    const events = own.reduce((sum, place) => sum + eventsOf(place), 0);
    const slices = Math.max(1, Math.ceil(events / caps.suspects));
    return [{ shard, suspects: own, scans: groupsOf(counted, eventsOf, caps), slices }];
  });
  const folds = shards.flatMap((shard) =>
    groupsOf(
      placesOf(shard, () => true),
      eventsOf,
      caps,
    ).map((places): FoldGroup => ({ shard, places })),
  );
  return { parts, suspects, folds };
}

/** Consecutive places, as many as the caps allow; at least one. */
function groupsOf(places: Places, eventsOf: (place: number) => number, caps: StepCaps): number[][] {
  const groups: number[][] = [];
  let events = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const last = groups.at(-1);
    if (!last || events + eventsOf(place) > caps.events || last.length >= caps.parts) {
      groups.push([place]);
      events = eventsOf(place);
    } else {
      last.push(place);
      events += eventsOf(place);
    }
  }
  return groups;
}
