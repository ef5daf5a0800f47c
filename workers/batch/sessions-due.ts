/** Begins hours whose sessions are due, an instance of the Workflow each; one that stands still is set going again. */
import { logLine } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { sessionHoursBegunMax } from '../../core/protocol/warehouse-limits.ts';
import { computableBefore, rangesToLookAt } from '../../storage/batch-due.ts';
import { setGoing } from '../../storage/set-going.ts';
import {
  type HourRange,
  readDueSessionHours,
  type SessionParams,
} from '../../storage/warehouse/session-hours.ts';
import { sessionRunId } from './session-run.ts';

interface DuePorts {
  readonly db: D1Database;
  readonly workflow: Workflow<SessionParams>;
  readonly nowMs: number;
}

/** Returns how many were begun; `ranges` are of epoch hours. */
export async function beginDueSessions(
  { db, workflow, nowMs }: DuePorts,
  regions: readonly Pick<RegionEntry, 'number' | 'name'>[],
  ranges: readonly HourRange[] = rangesToLookAt(nowMs),
): Promise<number> {
  const names = new Map(regions.map(({ number, name }) => [number, name]));
  const due = await readDueSessionHours(db, [...names.keys()], ranges, nowMs, sessionHoursBegunMax);
  for (const hour of due) {
    const params = { ...hour, region: names.get(hour.regionNumber) ?? '' };
    const how = await setGoing(workflow, sessionRunId(params), params);
    console.log(logLine('info', 'session_hour_begun', { ...params, how }));
  }
  return due.length;
}

/** What goes on from an hour that is done, if it is due: so hours that have waited follow one another. */
export async function beginNextSessions(
  ports: DuePorts,
  { region, regionNumber, hour }: SessionParams,
): Promise<null> {
  const to = Math.min(hour + 2, computableBefore(ports.nowMs));
  if (hour + 1 < to)
    await beginDueSessions(ports, [{ number: regionNumber, name: region }], [[hour + 1, to]]);
  return null;
}
