/** How far replays are and what they made of it, from the rows of their runs. */
import type { BatchDifference } from '../core/batch/batch-run.ts';
import { replayFailuresMax } from '../core/protocol/batch-limits.ts';
import type { RegionHour } from './batch-store.ts';
import { wentWithIt } from './replay-store.ts';

export interface ReplayCounts {
  readonly hoursDone: number;
  /** Failed, or cancelled by itself. */
  readonly hoursFailed: number;
  /** Of the runs so far: what their hours hold, and what they have read of it. */
  readonly parts: number;
  readonly partsDone: number;
  /** Of runs that are over, whatever became of their parts. */
  readonly partsOver: number;
  /** That count, in hours that are done. */
  readonly events: number;
  /** Minutes whose row is another now. */
  readonly windowsChanged: number;
}

export interface ReplayFailure extends RegionHour {
  /** Name of the part at fault; null where it was none. */
  readonly part: string | null;
  readonly error: string;
}

const none: ReplayCounts = {
  hoursDone: 0,
  hoursFailed: 0,
  parts: 0,
  partsDone: 0,
  partsOver: 0,
  events: 0,
  windowsChanged: 0,
};

const isFailed = `(state = 'failed' OR (state = 'cancelled' AND error IS NOT '${wentWithIt}'))`;
const isOver = `state NOT IN ('waiting', 'running')`;

const countsSql = `SELECT replay_id AS id, sum(state = 'done') AS hoursDone,
    sum(${isFailed}) AS hoursFailed, sum(parts) AS parts, sum(parts_done) AS partsDone,
    sum(iif(${isOver}, parts, parts_done)) AS partsOver, sum(iif(state = 'done', events, 0)) AS events,
    sum(windows_changed) AS windowsChanged
  FROM batch_runs WHERE replay_id IN (SELECT value FROM json_each(?1)) AND replay_id IS NOT NULL GROUP BY replay_id`;

/** In the order of the ids. */
export async function readReplayCounts(db: D1Database, ids: readonly string[]): Promise<ReplayCounts[]> {
  const { results } = await db
    .prepare(countsSql)
    .bind(JSON.stringify(ids))
    .all<ReplayCounts & { id: string }>();
  const byId = new Map(results.map(({ id, ...counts }) => [id, counts]));
  return ids.map((id) => byId.get(id) ?? none);
}

const failuresSql = `SELECT region_number AS regionNumber, hour, state, error FROM batch_runs
  WHERE replay_id = ?1 AND ${isFailed} ORDER BY hour, region_number LIMIT ?2`;

/** By hour and region, as many as an answer names. */
export async function readReplayFailures(db: D1Database, id: string): Promise<ReplayFailure[]> {
  const { results } = await db
    .prepare(failuresSql)
    .bind(id, replayFailuresMax)
    .all<RegionHour & { state: string; error: string | null }>();
  return results.map(({ state, error, ...hour }) => ({
    ...hour,
    part: /lake\/events\/\S+?\.parquet/.exec(error ?? '')?.[0] ?? null,
    error: error ?? `the run was ${state}`,
  }));
}

const differencesSql = `SELECT d.value ->> '$.table' AS "table", d.value ->> '$.metric' AS metric,
    sum(d.value ->> '$.before') AS before, sum(d.value ->> '$.after') AS after
  FROM batch_runs b, json_each(b.differences) d WHERE b.replay_id = ?1 AND b.state = 'done'
  GROUP BY 1, 2 ORDER BY 1, min(d.key)`;

/** What its runs changed, over the hours whose total is another now. */
export async function readReplayDifferences(db: D1Database, id: string): Promise<BatchDifference[]> {
  return (await db.prepare(differencesSql).bind(id).all<BatchDifference>()).results;
}
