import { addCounters, type Counters, counterIndex, emptyCounters } from '../../core/aggregate/counters.ts';
import { contentsPerAnswerMax } from '../../core/protocol/limits.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import { type HourRange, readBatchParts } from '../../storage/batch-table-store.ts';
import { dayCounters } from '../../storage/merge-sql.ts';
import {
  hoursBeside,
  hoursWithout,
  type MergedDay,
  type MergedHour,
  readDaySums,
  readMergedHours,
  runsOf,
} from '../../storage/merged-store.ts';
import type { BatchQuery } from './batch-query.ts';
import { noteTitles, type TitledRange, titlesOf } from './batch-titles.ts';
import { TitleBook } from './title-book.ts';

/** What was counted of a content: in the range, or in an hour or day of it. */
export interface ContentSum {
  readonly contentId: string;
  /** First hour of the step; that of the range where it is one step. */
  readonly hour: number;
  readonly counters: Counters;
}

export interface ContentSums {
  readonly sums: readonly ContentSum[];
  readonly warnings: readonly string[];
  /** Titles and types of some of them, last known in the range. */
  readonly titlesOf: (contents: readonly string[], needsTypes: boolean) => Promise<TitleBook>;
}

/** Sums of contents, by step; beyond the cap they are left out, which a warning tells. */
class SumTable {
  readonly #steps = new Map<number, Map<string, ContentSum>>();
  readonly #stepOf: (hour: number) => number;
  #held = 0;
  #left = 0;

  constructor(stepOf: (hour: number) => number) {
    this.#stepOf = stepOf;
  }

  add(hour: number, contents: Iterable<readonly [contentId: string, counters: readonly number[]]>): void {
    const sums = this.#sumsAt(hour);
    for (const [contentId, counters] of contents) {
      const sum = this.#sumOf(sums, contentId, hour);
      if (sum) addCounters(sum, counters);
    }
  }

  /** `indexes`: which counter each column is of. */
  addHour({ hour, contents, columns }: MergedHour, indexes: readonly number[], only: string | null): void {
    const held = this.#sumsAt(hour);
    const sums = contents.map((contentId) =>
      only === null || contentId === only ? this.#sumOf(held, contentId, hour) : null,
    );
    for (const [at, column] of columns.entries()) {
      const index = indexes[at] as number;
      for (let row = 0; row < sums.length; row++) {
        const sum = sums[row];
        if (sum) sum[index] = (sum[index] as number) + (column[row] ?? 0);
      }
    }
  }

  get sums(): ContentSum[] {
    return [...this.#steps.values()].flatMap((sums) => [...sums.values()]);
  }

  get warnings(): string[] {
    return this.#left === 0 ? [] : [`More than ${contentsPerAnswerMax} rows: the rest are left out`];
  }

  #sumsAt(hour: number): Map<string, ContentSum> {
    const step = this.#stepOf(hour);
    const sums = this.#steps.get(step) ?? new Map<string, ContentSum>();
    this.#steps.set(step, sums);
    return sums;
  }

