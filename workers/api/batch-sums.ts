import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { contentsPerAnswerMax } from '../../core/protocol/limits.ts';
import { type BatchPart, readBatchParts } from '../../storage/batch-table-store.ts';
import type { BatchQuery } from './batch-query.ts';
import { TitleBook } from './title-book.ts';

/** What was counted of a content: in the range, or in an hour or day of it. */
export interface ContentSum {
  readonly contentId: string;
  /** First hour of the step; that of the range where it is one step. */
  readonly hour: number;
  readonly counters: Counters;
  readonly title: string | null;
  readonly type: string | null;
}

/** Hours of a step; null where the whole range is one. */
export type StepHours = 1 | 24 | null;

export interface ContentSums {
  readonly sums: readonly ContentSum[];
  readonly warnings: readonly string[];
}

/** Sums contents over computed hours, step by step; those beyond the 512 that an hour names are `__other__`. */
export async function sumContents(db: D1Database, query: BatchQuery, step: StepHours): Promise<ContentSums> {
  const titles = new TitleBook();
  const sums = new Map<
    string,
    { readonly contentId: string; readonly hour: number; readonly counters: Counters }
  >();
  let left = 0;
  const add = (part: BatchPart): void => {
    titles.add({ titles: part.titles, minute: part.hour * 60, minutes: part.hours * 60 });
    const hour = step === null ? query.fromHour : part.hour - (part.hour % step);
    for (const [contentId, counters] of part.contents) {
      const key = `${hour} ${contentId}`;
      let sum = sums.get(key);
      if (!sum && sums.size >= contentsPerAnswerMax) {
        left++;
        continue;
      }
      sum ??= { contentId, hour, counters: emptyCounters() };
      sums.set(key, sum);
      addCounters(sum.counters, counters);
    }
  };
  const { contentId } = query;
  const want = {
    contents: contentId === null ? ('all' as const) : { key: contentId },
    titles: true,
    byDays: step !== 1,
  };
  for await (const lot of readBatchParts(
    db,
    query.regions.map(({ number }) => number),
    query,
    want,
  ))
    for (const part of lot) add(part);
  const found = [...sums.values()].filter(({ counters }) => counters[0] !== 0);
  return {
    sums: found.map((sum) => ({ ...sum, ...titles.of(sum.contentId) })),
    warnings: left === 0 ? [] : [`More than ${contentsPerAnswerMax} rows: the rest are left out`],
  };
}
