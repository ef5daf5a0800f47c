/** One alert, from firing to resolved: what a shard records of it and what people add. */
import { type AlertDimension, type AlertSeverity, alertMetrics } from './alert-rule.ts';

/** What an alert may be about: what rules judge, and what the check of the accounts finds (ING-6d). */
export const recordMetrics = [...alertMetrics, 'unaccounted_events'] as const;
export type RecordMetric = (typeof recordMetrics)[number];

export type AlertState = 'firing' | 'resolved';

/** Why an alert is over: healthy windows, late data that undid its cause, a new version of its rule, or a person. */
export const alertResolutions = ['healthy', 'corrected', 'rule_changed', 'closed'] as const;
export type AlertResolution = (typeof alertResolutions)[number];

/** Why a transition happened: a window closed, late data changed one, the rule changed, a person said so, or the accounts. */
export const alertCauses = ['window', 'late_data', 'rule', 'person', 'accounts'] as const;
export type AlertCause = (typeof alertCauses)[number];

/** One step in the life of an alert (ALR-1), with the values that caused it. */
export interface AlertTransition {
  readonly state: 'pending' | AlertState;
  /** The window (epoch minute) that decided. */
  readonly minute: number;
  readonly metricValue: number | null;
  readonly attempts: number | null;
  readonly cause: AlertCause;
  /** Name of the person who said so; absent where none did. */
  readonly by?: string;
  /** Server time at which it was recorded, ms. */
  readonly atMs: number;
}

/** Which of two states of an alert is newer (DUP-2): `change` rises with every change of the shard's alerts. */
export interface AlertRevision {
  readonly generation: number;
  readonly incarnation: number;
  readonly change: number;
}

/** An alert as its shard holds it. Plain data that structured clone takes; values are absolute. */
export interface AlertRecord {
  /** Follows from rule, version, region, key and the window that completed the condition. */
  readonly id: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly alertType: string;
  readonly severity: AlertSeverity;
  /** As a person would write it, in English. */
  readonly message: string;
  readonly regionNumber: number;
  /** Name of the region. */
  readonly region: string;
  readonly dimension: AlertDimension;
  /** The content or device; null for the region as a whole. */
  readonly dimensionKey: string | null;
  readonly metric: RecordMetric;
  /** That caused it: of several windows the mean. */
  readonly metricValue: number;
  readonly thresholdValue: number;
  /** Downloads in the windows that caused it; null where no rate was judged. */
  readonly attempts: number | null;
  /** First window (epoch minute) of those that caused it. */
  readonly pendingMinute: number;
  /** The window (epoch minute) that completed the condition. */
  readonly windowMinute: number;
  readonly state: AlertState;
  /** Server time at which it was recorded, ms. */
  readonly createdAtMs: number;
  /** The window that resolved it, and when that was recorded; null while firing. */
  readonly resolvedMinute: number | null;
  readonly resolvedAtMs: number | null;
  readonly resolution: AlertResolution | null;
  /** How often late data has changed it. */
  readonly corrections: number;
  /** Oldest first; at most alertHistoryMax, of which the first two stay. */
  readonly history: readonly AlertTransition[];
  readonly revision: AlertRevision;
}

/** What people add to an alert. */
export interface Acknowledgement {
  readonly by: string;
  readonly atMs: number;
  readonly comment: string | null;
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. */
export function compareAlertRevisions(a: AlertRevision, b: AlertRevision): number {
  return a.generation - b.generation || a.incarnation - b.incarnation || a.change - b.change;
}
