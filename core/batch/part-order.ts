import type { PartAddress } from '../lake/part-name.ts';

type Place = Pick<PartAddress, 'shard' | 'incarnation' | 'firstRow' | 'kind'>;

export interface OrderedPart<T> {
  readonly part: T;
  /** Whether its events may be twins of events that come before: late ones, and those of a log that began anew. */
  readonly suspect: boolean;
}

/**
 * The order in which an hour's events count: by shard, first what the stream counted, in the order of its log, then
 * what came too late. Within a part events follow the log. The first of several twins in this order counts (DUP-1b).
 */
export function orderParts<T extends Place>(parts: readonly T[]): OrderedPart<T>[] {
  const firstIncarnation = new Map<number, number>();
  for (const { shard, incarnation, kind } of parts) {
    const least = firstIncarnation.get(shard) ?? Number.POSITIVE_INFINITY;
    if (kind === 'counted' && incarnation < least) firstIncarnation.set(shard, incarnation);
  }
  const ordered = parts.toSorted(
    (a, b) =>
      a.shard - b.shard ||
      Number(a.kind === 'late') - Number(b.kind === 'late') ||
      a.incarnation - b.incarnation ||
      a.firstRow - b.firstRow,
  );
  return ordered.map((part) => ({
    part,
    suspect: part.kind === 'late' || part.incarnation !== firstIncarnation.get(part.shard),
  }));
}
