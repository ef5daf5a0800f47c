import { fateOf, type HoleFate } from '../../core/account/hole-fate.ts';
import { vitalsRowsMax, vitalsSpanMs } from '../../core/protocol/system-limits.ts';
import { recentCommits } from '../../core/system/recent-commits.ts';
import type { ShardVitals } from '../../core/system/shard-vitals.ts';
import type { Region } from '../../core/window/region.ts';
import type { LogStore } from './log-store.ts';

/** Puts together what the shard and its log say already (SYS-2). Reads, and writes nothing. */
export function readVitals(region: Region, store: LogStore, isWatched: boolean, nowMs: number): ShardVitals {
  const spanFromMs = nowMs - vitalsSpanMs;
  const rows = store.sizesSince(spanFromMs, vitalsRowsMax);
  // A log that is longer than may be walked tells of less time.
  const fromMs = rows.length === vitalsRowsMax ? (rows.at(-1)?.atMs ?? spanFromMs) : spanFromMs;
  const holes: Record<HoleFate, number> = { in_flight: 0, overdue: 0, missing: 0 };
  for (const { from, to, receivedAtMs } of region.doors.holes)
    holes[fateOf(receivedAtMs, nowMs)] += to - from;
  const { totals } = region;
  return {
    ...region.address,
    atMs: nowMs,
    watermarkMs: region.watermarkMs,
    lastReceivedAtMs: region.lastReceivedAtMs,
    totals,
    recent: recentCommits({ rows, fromMs, nowMs, totals, body: (row) => store.body(row) }),
    owed: region.owedToD1(nowMs, (row) => store.firstAtMs(row)),
    windowsConfirmed: region.confirmedSince(spanFromMs),
    unsealedAtMs: region.log.unsealedAtMs,
    inFlight: holes.in_flight,
    overdue: holes.overdue,
    missing: holes.missing,
    isWatched,
  };
}
