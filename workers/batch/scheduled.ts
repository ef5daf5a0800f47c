/** What the clock begins: runs for hours that are due, and care for runs that stand still (docs/batch.md). */

import { batchRunsMax, mergedHoursBack, mergedLookHours } from '../../core/protocol/batch-limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import { dispatchRuns } from '../../storage/batch-dispatch.ts';
import { dueHours } from '../../storage/batch-due.ts';
import { addRuns } from '../../storage/batch-store.ts';
import { mergeDue } from '../../storage/merge-contents.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { readRetention } from '../../storage/retention-report.ts';
import type { Env } from '../env.ts';
import { checkLosses } from './check-accounts.ts';
import { beginDueDays } from './days-due.ts';
import { runRetention } from './retention.ts';
import { beginDueSessions } from './sessions-due.ts';
import { reviveReplays, reviveRuns } from './watchdog.ts';

/** As wrangler.toml has them: past the lateness of the hour that has ended, and often. */
export const hourlyCron = '12 * * * *';
const watchCron = '*/5 * * * *';
/** Retention; what it leaves goes on by the hour. */
export const dailyCron = '17 3 * * *';

export async function handleScheduled(cron: string, env: Env, nowMs: number): Promise<void> {
  if (cron === hourlyCron) await beginDueRuns(env, nowMs);
  if (cron === watchCron) await reviveRuns(env.DB, env.HOUR_BATCH, nowMs);
  if (cron === watchCron) await reviveReplays(env.DB, env.REPLAY, nowMs);
  await dispatchRuns(env.DB, env.HOUR_BATCH, nowMs);
  if (cron === hourlyCron) await checkLosses(env, nowMs);
  if (cron === watchCron) await beginDueParts(env, nowMs);
  if (cron !== dailyCron) await mergeContents(env, nowMs, cron === hourlyCron);
  await removeWhatIsOver(cron, env, nowMs);
}

async function removeWhatIsOver(cron: string, { DB, LAKE }: Env, nowMs: number): Promise<void> {
  const isLeft = cron === hourlyCron && ((await readRetention(DB))?.left.length ?? 0) > 0;
  if (cron !== dailyCron && !isLeft) return;
  await runRetention({ db: DB, bucket: LAKE, regions: await loadRegions(DB, nowMs), nowMs });
}

/** Days, and hours' sessions, of which the hours are computed. */
async function beginDueParts({ DB, DAY_BATCH, SESSION_BATCH }: Env, nowMs: number): Promise<void> {
  const regions = await loadRegions(DB, nowMs);
  await beginDueDays(DB, DAY_BATCH, regions, nowMs);
  await beginDueSessions({ db: DB, workflow: SESSION_BATCH, nowMs }, regions);
}

/** Hours and days over all regions (BAT-6); those of before it was so, and later corrections, by the hour. */
async function mergeContents({ DB }: Env, nowMs: number, isAll: boolean): Promise<void> {
  const regions = await loadRegions(DB, nowMs);
  const back = isAll ? mergedHoursBack : mergedLookHours;
  const merged = await mergeDue(DB, regions, Math.floor(nowMs / 3_600_000), back);
  if (merged.hours + merged.days > 0) console.log(logLine('info', 'batch_merged', merged));
}

/** As many as a firing may begin; what is left is due at the next. */
async function beginDueRuns({ DB }: Env, nowMs: number): Promise<void> {
  const regions = await loadRegions(DB, nowMs);
  const due = await dueHours(DB, shardsOf(regions), nowMs, batchRunsMax);
  const asked = due.map((hour) => ({ ...hour, id: crypto.randomUUID(), replayId: null }));
  const added = await addRuns(DB, asked, nowMs);
  if (added.size > 0) console.log(logLine('info', 'batch_runs_due', { runs: added.size }));
}

/** A cron that throws is only counted by the platform: the log says why. */
export async function scheduled({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> {
  try {
    await handleScheduled(cron, env, Math.max(scheduledTime, Date.now()));
  } catch (error) {
    console.error(logLine('error', 'cron_failed', { cron, ...errorFields(error) }));
    throw error;
  }
}
