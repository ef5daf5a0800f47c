/** Alert rules as data (ALR-1): versioned rows of D1, copied into each shard. How they are judged: judge.ts. */

/** Most urgent first. */
export const alertSeverities = ['CRITICAL', 'WARNING', 'INFO'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Definitions: docs/metrics.md. */
export const alertMetrics = ['success_rate', 'error_rate', 'silent_minutes', 'lateness_cuts'] as const;
export type AlertMetric = (typeof alertMetrics)[number];

/** What a rule judges one by one: the region as a whole, or each of its contents or devices. */
export const alertDimensions = ['region', 'content', 'device'] as const;
export type AlertDimension = (typeof alertDimensions)[number];

/** On which side of the threshold the trouble lies; `at_least` counts the threshold itself as trouble. */
export const alertBreaches = ['below', 'above', 'at_least'] as const;
export type AlertBreach = (typeof alertBreaches)[number];

export interface AlertRule {
  /** The same for all versions. */
  readonly id: string;
  /** From 1. */
  readonly version: number;
  readonly alertType: string;
  readonly severity: AlertSeverity;
  readonly metric: AlertMetric;
  readonly breach: AlertBreach;
  readonly threshold: number;
  /** As many windows that decide must be in breach, one after the other. */
  readonly windows: number;
  /** A window with fewer attempts (downloads) decides nothing. Only for rates. */
  readonly attemptsMin: number;
  /** Hysteresis: a window is healthy once the metric has come back to here ... */
  readonly resolveThreshold: number;
  /** ... and so many healthy windows one after the other resolve the alert. */
  readonly resolveWindows: number;
  readonly dimension: AlertDimension;
  readonly enabled: boolean;
  /** First window (epoch minute) that this version judges. */
  readonly fromMinute: number;
}
