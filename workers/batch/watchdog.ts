/** Finds runs whose Workflow stands still, as a crash of the runtime leaves them, and sets them going again. */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { BatchParams } from '../../storage/batch-dispatch.ts';
import { endRun, noteProgress, readStalledRuns } from '../../storage/batch-store.ts';
import { type ReplayParams, replayInstanceId } from '../../storage/replay-dispatch.ts';
import { readStalledReplays, touchReplay } from '../../storage/replay-store.ts';

/** A step takes some seconds, and its tries with their pauses some minutes. */
const stalledAfterMs = 6 * 60_000;
/** A run that could not be revived for so long is given up. */
const givenUpAfterMs = 24 * 3_600_000;
/** States of an instance that does nothing any more. */
const isOver: ReadonlySet<InstanceStatus['status']> = new Set([
  'errored',
  'terminated',
  'complete',
  'unknown',
]);
const revivedAtOnceMax = 20;

export async function reviveRuns(
  db: D1Database,
  workflow: Workflow<BatchParams>,
  nowMs: number,
  afterMs = stalledAfterMs,
): Promise<void> {
  for (const run of await readStalledRuns(db, nowMs - afterMs, revivedAtOnceMax)) {
    if (nowMs - run.createdAtMs > givenUpAfterMs) {
      await endRun(db, run.id, 'failed', 'it stood still for a day', nowMs);
      continue;
    }
    const { id, regionNumber, hour } = run;
    const how = await setGoing(workflow, id, { runId: id, regionNumber, hour }).catch(messageOf);
    console.warn(logLine('warn', 'batch_run_revived', { run: run.id, how }));
    // Not again before it has had its time.
    await noteProgress(db, run.id, run, nowMs);
  }
}

export async function reviveReplays(
  db: D1Database,
  workflow: Workflow<ReplayParams>,
  nowMs: number,
  afterMs = stalledAfterMs,
): Promise<void> {
  for (const { id, instance } of await readStalledReplays(db, nowMs - afterMs, revivedAtOnceMax)) {
    const params = { replayId: id, instance };
    const how = await setGoing(workflow, replayInstanceId(params), params).catch(messageOf);
    console.warn(logLine('warn', 'replay_revived', { replay: id, instance, how }));
    await touchReplay(db, id, nowMs);
  }
}

const messageOf = (error: unknown): unknown => errorFields(error).error;

/** Makes an instance do its work, whatever became of it. Says how. */
async function setGoing<T>(workflow: Workflow<T>, id: string, params: T): Promise<string> {
  const instance = await workflow.get(id).catch(() => null);
  if (!instance) {
    await workflow.create({ id, params });
    return 'created';
  }
  const { status } = await instance.status();
  if (status === 'queued') return 'left in the queue';
  if (isOver.has(status)) {
    await instance.restart();
    return 'restarted';
  }
  // Locally one that ran when the process died is said to run and does not: this makes it go on.
  if (status !== 'paused') await instance.pause();
  await instance.resume();
  return 'resumed';
}
