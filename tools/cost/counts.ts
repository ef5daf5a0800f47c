// What a run counted: numbers by `OPERATION WHERE`.
import type { Operation, Operations } from '../../core/cost/operations.ts';

export type Counts = Readonly<Record<string, number>>;

export function addCounts(...all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const [name, value] of all.flatMap((counts) => Object.entries(counts)))
    sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By operation alone. */
export function operationsOf(counts: Counts): Operations {
  const sums: Partial<Record<Operation, number>> = {};
  for (const [name, value] of Object.entries(counts)) {
    const operation = name.split(' ', 1)[0] as Operation;
    sums[operation] = (sums[operation] ?? 0) + value;
  }
  return sums;
}
