import { dayHours } from '../../core/protocol/batch-limits.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { type HourRange, readBatchParts } from '../../storage/batch-table-store.ts';
import {
  type DayRun,
  hoursWithout,
  readDayTitles,
  readHourTitles,
  readMergedPlaces,
  type ToldTitles,
} from '../../storage/merged-store.ts';
import { TitleBook } from './title-book.ts';

/** Where the titles of a range stand: merged days, and hours beside them, merged or not. */
export interface TitledRange {
  readonly shards: readonly ShardAddress[];
  readonly runs: readonly DayRun[];
  readonly beside: readonly HourRange[];
  /** Whether days of regions stand for their hours, of what is not merged. */
  readonly byDays: boolean;
}

export interface TitleQuestion {
  readonly contents: readonly string[];
  readonly needsTypes: boolean;
  /** Which hours are merged, and the titles of what is not; null where neither is known. */
  readonly known: { readonly merged: readonly number[]; readonly book: TitleBook } | null;
}

export function noteTitles(book: TitleBook, told: readonly ToldTitles[]): void {
  for (const { hour, hours, titles } of told) book.add({ titles, minute: hour * 60, minutes: hours * 60 });
}

/**
 * Titles and types of a few contents, last known in the range: those of a page, since the rank of a row does not depend on
 * them. Mostly the newest merged hour tells all of them, and then nothing older is read.
 */
export async function titlesOf(
  db: D1Database,
  place: TitledRange,
  { contents, needsTypes, known }: TitleQuestion,
): Promise<TitleBook> {
  if (contents.length === 0) return new TitleBook();
  const { shards, runs, beside } = place;
  const { merged, book } = known ?? {
    merged: await readMergedPlaces(db, shards, beside),
    book: new TitleBook(),
  };
  const newest = merged.length === 0 ? null : Math.max(...merged);
  const [told] = await Promise.all([
    newest === null ? [] : readHourTitles(db, [oneHour(newest)]),
    known ? null : noteRest(db, place, merged, book),
  ]);
  noteTitles(book, told);
  const isNewest = runs.every(([, to]) => to * dayHours <= (newest ?? 0));
  if (isNewest && tellsAll(told, contents, needsTypes)) return book;
  const older = await Promise.all([
    readHourTitles(db, merged.map(oneHour)),
    readDayTitles(db, runs, contents),
  ]);
  for (const of of older) noteTitles(book, of);
  return book;
}

const oneHour = (hour: number): HourRange => ({ fromHour: hour, toHour: hour + 1 });

async function noteRest(
  db: D1Database,
  { shards, beside, byDays }: TitledRange,
  merged: readonly number[],
  book: TitleBook,
): Promise<void> {
  const rest = hoursWithout(beside, new Set(merged));
  if (rest.length === 0) return;
  for await (const lot of readBatchParts(db, shards, rest, { contents: null, titles: true, byDays }))
    noteTitles(book, lot);
}

function tellsAll(told: readonly ToldTitles[], contents: readonly string[], needsTypes: boolean): boolean {
  const known = new Map(told.flatMap(({ titles }) => titles).map((title) => [title[0], title]));
  return contents.every((content) => {
    const [, title, type] = known.get(content) ?? [];
    return typeof title === 'string' && (!needsTypes || typeof type === 'string');
  });
}
