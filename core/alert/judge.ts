/** What a window says about a rule: in breach, healthy, neither (between the two thresholds), or nothing at all. */
import { counterIndex } from '../aggregate/counters.ts';
import type { AlertMetric, AlertRule } from './alert-rule.ts';

/** What a rule is judged by, of one region, content or device in one window. */
export interface Measured {
  /** Counters (core/aggregate/counters.ts); null where the window has no event of it. */
  readonly counters: ArrayLike<number> | null;
  /** Closed windows since the last in which the region was heard, this one included; 0 if heard, null before the first. */
  readonly silentMinutes: number | null;
  /** Windows whose lateness was ended early (WIN-8) while this one was open. */
  readonly latenessCuts: number;
}

export interface Judgement {
  readonly verdict: 'breach' | 'healthy' | 'between';
  readonly value: number;
  /** Downloads that the value rests on; null where it is no rate. */
  readonly attempts: number | null;
}

/** Null where the window decides nothing: too few attempts, or nothing to measure (ALR-1). */
export function judge(rule: AlertRule, measured: Measured): Judgement | null {
  const sample = sampleOf(rule.metric, measured);
  if (sample === null) return null;
  if (sample.attempts !== null && sample.attempts < Math.max(1, rule.attemptsMin)) return null;
  return { ...sample, verdict: verdictOf(rule, sample.value) };
}

function sampleOf(metric: AlertMetric, measured: Measured): Omit<Judgement, 'verdict'> | null {
  const { counters, silentMinutes, latenessCuts } = measured;
  if (metric === 'silent_minutes')
    return silentMinutes === null ? null : { value: silentMinutes, attempts: null };
  if (metric === 'lateness_cuts') return { value: latenessCuts, attempts: null };
  if (counters === null) return null;
  const of = (name: keyof typeof counterIndex): number => counters[counterIndex[name]] ?? 0;
  const attempts = of('downloads');
  const part =
    metric === 'error_rate' ? of('downloads_failed') : of('downloads_succeeded') + of('downloads_slow');
  return attempts === 0 ? null : { value: part / attempts, attempts };
}

/** Between the thresholds of breach and of recovery a window neither fires nor heals: hysteresis. */
function verdictOf(rule: AlertRule, value: number): Judgement['verdict'] {
  const { breach, threshold, resolveThreshold } = rule;
  if (breach === 'below') {
    if (value < threshold) return 'breach';
    return value >= resolveThreshold ? 'healthy' : 'between';
  }
  if (breach === 'above' ? value > threshold : value >= threshold) return 'breach';
  return value <= resolveThreshold ? 'healthy' : 'between';
}
