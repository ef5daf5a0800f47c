/** What a whole is made of: shares as the bars show them, the greatest first. */
import type { LiveRegionState } from '../../core/live/live-state.ts';
import { OTHER_KEY } from '../../core/protocol/limits.ts';
import { liveCounterIndex as at, type LiveShare } from '../../core/protocol/live.ts';
import * as say from '../text/live.ts';
import { surelyFails } from './region-summary.ts';
import type { CellKind } from './totals.ts';

export interface Share {
  readonly label: string;
  /** What it can be filtered by; null for what is no single value. */
  readonly value: string | null;
  readonly count: number;
  /** 0 to 1. */
  readonly share: number;
  /** Null where no downloads can be told apart, or there were none. */
  readonly successRate: number | null;
  /** As surelyFails says. */
  readonly isFailing: boolean;
  readonly views: number | null;
  readonly downloads: number | null;
}

const eventTypes = [
  ['views', 'view'],
  ['progresses', 'progress'],
  ['downloads', 'download'],
  ['pauses', 'pause'],
  ['resumes', 'resume'],
  ['completes', 'complete'],
  ['ratings', 'rating'],
  ['errors', 'error'],
] as const;

/** Events by type in the cells that start within [from, to). The order is fixed: types, unlike titles, do not compete. */
export function eventTypeShares(
  regions: Iterable<LiveRegionState>,
  { cells, key }: CellKind,
  from: number,
  to: number,
): Share[] {
  const counts = new Map<string, number>();
  const [first, end] = [key(from), key(to)];
  for (const region of regions) {
    for (const [start, values] of cells(region)) {
      if (start < first || start >= end) continue;
      for (const [counter] of eventTypes) {
        counts.set(counter, (counts.get(counter) ?? 0) + (values[at[counter]] ?? 0));
      }
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return eventTypes.map(([counter, label]) => {
    const count = counts.get(counter) ?? 0;
    return { ...bare, label, count, share: total === 0 ? 0 : count / total };
  });
}

const bare = { value: null, successRate: null, isFailing: false, views: null, downloads: null };

export function shareList(shares: readonly LiveShare[]): Share[] {
  const total = shares.reduce((sum, { events }) => sum + events, 0);
  return shares.map(({ key, events, views, downloads, success_rate: rate }) => ({
    label: key === OTHER_KEY ? say.allOthers : key,
    value: key === OTHER_KEY ? null : key,
    count: events,
    share: total === 0 ? 0 : events / total,
    successRate: rate,
    isFailing: surelyFails(rate, downloads),
    views,
    downloads,
  }));
}

/** At most `max` bars: the smallest are joined into one, which says how many they are. */
export function joined(shares: readonly Share[], max: number): Share[] {
  if (shares.length <= max) return [...shares];
  const rest = shares.slice(max - 1);
  const sum = (pick: (share: Share) => number): number => rest.reduce((all, share) => all + pick(share), 0);
  return [
    ...shares.slice(0, max - 1),
    {
      ...bare,
      label: say.more(rest.length),
      count: sum(({ count }) => count),
      share: sum(({ share }) => share),
    },
  ];
}
