/** The Live view's picture of any range: cells of each region by step, and what its end was made of. */
import { addCounters, type Counters, type Dimension, emptyCounters } from '../../core/aggregate/counters.ts';
import { rankedBreakdown, shares, type Tally } from '../../core/live/breakdown.ts';
import { cellValues, keyedValues } from '../../core/live/region-cells.ts';
import { livePanesMs, paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { LiveCell, LiveRegion } from '../../core/protocol/live.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import type { ValueFilter } from '../../storage/analytics/session-filters.ts';
import type { RangePart, RangeWant } from '../../storage/range-store.ts';
import type { MinuteRange } from './parameters.ts';
import { type RangeState, readRange, type Sources, totalsOnly } from './range-reader.ts';
import { TitleBook } from './title-book.ts';

/** Keys of one dimension: one of them, or none of them. */
export interface KeyFilter extends ValueFilter {
  readonly dimension: Dimension;
}

export interface PictureQuery {
  readonly regions: readonly RegionEntry[];
  /** Those of them that contents, devices and types are told of. */
  readonly brokenDown: readonly RegionEntry[];
  readonly range: MinuteRange;
  readonly stepMinutes: number;
  /** Of the end of the range: what contents, devices and types are told of. */
  readonly breakdownMinutes: number;
  readonly filter: KeyFilter | null;
  /** Whether the range reaches up to now, of which regions also tell who watches. */
  readonly isNow: boolean;
}

/** Longer ones have no ranks of before: to read them twice would cost twice. */
const rankedBeforeMinutesMax = 60;

export async function readPicture(sources: Sources, query: PictureQuery) {
  const [{ state, regions }, { breakdown, warnings }] = await Promise.all([
    readCells(sources, query),
    readBreakdown(sources, query),
  ]);
  return {
    state: { ...state, warnings: [...new Set([...state.warnings, ...warnings])] },
    regions,
    breakdown,
  };
}

interface RegionSums {
  readonly steps: Map<number, Counters>;
  readonly panes: LiveCell[];
}

/** Panes are kept of whole regions, and are told of the last minutes. */
async function readCells(sources: Sources, { regions, range, stepMinutes, filter, isNow }: PictureQuery) {
  const sums = new Map(regions.map(({ number }) => [number, newSums()]));
  const panesFromMs = range.toMinute * windowMs - livePanesMs;
  const want: RangeWant = {
    ...totalsOnly,
    dimensions: filter ? [filter.dimension] : [],
    key: filter && filter.values.length === 1 ? (filter.values[0] ?? null) : null,
    panes: !filter && stepMinutes === 1,
  };
  // An hour may stand for its minutes where no step is shorter.
  const byMinute = stepMinutes % 60 !== 0;
  const state = await readRange(sources, { regions, range, want, byMinute }, (part) => {
    const own = sums.get(part.regionNumber);
    if (!own) return;
    const step = Math.floor(part.minute / stepMinutes) * stepMinutes;
    const sum = own.steps.get(step) ?? emptyCounters();
    own.steps.set(step, sum);
    addCounters(sum, countersOf(part, filter));
    for (const [index, counters] of (part.panes ?? []).entries()) {
      const start = part.minute * windowMs + index * paneMs;
      if (counters && start >= panesFromMs) own.panes.push([start, ...cellValues(counters)]);
    }
  });
  return { state, regions: toldRegions(regions, sums, state, isNow && !filter) };
}

const newSums = (): RegionSums => ({ steps: new Map(), panes: [] });

function toldRegions(
  regions: readonly RegionEntry[],
  sums: ReadonlyMap<number, RegionSums>,
  { answers }: RangeState,
  tellsNow: boolean,
): Record<string, LiveRegion> {
  return Object.fromEntries(
    regions.map(({ number, name }): [string, LiveRegion] => {
      const { steps, panes } = sums.get(number) ?? newSums();
      const answer = answers.find(({ regionNumber }) => regionNumber === number);
      const now =
        tellsNow && answer
          ? {
              viewers: answer.viewers,
              watermark: answer.watermark,
              last_event_at: answer.lastEventAt,
              last_received_at: answer.lastReceivedAt,
            }
          : {};
      const minutes = [...steps].map(([step, counters]): LiveCell => [step, ...cellValues(counters)]);
      return [name, { ...now, minutes, panes }];
    }),
  );
}

/** What passes the filter: of what is left out, all but it. */
function countersOf({ counters, entries }: RangePart, filter: KeyFilter | null): readonly number[] {
  if (!filter) return counters;
  const named = (entries[filter.dimension] ?? []).filter(([key]) => filter.values.includes(key));
  if (!filter.isNegated && named.length === 1) return named[0]?.[1] ?? [];
  const sum = emptyCounters();
  for (const [, own] of named) addCounters(sum, own);
  return filter.isNegated ? counters.map((count, at) => count - (sum[at] ?? 0)) : [...sum];
}

/** What windows can tell beside a filter: they count each dimension by itself. */
const toldBeside: Readonly<Partial<Record<Dimension, readonly Dimension[]>>> = {
  device: ['device'],
  content: ['content'],
  content_type: ['content', 'content_type'],
};

async function readBreakdown(sources: Sources, query: PictureQuery) {
  const { brokenDown: regions, range, breakdownMinutes: length, filter } = query;
  const told = filter
    ? (toldBeside[filter.dimension] ?? [])
    : (['content', 'device', 'content_type'] as const);
  const from = range.toMinute - length;
  const hasBefore = length <= rankedBeforeMinutesMax;
  const sums = { now: new KeyTallies(), before: new KeyTallies() };
  const titles = new TitleBook();
  const { warnings } = await readRange(
    sources,
    {
      regions,
      range: { fromMinute: hasBefore ? from - length : from, toMinute: range.toMinute },
      want: { ...totalsOnly, dimensions: told, titles: told.includes('content') },
      byMinute: hasBefore,
    },
    (part) => {
      titles.add(part);
      (part.minute < from ? sums.before : sums.now).add(part, told);
    },
  );
  const contents = (of: KeyTallies): Tally[] =>
    of
      .of('content')
      .map((tally) => ({
        ...tally,
        title: titles.of(tally.key).title,
        contentType: titles.of(tally.key).type,
      }))
      .filter((tally) => isTold(tally, filter));
  const ranked = told.includes('content') ? rankedBreakdown(contents(sums.now), contents(sums.before)) : null;
  const sharesOf = (dimension: Dimension) =>
    told.includes(dimension) ? shares(sums.now.of(dimension)) : null;
  return {
    warnings,
    breakdown: {
      from_minute: from,
      active_contents: ranked?.active_contents ?? null,
      contents: ranked?.contents ?? null,
      has_ranks_before: hasBefore,
      devices: sharesOf('device'),
      content_types: sharesOf('content_type'),
    },
  };
}

/** Devices and types stand beside those that are chosen; contents are those that pass. */
function isTold({ key, contentType }: Tally, filter: KeyFilter | null): boolean {
  if (!filter) return true;
  const value = filter.dimension === 'content' ? key : contentType;
  return (value !== null && filter.values.includes(value)) !== filter.isNegated;
}

/** Sums by dimension and key. */
class KeyTallies {
  readonly #sums = new Map<Dimension, Map<string, number[]>>();

  add({ entries }: RangePart, told: readonly Dimension[]): void {
    for (const dimension of told) {
      const keys = this.#sums.get(dimension) ?? new Map<string, number[]>();
      this.#sums.set(dimension, keys);
      for (const [key, counters] of entries[dimension] ?? []) {
        const values = keyedValues(counters);
        const sum = keys.get(key);
        if (sum) for (const [at, value] of values.entries()) sum[at] = (sum[at] ?? 0) + value;
        else keys.set(key, [...values]);
      }
    }
  }

  of(dimension: Dimension): Tally[] {
    return [...(this.#sums.get(dimension) ?? [])]
      .filter(([, sums]) => sums[0] !== 0)
      .map(([key, sums]) => ({ key, sums, title: null, contentType: null }));
  }
}
