/** How the record of an alert changes: each function gives the next state, or null where nothing is new. */
import { alertHistoryMax } from '../protocol/limits.ts';
import type { WindowOrigin } from '../window/window-state.ts';
import type { AlertCause, AlertRecord, AlertTransition } from './alert-record.ts';
import type { Episode, Resolved } from './fold.ts';
import { alertMessage } from './message.ts';

/** When and where something is recorded. */
export interface Heard {
  readonly nowMs: number;
  /** Windows up to this one were judged before: what changes about them, late data has changed. */
  readonly judgedBefore: number;
  /** Name of the region. */
  readonly region: string;
}

export function newRecord(episode: Episode, origin: WindowOrigin, id: string, heard: Heard): AlertRecord {
  const { rule, key, fired, resolved } = episode;
  const { generation, incarnation, regionNumber } = origin;
  const cause = causeAt(fired.minute, heard);
  const pending = {
    state: 'pending',
    minute: fired.pendingMinute,
    metricValue: null,
    attempts: null,
  } as const;
  const firing: AlertRecord = {
    id,
    ruleId: rule.id,
    ruleVersion: rule.version,
    alertType: rule.alertType,
    severity: rule.severity,
    message: alertMessage(rule, heard.region, key, fired),
    regionNumber,
    region: heard.region,
    dimension: rule.dimension,
    dimensionKey: key,
    metric: rule.metric,
    metricValue: fired.value,
    thresholdValue: rule.threshold,
    attempts: fired.attempts,
    pendingMinute: fired.pendingMinute,
    windowMinute: fired.minute,
    state: 'firing',
    createdAtMs: heard.nowMs,
    resolvedMinute: null,
    resolvedAtMs: null,
    resolution: null,
    corrections: cause === 'late_data' ? 1 : 0,
    history: [{ ...pending, cause, atMs: heard.nowMs }, firingStep(episode, cause, heard)],
    revision: { generation, incarnation, change: 0 },
  };
  return resolved ? ended(firing, resolved, causeOf(resolved, heard), heard) : firing;
}

/** A recorded alert as the windows tell it now. Values that late data moved without changing a verdict stay as they were. */
export function revised(record: AlertRecord, episode: Episode, heard: Heard): AlertRecord | null {
  const { fired, resolved } = episode;
  const isMoved = record.windowMinute !== fired.minute || record.resolution === 'corrected';
  const isReopened = record.state === 'resolved' && !resolved;
  const firing = isMoved || isReopened ? firesAnew(record, episode, heard) : record;
  if (!resolved || endedSo(firing, resolved)) return firing === record ? null : corrected(firing);
  const isLate = firing !== record || record.state === 'resolved';
  const cause = isLate && resolved.minute <= heard.judgedBefore ? 'late_data' : causeOf(resolved, heard);
  const next = ended(firing, resolved, cause, heard);
  return isLate || cause === 'late_data' ? corrected(next) : next;
}

function endedSo({ resolution, resolvedMinute }: AlertRecord, { why, minute }: Resolved): boolean {
  return resolution === why && resolvedMinute === minute;
}

/** With the values of what late data has made its cause. */
function firesAnew(record: AlertRecord, episode: Episode, heard: Heard): AlertRecord {
  const { rule, key, fired } = episode;
  return {
    ...record,
    message: alertMessage(rule, heard.region, key, fired),
    metricValue: fired.value,
    attempts: fired.attempts,
    pendingMinute: fired.pendingMinute,
    windowMinute: fired.minute,
    state: 'firing',
    resolvedMinute: null,
    resolvedAtMs: null,
    resolution: null,
    history: longer(record.history, firingStep(episode, 'late_data', heard)),
  };
}

/** Late data has taken away what the alert was about. */
export function correctedAway(record: AlertRecord, heard: Heard): AlertRecord | null {
  if (record.resolution === 'corrected') return null;
  const step = {
    state: 'resolved',
    minute: record.windowMinute,
    metricValue: null,
    attempts: null,
    cause: 'late_data',
    atMs: heard.nowMs,
  } as const;
  return corrected({
    ...record,
    state: 'resolved',
    resolvedMinute: record.windowMinute,
    resolvedAtMs: heard.nowMs,
    resolution: 'corrected',
    history: longer(record.history, step),
  });
}

/** `by`: name of the person. */
export function closedBy(record: AlertRecord, minute: number, nowMs: number, by: string): AlertRecord {
  const resolved = { minute, value: null, attempts: null, why: 'closed' } as const;
  return ended(record, resolved, 'person', { nowMs, by });
}

function ended(
  record: AlertRecord,
  resolved: Resolved,
  cause: AlertCause,
  { nowMs, by }: Pick<Heard, 'nowMs'> & { readonly by?: string },
): AlertRecord {
  const { minute, value, attempts, why } = resolved;
  return {
    ...record,
    state: 'resolved',
    resolvedMinute: minute,
    resolvedAtMs: nowMs,
    resolution: why,
    history: longer(record.history, {
      state: 'resolved',
      minute,
      metricValue: value,
      attempts,
      cause,
      ...(by !== undefined && { by }),
      atMs: nowMs,
    }),
  };
}

function corrected(record: AlertRecord): AlertRecord {
  return { ...record, corrections: record.corrections + 1 };
}

function firingStep({ fired }: Episode, cause: AlertCause, { nowMs }: Heard): AlertTransition {
  const { minute, value, attempts } = fired;
  return { state: 'firing', minute, metricValue: value, attempts, cause, atMs: nowMs };
}

function causeOf({ minute, why }: Resolved, heard: Heard): AlertCause {
  if (why === 'closed') return 'person';
  if (why === 'rule_changed') return 'rule';
  return causeAt(minute, heard);
}

function causeAt(minute: number, { judgedBefore }: Heard): AlertCause {
  return minute <= judgedBefore ? 'late_data' : 'window';
}

/** The first two steps stay: how it began. */
function longer(history: readonly AlertTransition[], step: AlertTransition): readonly AlertTransition[] {
  const all = [...history, step];
  return all.length <= alertHistoryMax ? all : [...all.slice(0, 2), ...all.slice(2 - alertHistoryMax)];
}
