/** The numbers of the service, or of the part that the page is filtered to. */
import type { LiveRegionState } from '../../core/live/live-state.ts';
import type { Frame } from './frame.ts';
import type { Breakdown, ShownState } from './shown-state.ts';
import { cellTotals, eventsPerSecond, successRate } from './totals.ts';

/** Each over the time that the frame says. */
export interface Figures {
  readonly eventsPerSecond: number;
  readonly views: number;
  readonly downloads: number;
  readonly successRate: number | null;
  readonly downloadsJudged: number;
  readonly failedJudged: number;
  /** Null where nobody keeps it. */
  readonly viewers: number | null;
  /** Titles with an event in the breakdown's time; null until one has come, or where it cannot be told. */
  readonly titles: number | null;
  /** From receipt at the door to the frame, of the newest event, ms; null before the first, and of the past. */
  readonly freshnessMs: number | null;
}

export function figuresOf(
  regions: readonly LiveRegionState[],
  { at, hasNow = true }: Pick<ShownState, 'at' | 'hasNow'>,
  breakdown: Breakdown | null,
  frame: Frame,
  asOf: number,
): Figures {
  const { grain, spans, judgedMs, totalMs, rateMs } = frame;
  const judged = cellTotals(regions, grain, asOf - judgedMs, asOf);
  const total = cellTotals(regions, spans.at(-1) ?? grain, asOf - totalMs, asOf + 1);
  const received = regions.flatMap(({ lastReceivedAt }) => (lastReceivedAt === null ? [] : [lastReceivedAt]));
  return {
    eventsPerSecond: eventsPerSecond(regions, grain, asOf, rateMs),
    views: total.views,
    downloads: total.downloads,
    successRate: successRate(judged),
    downloadsJudged: judged.downloads,
    failedJudged: judged.failed,
    viewers: hasNow ? regions.reduce((sum, { viewers }) => sum + viewers, 0) : null,
    titles: breakdown?.active_contents ?? null,
    freshnessMs: received.length === 0 || !hasNow ? null : Math.max(0, at - Math.max(...received)),
  };
}
