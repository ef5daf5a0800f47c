/** An alert as the API, the live frames and the page have it: the names of the seeds, times in ISO 8601. */
import { minuteStartMs } from '../window/time.ts';
import type {
  Acknowledgement,
  AlertCause,
  AlertRecord,
  AlertResolution,
  AlertState,
  AlertTransition,
  RecordMetric,
} from './alert-record.ts';
import type { AlertDimension, AlertSeverity } from './alert-rule.ts';

/** A step in its life, as AlertTransition. */
export interface AlertStep {
  readonly state: AlertTransition['state'];
  readonly window_start: string;
  readonly metric_value: number | null;
  readonly attempts: number | null;
  readonly cause: AlertCause;
  /** Who said so; null where no person did. */
  readonly by: string | null;
  readonly recorded_at: string;
}

export interface AlertRow {
  readonly id: string;
  readonly alert_type: string;
  readonly severity: AlertSeverity;
  readonly state: AlertState;
  readonly message: string;
  readonly region: string;
  readonly dimension: AlertDimension;
  readonly dimension_key: string | null;
  readonly metric: RecordMetric;
  readonly metric_value: number;
  readonly threshold_value: number;
  readonly attempts: number | null;
  /** Start of the first window that caused it. */
  readonly pending_since: string;
  /** Start of the window that completed the condition. */
  readonly window_start: string;
  readonly created_at: string;
  readonly resolved_at: string | null;
  readonly resolution: AlertResolution | null;
  readonly corrections: number;
  readonly history: readonly AlertStep[];
  readonly rule_version: number;
  readonly acknowledged: boolean;
  readonly acknowledged_by: string | null;
  readonly acknowledged_at: string | null;
  readonly comment: string | null;
}

export function alertRow(record: AlertRecord, acknowledgement: Acknowledgement | null): AlertRow {
  return {
    id: record.id,
    alert_type: record.alertType,
    severity: record.severity,
    state: record.state,
    message: record.message,
    region: record.region,
    dimension: record.dimension,
    dimension_key: record.dimensionKey,
    metric: record.metric,
    metric_value: record.metricValue,
    threshold_value: record.thresholdValue,
    attempts: record.attempts,
    pending_since: isoTime(minuteStartMs(record.pendingMinute)),
    window_start: isoTime(minuteStartMs(record.windowMinute)),
    created_at: isoTime(record.createdAtMs),
    resolved_at: record.resolvedAtMs === null ? null : isoTime(record.resolvedAtMs),
    resolution: record.resolution,
    corrections: record.corrections,
    history: record.history.map(alertStep),
    rule_version: record.ruleVersion,
    acknowledged: acknowledgement !== null,
    acknowledged_by: acknowledgement?.by ?? null,
    acknowledged_at: acknowledgement ? isoTime(acknowledgement.atMs) : null,
    comment: acknowledgement?.comment ?? null,
  };
}

function alertStep({ state, minute, metricValue, attempts, cause, by, atMs }: AlertTransition): AlertStep {
  return {
    state,
    window_start: isoTime(minuteStartMs(minute)),
    metric_value: metricValue,
    attempts,
    cause,
    by: by ?? null,
    recorded_at: isoTime(atMs),
  };
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
