/** The rules that simulated shards judge by: those of the product, and the like that a few events can break. */
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import { builtInRules } from '../../core/alert/built-in-rules.ts';

/** The second version of a rule takes effect this long after a history's start, in minutes. */
const secondVersionAfter = 20;

export function simRules(startMs: number): readonly AlertRule[] {
  const [lowSuccess, highError] = builtInRules as readonly [AlertRule, AlertRule];
  const success = { ...lowSuccess, id: 'SIM_SUCCESS', attemptsMin: 2 };
  const errors = { ...highError, id: 'SIM_ERRORS', attemptsMin: 2, windows: 3, resolveThreshold: 0.05 };
  const fromMinute = Math.floor(startMs / 60_000) + secondVersionAfter;
  return [
    ...builtInRules,
    success,
    { ...success, version: 2, threshold: 0.6, resolveThreshold: 0.8, resolveWindows: 1, fromMinute },
    errors,
    { ...success, id: 'SIM_CONTENT', dimension: 'content', threshold: 0.5, windows: 2, attemptsMin: 1 },
    { ...errors, id: 'SIM_DEVICE', dimension: 'device', windows: 1, attemptsMin: 1 },
    {
      ...errors,
      id: 'SIM_DEVICE',
      version: 2,
      dimension: 'device',
      enabled: false,
      fromMinute: fromMinute + 20,
    },
  ];
}
