import type { AlertRecord } from '../../core/alert/alert-record.ts';

/** A firing alert of EU-London (region 4); `change` is its revision. */
export function buildAlert(fields: Partial<AlertRecord> = {}, change = 1): AlertRecord {
  const windowMinute = fields.windowMinute ?? 29_400_000;
  return {
    id: `LOW_SUCCESS_RATE.1.4.${windowMinute}`,
    ruleId: 'LOW_SUCCESS_RATE',
    ruleVersion: 1,
    alertType: 'LOW_SUCCESS_RATE',
    severity: 'CRITICAL',
    message: 'Downloads are failing in EU-London: 80.0 % of 40 succeeded.',
    regionNumber: 4,
    region: 'EU-London',
    dimension: 'region',
    dimensionKey: null,
    metric: 'success_rate',
    metricValue: 0.8,
    thresholdValue: 0.9,
    attempts: 40,
    pendingMinute: windowMinute,
    windowMinute,
    state: 'firing',
    createdAtMs: windowMinute * 60_000 + 65_000,
    resolvedMinute: null,
    resolvedAtMs: null,
    resolution: null,
    corrections: 0,
    history: [],
    revision: { generation: 0, incarnation: 1, change },
    ...fields,
  };
}
