/** Finds an ETL run that stands still, as a crash of the runtime leaves it, and sets it going again (ETL-1). */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { type EtlParams, etlInstanceId } from '../../storage/etl/etl-dispatch.ts';
import {
  endEtlRun,
  noteSumsMade,
  readRunsThatOweSums,
  readStalledEtlRuns,
  touchEtlRun,
} from '../../storage/etl/etl-store.ts';
import { setGoing } from '../../storage/set-going.ts';
import { refreshAggregates, refreshMovies } from '../../storage/warehouse/refresh.ts';
import type { Env } from '../env.ts';

/** As wrangler.toml has it. */
const watchCron = '*/5 * * * *';
/** A step takes some seconds, and its tries with their pauses some minutes. */
const stalledAfterMs = 6 * 60_000;
const givenUpAfterMs = 24 * 3_600_000;

export async function reviveEtlRuns(
  db: D1Database,
  workflow: Workflow<EtlParams>,
  nowMs: number,
): Promise<void> {
  for (const { id, instance, startedAtMs } of await readStalledEtlRuns(db, nowMs - stalledAfterMs)) {
    if (nowMs - startedAtMs > givenUpAfterMs) {
      await endEtlRun(db, id, 'failed', 'it stood still for a day', nowMs);
      continue;
    }
    const params = { runId: id, instance };
    const how = await setGoing(workflow, etlInstanceId(params), params).catch(
      (error: unknown) => errorFields(error).error,
    );
    console.warn(logLine('warn', 'etl_run_revived', { run: id, instance, how }));
    // Not again before it has had its time.
    await touchEtlRun(db, id, nowMs);
  }
}

/** ETL-4: a run that failed for good, or stood still for a day, has left sums of before what it loaded. */
export async function makeOwedSums(db: D1Database): Promise<void> {
  for (const run of await readRunsThatOweSums(db)) {
    await refreshAggregates(db, run.progress.days ?? { fromDay: 0, toDay: 0 });
    await refreshMovies(db, 'all');
    await noteSumsMade(db, run);
    console.warn(logLine('warn', 'etl_sums_made', { run: run.id }));
  }
}

/** A cron of the Worker: failing here holds up nothing else. */
export async function watchEtlRuns({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> {
  if (cron !== watchCron) return;
  try {
    await reviveEtlRuns(env.DB, env.ETL_RUN, Math.max(scheduledTime, Date.now()));
    await makeOwedSums(env.DB);
  } catch (error) {
    console.error(logLine('error', 'cron_failed', { cron, of: 'etl', ...errorFields(error) }));
  }
}
