/** Begins the days that are due, an instance of the Workflow each; one that stands still is set going again (BAT-3). */
import { dayHours, dueDaysMax } from '../../core/protocol/batch-limits.ts';
import { logLine } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { rangesToLookAt } from '../../storage/batch-due.ts';
import { type DayParams, type DayRange, readDueDays } from '../../storage/day-store.ts';
import { setGoing } from '../../storage/set-going.ts';
import { dayRunId } from './day-run.ts';

/** Returns how many were begun. */
export async function beginDueDays(
  db: D1Database,
  workflow: Workflow<DayParams>,
  regions: readonly RegionEntry[],
  nowMs: number,
): Promise<number> {
  const names = new Map(regions.map(({ number, name }) => [number, name]));
  const due = await readDueDays(db, [...names.keys()], daysToLookAt(nowMs), dueDaysMax);
  for (const day of due) {
    const params = { ...day, region: names.get(day.regionNumber) ?? '' };
    const how = await setGoing(workflow, dayRunId(params), params);
    console.log(logLine('info', 'batch_day_begun', { ...params, how }));
  }
  return due.length;
}

/** The days of the hours that are looked at, as far as they are over. */
export function daysToLookAt(nowMs: number): DayRange[] {
  const ranges = rangesToLookAt(nowMs);
  const over = Math.floor((ranges[0]?.[1] ?? 0) / dayHours);
  return ranges
    .map(([from, to]): DayRange => [Math.floor(from / dayHours), Math.min(over, Math.ceil(to / dayHours))])
    .filter(([from, to]) => from < to);
}