  /** Null beyond the cap. */
  #sumOf(sums: Map<string, ContentSum>, contentId: string, hour: number): Counters | null {
    const held = sums.get(contentId);
    if (held) return held.counters;
    if (this.#held >= contentsPerAnswerMax) {
      this.#left++;
      return null;
    }
    const counters = emptyCounters();
    sums.set(contentId, { contentId, hour: this.#stepOf(hour), counters });
    this.#held++;
    return counters;
  }
}

const allIndexes = Object.values(counterIndex);
const dayIndexes = dayCounters.map((name) => counterIndex[name]);

/**
 * Sums contents over the computed hours of a range: dayCounters of them, the others stay zero. Those beyond the 512 that an
 * hour of a region names are `__other__`. What is merged over all regions stands for them (BAT-6).
 */
export async function sumContents(
  db: D1Database,
  query: BatchQuery,
  merged: readonly MergedDay[],
): Promise<ContentSums> {
  const { contentId } = query;
  const table = new SumTable(() => query.fromHour);
  const place = placeOf(query, merged, true);
  const [ofDays, ofHours] = await Promise.all([
    readDaySums(db, place.runs, contentId),
    readMergedHours(db, place.shards, place.beside, dayCounters),
  ]);
  table.add(
    query.fromHour,
    ofDays.map(([content, sums]) => [content, inPlace(sums)]),
  );
  for (const hour of ofHours) table.addHour(hour, dayIndexes, contentId);
  const known = { merged: ofHours.map(({ hour }) => hour), book: new TitleBook() };
  const rest = hoursWithout(place.beside, new Set(known.merged));
  await addRest(db, table, { ...place, beside: rest }, contentId, known.book);
  return {
    sums: table.sums,
    warnings: table.warnings,
    titlesOf: async (contents, needsTypes) => await titlesOf(db, place, { contents, needsTypes, known }),
  };
}

/** Of dayCounters as counters are. */
function inPlace(sums: readonly number[]): number[] {
  const counters = allIndexes.map(() => 0);
  for (const [at, index] of dayIndexes.entries()) counters[index] = sums[at] ?? 0;
  return counters;
}

function placeOf(query: BatchQuery, merged: readonly MergedDay[], byDays: boolean): TitledRange {
  const runs = byDays ? runsOf(merged) : [];
  return { shards: shardsOf(query.regions), runs, beside: hoursBeside(query, runs), byDays };
}

/** What is not merged, region by region; with its titles where they go into a book. */
async function addRest(
  db: D1Database,
  table: SumTable,
  { shards, beside, byDays }: TitledRange,
  contentId: string | null,
  book: TitleBook | null,
): Promise<void> {
  const contents = contentId === null ? ('all' as const) : { key: contentId };
  if (beside.length === 0) return;
  const want = { contents, titles: book !== null, byDays };
  for await (const lot of readBatchParts(db, shards, beside, want)) {
    for (const part of lot) table.add(part.hour, part.contents);
    if (book) noteTitles(book, lot);
  }
}

/** Steps that are read at once; as many more each time, since most of a range may be empty. */
const firstSteps = 1;

/**
 * The same step by step, by hour or day, with all counters: from the step `fromHour` on, and no further than `isEnough`
 * says. A page of a quarter of a year is mostly of its first day.
 */
export async function sumContentSteps(
  db: D1Database,
  query: BatchQuery,
  merged: readonly MergedDay[],
  { step, fromHour, isEnough }: StepQuestion,
): Promise<ContentSums> {
  const table = new SumTable((hour) => hour - (hour % step));
  const place = placeOf(query, merged, step === 24);
  let from = Math.max(query.fromHour, fromHour);
  for (let steps = firstSteps; from < query.toHour; steps *= 2) {
    const to = Math.min(query.toHour, from - (from % step) + steps * step);
    await addSteps(db, table, { ...place, beside: [{ fromHour: from, toHour: to }] }, query.contentId);
    if (isEnough(table.sums)) break;
    from = to;
  }
  return {
    sums: table.sums.filter(({ counters }) => counters[0] !== 0),
    warnings: table.warnings,
    titlesOf: async (contents, needsTypes) =>
      await titlesOf(db, place, { contents, needsTypes, known: null }),
  };
}

export interface StepQuestion {
  readonly step: 1 | 24;
  /** Hours before are not asked for. */
  readonly fromHour: number;
  readonly isEnough: (sums: readonly ContentSum[]) => boolean;
}

async function addSteps(
  db: D1Database,
  table: SumTable,
  place: TitledRange,
  contentId: string | null,
): Promise<void> {
  const [range] = place.beside as [HourRange];
  const inRange = place.runs
    .map(([from, to]) => [Math.max(from, range.fromHour / 24), Math.min(to, range.toHour / 24)] as const)
    .filter(([from, to]) => from < to);
  const hours = await readMergedHours(db, place.shards, hoursBeside(range, inRange));
  for (const hour of hours) table.addHour(hour, allIndexes, contentId);
  const rest = hoursWithout(place.beside, new Set(hours.map(({ hour }) => hour)));
  await addRest(db, table, { ...place, beside: rest }, contentId, null);
}
