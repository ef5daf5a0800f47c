/** How a region shard goes, in figures that it holds already: nothing is counted for them when events come. */
import type { OwedToD1 } from '../window/outbox.ts';
import type { RegionTotals } from '../window/region-knowledge.ts';
import type { ShardAddress } from '../window/verdict.ts';
import type { RecentCommits } from './recent-commits.ts';

export interface ShardVitals extends ShardAddress {
  /** Server time of the answer, ms. */
  readonly atMs: number;
  readonly watermarkMs: number;
  /** Time of receipt at the door of the newest committed event, ms; null when nothing was ever received. */
  readonly lastReceivedAtMs: number | null;
  /** Since the log began. */
  readonly totals: RegionTotals;
  readonly recent: RecentCommits;
  readonly owed: OwedToD1;
  /** Windows that D1 confirmed within vitalsSpanMs. */
  readonly windowsConfirmed: number;
  /** When the oldest row that is not sealed was committed, ms; null where there is none. */
  readonly unsealedAtMs: number | null;
  /** Door numbers that were given out and not seen (LOG-4), by their age. */
  readonly inFlight: number;
  readonly overdue: number;
  readonly missing: number;
  /** Whether a hub is told of its changes. */
  readonly isWatched: boolean;
}
