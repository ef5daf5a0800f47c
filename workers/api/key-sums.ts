import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { contentsPerAnswerMax, OTHER_KEY } from '../../core/protocol/limits.ts';
import type { RangePart, RangeWant } from '../../storage/range-store.ts';
import { type RangeState, readRange, type Sources, type Told, totalsOnly } from './range-reader.ts';
import type { StatsQuery } from './stats-query.ts';
import { TitleBook } from './title-book.ts';

/** What was counted for a key: in the range, or in one minute of it. */
export interface KeySum {
  readonly key: string;
  /** Epoch minute; null for the whole range. */
  readonly minute: number | null;
  readonly counters: Counters;
  /** Of a content, last known in the range. */
  readonly title: string | null;
  readonly type: string | null;
}

type Counted = readonly (readonly [key: string, counters: readonly number[]])[];

export interface KeyQuestion {
  readonly query: StatsQuery;
  readonly byMinute: boolean;
  readonly want: Pick<RangeWant, 'dimensions' | 'key' | 'titles'>;
  /** What a part counts for which keys. */
  readonly keysOf: (part: RangePart) => Counted;
}

/** Sums the counters of each key over the range, or in each minute of it. Keys without events are left out. */
export async function sumByKey(
  sources: Sources,
  { query, byMinute, want, keysOf }: KeyQuestion,
): Promise<{ readonly state: RangeState; readonly sums: KeySum[] }> {
  const sums = new Map<number | null, Map<string, Counters>>();
  const titles = new TitleBook();
  let held = 0;
  let left = 0;
  const question = {
    regions: query.regions,
    range: query.range,
    want: { ...totalsOnly, ...want },
    byMinute,
    // They are looked for afterwards, and the shards are asked once.
    tellTitles: want.dimensions.includes('content'),
  };
  const state = await readRange(sources, question, (part) => {
    titles.add(part);
    const minute = byMinute ? part.minute : null;
    const keys = sums.get(minute) ?? new Map<string, Counters>();
    sums.set(minute, keys);
    for (const [key, counters] of keysOf(part)) {
      const sum = keys.get(key) ?? (held < contentsPerAnswerMax ? emptyCounters() : null);
      if (sum === null) {
        left++;
        continue;
      }
      if (!keys.has(key)) held++;
      keys.set(key, sum);
      addCounters(sum, counters);
    }
  });
  const rows = [...sums].flatMap(([minute, keys]) =>
    [...keys].map(([key, counters]) => ({ key, minute, counters, ...titles.of(key) })),
  );
  const warnings = left === 0 ? [] : [`More than ${contentsPerAnswerMax} rows: the rest are left out`];
  return {
    state: { ...state, warnings: [...state.warnings, ...warnings] },
    sums: rows.filter(({ counters }) => counters[0] !== 0),
  };
}

/** Sums of the contents that pass the filter; what windows folded away counts as the content OTHER_KEY. */
export async function sumByContent(
  sources: Sources,
  query: StatsQuery,
  byMinute: boolean,
): Promise<{ readonly state: RangeState; readonly sums: KeySum[] }> {
  const { filter } = query;
  const byType = filter?.name === 'content_type';
  const { state, sums } = await sumByKey(sources, {
    query,
    byMinute,
    want: { dimensions: ['content'], key: filter && !byType ? filter.key : null, titles: byType },
    // A shard tells all keys.
    keysOf: ({ entries: { content = [] } }) =>
      filter?.name === 'content_id' ? content.filter(([key]) => key === filter.key) : content,
  });
  // The type of a content stands with its title: all of them are known here.
  if (byType) return { state, sums: sums.filter(({ type }) => type === filter.key) };
  const { titles, warnings } = await findTitles(sources, query, state, new Set(sums.map(({ key }) => key)));
  return {
    state: { ...state, warnings: [...new Set([...state.warnings, ...warnings])] },
    sums: sums.map((sum) => ({ ...sum, ...titles.of(sum.key) })),
  };
}

/** Most contents are in the newest windows, so the titles of all the others are only read for those that are not. */
const newestMinutes = 5;

async function findTitles(
  sources: Sources,
  { regions, range }: StatsQuery,
  told: Told,
  ids: ReadonlySet<string>,
): Promise<{ readonly titles: TitleBook; readonly warnings: readonly string[] }> {
  const titles = new TitleBook();
  const want = { ...totalsOnly, titles: true };
  const read = async (from: number, to: number) =>
    await readRange(
      sources,
      { regions, range: { fromMinute: from, toMinute: to }, want, byMinute: false, told },
      (part) => titles.add(part),
    );
  const middle = Math.max(range.fromMinute, range.toMinute - newestMinutes);
  const newest = await read(middle, range.toMinute);
  if (middle === range.fromMinute || titles.knowsAll(ids)) return { titles, warnings: newest.warnings };
  const rest = await read(range.fromMinute, middle);
  return { titles, warnings: [...newest.warnings, ...rest.warnings] };
}

export const isFolded = ({ key }: Pick<KeySum, 'key'>): boolean => key === OTHER_KEY;
