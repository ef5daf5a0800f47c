/** The rules that ship with the product; a test holds them against migrations/0004_alert_rules.sql. */
import type { AlertRule } from './alert-rule.ts';

const everyRegion = { version: 1, dimension: 'region', enabled: true, fromMinute: 0 } as const;

export const builtInRules: readonly AlertRule[] = [
  {
    ...everyRegion,
    id: 'LOW_SUCCESS_RATE',
    alertType: 'LOW_SUCCESS_RATE',
    severity: 'CRITICAL',
    metric: 'success_rate',
    breach: 'below',
    threshold: 0.9,
    windows: 1,
    attemptsMin: 20,
    resolveThreshold: 0.91,
    resolveWindows: 2,
  },
  {
    ...everyRegion,
    id: 'HIGH_ERROR_RATE',
    alertType: 'HIGH_ERROR_RATE',
    severity: 'WARNING',
    metric: 'error_rate',
    breach: 'above',
    threshold: 0.1,
    windows: 3,
    attemptsMin: 20,
    resolveThreshold: 0.09,
    resolveWindows: 2,
  },
  {
    ...everyRegion,
    id: 'NO_DATA',
    alertType: 'NO_DATA',
    severity: 'INFO',
    metric: 'silent_minutes',
    breach: 'at_least',
    threshold: 5,
    windows: 1,
    attemptsMin: 0,
    resolveThreshold: 0,
    resolveWindows: 1,
  },
  {
    ...everyRegion,
    id: 'LATENESS_CUT',
    alertType: 'LATENESS_CUT',
    severity: 'WARNING',
    metric: 'lateness_cuts',
    breach: 'above',
    threshold: 0,
    windows: 1,
    attemptsMin: 0,
    resolveThreshold: 0,
    resolveWindows: 10,
  },
];
