/** What people write of a rule (ALR-2): the schemas of the bodies, and the rule that comes of them. */
import * as z from 'zod';
import {
  type AlertRule,
  alertBreaches,
  alertDimensions,
  alertMetrics,
  alertSeverities,
} from '../../core/alert/alert-rule.ts';
import { ruleFaults, type WrittenRule } from '../../core/alert/rule-faults.ts';
import {
  alertSilenceMinutesMax,
  keyRegionsMax,
  ruleAttemptsMax,
  ruleNameLengthMax,
  ruleWindowsMax,
} from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';

const name = once(() =>
  z
    .string('must be text')
    .max(ruleNameLengthMax, `must have at most ${ruleNameLengthMax} characters`)
    .regex(/^[A-Z][A-Z0-9_]*$/, 'must be of A-Z, 0-9 and "_", beginning with a letter'),
);
const oneOf = <T extends string>(values: readonly [T, ...T[]]) =>
  z.enum(values, `must be ${values.join(', ').replace(/, (\w+)$/, ' or $1')}`);
const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};
const threshold = once(() =>
  z
    .number('must be a number')
    .min(0, { error: 'must be at least 0', abort: true })
    .max(alertSilenceMinutesMax, { error: `must be at most ${alertSilenceMinutesMax}`, abort: true }),
);

const fields = once(() => ({
  alert_type: name().describe(DESCRIBED && 'What kind of trouble it finds: `alert_type` of its alerts'),
  severity: oneOf(alertSeverities).describe(DESCRIBED && 'How urgent it is'),
  metric: oneOf(alertMetrics).describe(DESCRIBED && 'What is judged'),
  breach: oneOf(alertBreaches).describe(
    DESCRIBED &&
      'On which side of the threshold the trouble lies: `below` of success_rate, `above` of error_rate, `at_least` of ' +
        'silent_minutes, `above` or `at_least` of lateness_cuts',
  ),
  threshold: threshold().describe(
    DESCRIBED && 'That the metric is held against; of a rate 0 to 1, else a whole number',
  ),
  windows: whole(1, ruleWindowsMax).describe(
    DESCRIBED && 'As many deciding windows one after the other must be in breach',
  ),
  attempts_min: whole(0, ruleAttemptsMax).describe(
    DESCRIBED && 'A window with fewer downloads decides nothing; only for rates',
  ),
  resolve_threshold: threshold().describe(
    DESCRIBED && 'A window is healthy once the metric has come back to here; not on the side of the trouble',
  ),
  resolve_windows: whole(1, ruleWindowsMax).describe(
    DESCRIBED && 'As many healthy windows one after the other resolve the alert',
  ),
  dimension: oneOf(alertDimensions).describe(
    DESCRIBED &&
      'Whether the region as a whole is judged, or each of its contents or devices; these only by rates',
  ),
  enabled: z.boolean('must be true or false').describe(DESCRIBED && 'Whether it judges at all'),
  regions: z
    .array(z.string('must be text'), 'must be a list of names, or null')
    .min(1, 'must have a name: null is all regions')
    .max(keyRegionsMax, `must have at most ${keyRegionsMax} names`)
    .nullable()
    .describe(DESCRIBED && 'Names of the regions that it judges; null for all'),
}));

type Fields = z.output<z.ZodObject<ReturnType<typeof fields>>>;

/** Names of the fields in bodies and answers, and in the core. */
export const ruleFields = {
  alert_type: 'alertType',
  severity: 'severity',
  metric: 'metric',
  breach: 'breach',
  threshold: 'threshold',
  windows: 'windows',
  attempts_min: 'attemptsMin',
  resolve_threshold: 'resolveThreshold',
  resolve_windows: 'resolveWindows',
  dimension: 'dimension',
  enabled: 'enabled',
} as const satisfies Readonly<Record<Exclude<keyof Fields, 'regions'>, keyof WrittenRule>>;

export function writtenRule(given: Omit<Fields, 'regions'>): WrittenRule {
  return {
    alertType: given.alert_type,
    severity: given.severity,
    metric: given.metric,
    breach: given.breach,
    threshold: given.threshold,
    windows: given.windows,
    attemptsMin: given.attempts_min,
    resolveThreshold: given.resolve_threshold,
    resolveWindows: given.resolve_windows,
    dimension: given.dimension,
    enabled: given.enabled,
  };
}

function checked(given: Omit<Fields, 'regions'>, context: z.core.$RefinementCtx): void {
  for (const { field, message } of ruleFaults(writtenRule(given))) {
    const path = Object.entries(ruleFields).find(([, own]) => own === field)?.[0] ?? field;
    context.addIssue({ code: 'custom', path: [path], message });
  }
}

export const ruleExample = {
  id: 'TV_ERRORS',
  alert_type: 'HIGH_ERROR_RATE',
  severity: 'WARNING',
  metric: 'error_rate',
  breach: 'above',
  threshold: 0.2,
  windows: 3,
  attempts_min: 50,
  resolve_threshold: 0.15,
  resolve_windows: 2,
  dimension: 'device',
  enabled: true,
  regions: ['EU-London', 'EU-Paris'],
} as const;

/** A new rule. */
export const newRuleBody = once(() =>
  z
    .strictObject({
      id: name().describe(DESCRIBED && 'The same for all versions. That of a deleted rule may be used again'),
      ...fields(),
      dimension: fields().dimension.default('region'),
      enabled: fields().enabled.default(true),
      regions: fields().regions.default(null),
    })
    .superRefine(checked)
    .meta(DESCRIBED && { examples: [ruleExample] }),
);

const { id: _, ...changed } = ruleExample;
export const changeExample = DESCRIBED && ({ version: 1, ...changed, threshold: 0.25 } as const);

/** A rule as it is to be from now on: every field, so that none changes unseen. */
export const ruleBody = once(() =>
  z
    .strictObject({
      version: whole(1, Number.MAX_SAFE_INTEGER).describe(
        DESCRIBED && 'The version that was read and is to be replaced; 409 where there is a newer one',
      ),
      ...fields(),
    })
    .superRefine(checked)
    .meta(DESCRIBED && { examples: [changeExample] }),
);

/** Whether two versions judge alike. */
export function isSameRule(a: AlertRule, b: AlertRule): boolean {
  return Object.values(ruleFields).every((field) => a[field] === b[field]);
}
