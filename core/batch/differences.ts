import { addCounters, type Counters, counterNames, emptyCounters } from '../aggregate/counters.ts';
import type { BatchDifference } from './batch-run.ts';

type Counted = { readonly counters: readonly number[] };

/** The totals that are others now, in the order of counterNames. */
export function differencesOf(
  table: string,
  before: readonly Counted[],
  after: readonly Counted[],
): BatchDifference[] {
  const [old, now] = [sumOf(before), sumOf(after)];
  return counterNames.flatMap((metric, index): BatchDifference[] => {
    const [from, to] = [old[index] as number, now[index] as number];
    return from === to ? [] : [{ table, metric, before: from, after: to }];
  });
}

function sumOf(rows: readonly Counted[]): Counters {
  const sum = emptyCounters();
  for (const { counters } of rows) addCounters(sum, counters);
  return sum;
}
