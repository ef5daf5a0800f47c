/** Carries out retention when the clock says so (RET-1), and leaves a report. */
import { retentionStepsMax } from '../../core/protocol/batch-limits.ts';
import { auditRetentionMs } from '../../core/protocol/limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { removeAccounts } from '../../storage/account-retention.ts';
import { trimAudit } from '../../storage/audit-trim.ts';
import { removeEtlRuns, removeEtlWork } from '../../storage/etl/etl-retention.ts';
import { removeParts } from '../../storage/part-retention.ts';
import {
  type Removed,
  type RetentionPorts,
  removeAlerts,
  removeDays,
  removeHours,
  removeMerged,
  removeReplays,
  removeRuns,
  removeUncomputedWindows,
  removeWindows,
  removeWork,
} from '../../storage/retention.ts';
import { type RetentionReport, saveRetention } from '../../storage/retention-report.ts';
import { removeSessionHours, removeSessions } from '../../storage/warehouse/session-retention.ts';

/** In this order: parts before the hours that stay for them. */
const kinds: Readonly<Record<string, (ports: RetentionPorts) => Promise<Removed>>> = {
  windows: removeWindows,
  uncomputed_windows: removeUncomputedWindows,
  alerts: removeAlerts,
  replays: removeReplays,
  batch_runs: removeRuns,
  parts: removeParts,
  days: removeDays,
  hours: removeHours,
  merged: removeMerged,
  viewing_sessions: removeSessions,
  session_hours: removeSessionHours,
  work: removeWork,
  accounts: removeAccounts,
  etl_runs: removeEtlRuns,
  etl_work: removeEtlWork,
  audit_log: removeAudit,
};

async function removeAudit({ db, bucket, nowMs }: RetentionPorts): Promise<Removed> {
  const trimmed = await trimAudit(db, bucket, nowMs - auditRetentionMs, nowMs);
  if (trimmed.kind === 'trimmed') return { removed: trimmed.rows, more: trimmed.more };
  console.error(logLine('error', 'audit_trim_broken', { ...trimmed.fault }));
  return { removed: 0, more: false };
}

/** Removes of each kind what is over, in some steps; a kind that fails holds up no other. */
export async function runRetention(
  ports: RetentionPorts,
  stepsMax = retentionStepsMax,
): Promise<RetentionReport> {
  const removed: Record<string, number> = {};
  const left: string[] = [];
  for (const [kind, remove] of Object.entries(kinds)) {
    let more = true;
    try {
      for (let step = 0; more && step < stepsMax; step++) {
        const done = await remove(ports);
        removed[kind] = (removed[kind] ?? 0) + done.removed;
        more = done.more;
      }
    } catch (error) {
      console.error(logLine('error', 'retention_failed', { kind, ...errorFields(error) }));
      more = true;
    }
    if (more) left.push(kind);
  }
  const report = { at: new Date(ports.nowMs).toISOString(), removed, left };
  console.log(logLine('info', 'retention', { ...removed, left: left.join(' ') }));
  await saveRetention(ports.db, report);
  return report;
}
