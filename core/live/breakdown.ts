/** Of what the last minutes were made: the ranking of contents, and the shares of devices and content types. */
import {
  breakdownContentsMax,
  breakdownMinutes,
  breakdownSharesMax,
  OTHER_KEY,
  windowMs,
} from '../protocol/limits.ts';
import type { LiveBreakdown, LiveRankedContent, LiveShare } from '../protocol/live.ts';
import type { Cell, KeyedKind, Label } from './cell.ts';
import { keyedCounterNames, type RegionCells } from './region-cells.ts';

/** One that is kept until it changes. */
export interface HeldBreakdown {
  readonly value: LiveBreakdown;
  /** JSON of `value`. */
  readonly text: string;
  /** The hub's seq at which `value` last changed. */
  readonly seq: number;
  /** When it was made, ms. */
  readonly madeAt: number;
  /** Newest keyedSeq of its regions that it includes. */
  readonly keyedSeq: number;
}

const [events, views, succeeded, slow, downloads] = (
  ['events', 'views', 'downloads_succeeded', 'downloads_slow', 'downloads'] as const
).map((name) => keyedCounterNames.indexOf(name)) as [number, number, number, number, number];

/** Sums of one key over some minutes, one for each of keyedCounterNames. */
export interface Tally {
  readonly key: string;
  readonly sums: number[];
  title: string | null;
  contentType: string | null;
}

/** First minute of a breakdown made at `at` (ms). */
export function breakdownFromMinute(at: number): number {
  return Math.floor(at / windowMs) + 1 - breakdownMinutes;
}

/** `regions`: those that `region` (a name, or '*' for all) stands for. `at`: ms. */
export function breakdownOf(region: string, regions: readonly RegionCells[], at: number): LiveBreakdown {
  const from = breakdownFromMinute(at);
  const tallied = (kind: KeyedKind, first: number) => tally(regions, kind, first);
  return {
    region,
    from_minute: from,
    ...rankedBreakdown(tallied('content', from), tallied('content', from - breakdownMinutes)),
    devices: shares(tallied('device', from)),
    content_types: shares(tallied('content_type', from)),
  };
}

/** The contents by rank, with their ranks among those of the time before. */
export function rankedBreakdown(
  contents: readonly Tally[],
  contentsBefore: readonly Tally[],
): Pick<LiveBreakdown, 'active_contents' | 'contents'> {
  const ranked = rankedContents(contents);
  const ranksBefore = new Map(rankedContents(contentsBefore).map(({ key }, i) => [key, i + 1]));
  return {
    active_contents: ranked.length,
    contents: ranked
      .slice(0, breakdownContentsMax)
      .map((content, i) => rankedContent(content, i + 1, ranksBefore.get(content.key) ?? null)),
  };
}

/** Over breakdownMinutes from `from` on. The last word by minute stands for what is known of a content. */
function tally(regions: readonly RegionCells[], kind: KeyedKind, from: number): Tally[] {
  const tallies = new Map<string, Tally>();
  for (let minute = from; minute < from + breakdownMinutes; minute++) {
    for (const { keyed } of regions) {
      for (const cell of keyed[kind].get(minute)?.values() ?? []) addCell(tallies, cell);
    }
  }
  return [...tallies.values()].filter(({ sums }) => sums[events] !== 0);
}

function addCell(tallies: Map<string, Tally>, cell: Cell): void {
  let held = tallies.get(cell.key);
  if (!held) {
    held = { key: cell.key, sums: keyedCounterNames.map(() => 0), title: null, contentType: null };
    tallies.set(cell.key, held);
  }
  for (let i = 0; i < held.sums.length; i++) held.sums[i] = (held.sums[i] ?? 0) + (cell.values[i] ?? 0);
  for (const part of cell.parts) noteLabel(held, part?.label);
}

function noteLabel(held: Tally, label: Label | undefined): void {
  held.title = label?.[0] ?? held.title;
  held.contentType = label?.[1] ?? held.contentType;
}

/** What was folded away is no content, so it has no rank (WIN-6). */
function rankedContents(tallies: readonly Tally[]): Tally[] {
  return tallies.filter(({ key }) => key !== OTHER_KEY).sort(byRank);
}

/** As in /api/stats/trending. */
function byRank(a: Tally, b: Tally): number {
  return (
    sumOf(b, downloads) - sumOf(a, downloads) ||
    sumOf(b, views) - sumOf(a, views) ||
    sumOf(b, events) - sumOf(a, events) ||
    (a.key < b.key ? -1 : 1)
  );
}

function sumOf({ sums }: Tally, position: number): number {
  return sums[position] ?? 0;
}

function rankedContent(content: Tally, rank: number, rankBefore: number | null): LiveRankedContent {
  return {
    content_id: content.key,
    title: content.title,
    content_type: content.contentType,
    rank,
    rank_before: rankBefore,
    ...figures(content),
  };
}

/** The greatest first. */
export function shares(tallies: readonly Tally[]): LiveShare[] {
  return tallies
    .toSorted((a, b) => sumOf(b, events) - sumOf(a, events) || (a.key < b.key ? -1 : 1))
    .slice(0, breakdownSharesMax)
    .map((share) => ({ key: share.key, ...figures(share) }));
}

function figures(of: Tally) {
  const total = sumOf(of, downloads);
  return {
    events: sumOf(of, events),
    views: sumOf(of, views),
    downloads: total,
    success_rate: total === 0 ? null : (sumOf(of, succeeded) + sumOf(of, slow)) / total,
  };
}
