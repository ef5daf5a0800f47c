/** The numbers of the service, or of the region that the page is filtered to. */
import type { LiveRegionState } from '../../core/live/live-state.ts';
import type { LiveBreakdown } from '../../core/protocol/live.ts';
import { judgedMs } from './region-summary.ts';
import { eventsPerSecond, hourTotals, paneTotals, successRate } from './totals.ts';

export interface Figures {
  /** Over the last minute. */
  readonly eventsPerSecond: number;
  /** Over the last hour. */
  readonly views: number;
  readonly downloads: number;
  /** Over the last 5 minutes, as are the next two. */
  readonly successRate: number | null;
  readonly downloadsJudged: number;
  readonly failedJudged: number;
  readonly viewers: number;
  /** Titles with an event in the last 5 minutes; null until a breakdown has come. */
  readonly titles: number | null;
  /** From receipt at the door to the frame, of the newest event, ms; null before the first. */
  readonly freshnessMs: number | null;
}

export function figuresOf(
  regions: readonly LiveRegionState[],
  breakdown: LiveBreakdown | null,
  frameAt: number,
  asOf: number,
): Figures {
  const judged = paneTotals(regions, asOf - judgedMs, asOf);
  const hour = hourTotals(regions, asOf);
  const received = regions.flatMap(({ lastReceivedAt }) => (lastReceivedAt === null ? [] : [lastReceivedAt]));
  return {
    eventsPerSecond: eventsPerSecond(regions, asOf),
    views: hour.views,
    downloads: hour.downloads,
    successRate: successRate(judged),
    downloadsJudged: judged.downloads,
    failedJudged: judged.failed,
    viewers: regions.reduce((sum, { viewers }) => sum + viewers, 0),
    titles: breakdown?.active_contents ?? null,
    freshnessMs: received.length === 0 ? null : Math.max(0, frameAt - Math.max(...received)),
  };
}
