/** Begins the work of runs: an instance of the Workflow each, a few at once; the others wait their turn. */
import { batchRunsAtOnceMax } from '../core/protocol/batch-limits.ts';
import { type RegionHour, startRuns } from './batch-store.ts';

/** What an instance of the Workflow is told. */
export interface BatchParams extends RegionHour {
  readonly runId: string;
}

/** Begins as many waiting runs as may go on beside those that run. Returns how many. */
export async function dispatchRuns(
  db: D1Database,
  workflow: Workflow<BatchParams>,
  nowMs: number,
): Promise<number> {
  const started = await startRuns(db, batchRunsAtOnceMax, nowMs);
  for (const { id, regionNumber, hour } of started)
    await beginInstance(workflow, { runId: id, regionNumber, hour });
  return started.length;
}

/** A run that was put off has an instance that is over: it begins anew. */
async function beginInstance(workflow: Workflow<BatchParams>, params: BatchParams): Promise<void> {
  const found = await workflow.get(params.runId).catch(() => null);
  if (found) await found.restart();
  else await workflow.create({ id: params.runId, params });
}
