/** What an alert says, in words. */
import type { RecordMetric } from '../../core/alert/alert-record.ts';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { AlertSeverity } from '../../core/alert/alert-rule.ts';
import { countText } from '../format/number.ts';
import { hourText } from '../format/time.ts';
import * as say from '../text/live.ts';

export const severityWords: Readonly<Record<AlertSeverity, string>> = {
  CRITICAL: say.critical,
  WARNING: say.warning,
  INFO: say.info,
};

/** What the metric is, and on which side of its threshold the trouble lies. */
const metricWords: Readonly<Record<RecordMetric, readonly [name: string, side: string]>> = {
  success_rate: [say.successRate, say.below],
  error_rate: [say.errorRate, say.above],
  silent_minutes: [say.withoutEvents, say.limit],
  lateness_cuts: [say.windowsCutShort, say.above],
  unaccounted_events: [say.eventsUnaccountedFor, say.above],
};

/** "65.9 %", "7 min". */
export function alertValue({ metric, metric_value: value }: AlertRow): string {
  return measured(metric, value);
}

/** "success rate, below 90 %" */
export function alertLimit({ metric, threshold_value: limit }: AlertRow): string {
  const [name, side] = metricWords[metric];
  return `${name}, ${side} ${measured(metric, limit)}`;
}

export function measured(metric: RecordMetric, value: number): string {
  switch (metric) {
    case 'success_rate':
      return percent(Math.floor(value * 1000 + 1e-6));
    case 'error_rate':
      // Up: what lies above a threshold is never written as the threshold.
      return percent(Math.ceil(value * 1000 - 1e-6));
    case 'silent_minutes':
      return say.min(countText(value));
    case 'lateness_cuts':
    case 'unaccounted_events':
      return countText(value);
  }
}

const percent = (tenths: number): string => `${tenths / 10}\u202f%`;

/** What the judgement rests on and what became of it; one phrase each. */
export function alertRemarks({ attempts, dimension, dimension_key: key, corrections }: AlertRow): string[] {
  const remarks: string[] = [];
  if (key !== null) remarks.push(`${dimension} ${key}`);
  if (attempts !== null)
    remarks.push(`${countText(attempts)} ${attempts === 1 ? say.download : say.downloads}`);
  if (corrections > 0) remarks.push(say.correctedByLateData(times(corrections)));
  return remarks;
}

/** Why it is over. */
export function resolutionText({ resolution }: AlertRow): string {
  switch (resolution) {
    case 'healthy':
      return say.healthyAgain;
    case 'corrected':
      return say.lateDataUndidItsCause;
    case 'rule_changed':
      return say.itsRuleHasChanged;
    case 'closed':
      return say.closedByAPerson;
    case null:
      return '';
  }
}

/** "12:31", or "12:31 to 12:40" once it is over. */
export function alertPeriod({ pending_since: since, resolved_at: until }: AlertRow): string {
  const from = hourText(Date.parse(since));
  return until === null ? from : say.range(from, hourText(Date.parse(until)));
}

/** What a screen reader says when alerts have changed: those that began to fire, then those that are over. */
export function alertNews(
  before: ReadonlyMap<string, AlertRow>,
  after: ReadonlyMap<string, AlertRow>,
): string[] {
  const isNew = (alert: AlertRow): boolean => before.get(alert.id)?.state !== alert.state;
  const news = [...after.values()].filter(isNew);
  const firing = news.filter(({ state }) => state === 'firing');
  const over = news.filter(({ id, state }) => state === 'resolved' && before.has(id));
  return [
    ...firing.map(({ severity, message }) => say.alertOf(severityWords[severity], message)),
    ...over.map((alert) => say.resolvedAlert(resolutionText(alert), alert.message)),
  ];
}

function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : say.times(count);
}
