/** Finds runs whose Workflow stands still, as a crash of the runtime leaves them, and sets them going again. */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { BatchParams } from '../../storage/batch-dispatch.ts';
import { endRun, noteProgress, readStalledRuns } from '../../storage/batch-store.ts';
import { type ReplayParams, replayInstanceId } from '../../storage/replay-dispatch.ts';
import { readStalledReplays, touchReplay } from '../../storage/replay-store.ts';
import { setGoing } from '../../storage/set-going.ts';

/** A step takes some seconds, and its tries with their pauses some minutes. */
const stalledAfterMs = 6 * 60_000;
/** A run that could not be revived for so long is given up. */
const givenUpAfterMs = 24 * 3_600_000;
const revivedAtOnceMax = 20;
/** An instance that was asked for so long ago is not waiting for its turn. */
const queuedTooLongMs = 3_600_000;

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
    const queuedTooLong = nowMs - run.createdAtMs > queuedTooLongMs;
    const params = { runId: id, regionNumber, hour };
    const how = await setGoing(workflow, id, params, { queuedTooLong }).catch(messageOf);
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
