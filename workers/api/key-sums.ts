import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { contentsPerAnswerMax, OTHER_KEY } from '../../core/protocol/limits.ts';
import type { RangePart, RangeWant } from '../../storage/range-store.ts';
import type { DimensionFilter } from './dimension-filter.ts';
import { type RangeState, readRange, type Sources, totalsOnly } from './range-reader.ts';
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
  const question = { regions: query.regions, range: query.range, want: { ...totalsOnly, ...want }, byMinute };
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
  const { state, sums } = await sumByKey(sources, {
    query,
    byMinute,
    want: { dimensions: ['content'], key: null, titles: true },
    keysOf: (part) => named(part.entries.content ?? [], filter),
  });
  return {
    state,
    sums: filter?.name === 'content_type' ? sums.filter(({ type }) => type === filter.key) : sums,
  };
}

function named(entries: Counted, filter: DimensionFilter | null): Counted {
  if (filter?.name !== 'content_id') return entries;
  return entries.filter(([key]) => key === filter.key);
}

export const isFolded = ({ key }: Pick<KeySum, 'key'>): boolean => key === OTHER_KEY;
