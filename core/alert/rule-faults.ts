/** What keeps a rule from making sense, beyond the form of its fields: for those that people write (ALR-2). */
import { alertSilenceMinutesMax, ruleCutsMax } from '../protocol/limits.ts';
import type { AlertBreach, AlertMetric, AlertRule } from './alert-rule.ts';

export type WrittenRule = Omit<AlertRule, 'id' | 'version' | 'fromMinute'>;

export interface RuleFault {
  readonly field: keyof WrittenRule;
  readonly message: string;
}

interface MetricKind {
  /** On which sides of a threshold trouble can lie. */
  readonly breaches: readonly AlertBreach[];
  readonly isRate: boolean;
  /** Of both thresholds; the one of breach is at least `breachMin`. */
  readonly max: number;
  readonly breachMin: number;
}

const kinds: Readonly<Record<AlertMetric, MetricKind>> = {
  success_rate: { breaches: ['below'], isRate: true, max: 1, breachMin: 0 },
  error_rate: { breaches: ['above'], isRate: true, max: 1, breachMin: 0 },
  silent_minutes: { breaches: ['at_least'], isRate: false, max: alertSilenceMinutesMax, breachMin: 1 },
  lateness_cuts: { breaches: ['above', 'at_least'], isRate: false, max: ruleCutsMax, breachMin: 0 },
};

export function ruleFaults(rule: WrittenRule): RuleFault[] {
  const { metric, breach, threshold, resolveThreshold } = rule;
  const kind = kinds[metric];
  const faults: RuleFault[] = [];
  const fault = (field: keyof WrittenRule, message: string) => faults.push({ field, message });
  if (!kind.breaches.includes(breach))
    fault('breach', `must be ${kind.breaches.join(' or ')} with the metric ${metric}`);
  if (!kind.isRate && rule.dimension !== 'region')
    fault('dimension', `must be region: ${metric} is of a region as a whole`);
  const isFitting = (value: number, min: number) =>
    value >= min && value <= kind.max && (kind.isRate || Number.isInteger(value));
  const bounds = (min: number) => `must be a ${kind.isRate ? '' : 'whole '}number from ${min} to ${kind.max}`;
  const { breachMin } = kind;
  if (!isFitting(threshold, breachMin)) fault('threshold', bounds(breachMin));
  if (!isFitting(resolveThreshold, 0)) fault('resolveThreshold', bounds(0));
  // Where the side or the threshold is at fault, there is nothing to hold it against.
  if (faults.length === 0 && isTrouble(rule))
    fault('resolveThreshold', `must not be on the side of the trouble: ${breach} ${threshold}`);
  return faults;
}

function isTrouble({ breach, threshold, resolveThreshold }: WrittenRule): boolean {
  if (breach === 'below') return resolveThreshold < threshold;
  return breach === 'above' ? resolveThreshold > threshold : resolveThreshold >= threshold;
}
