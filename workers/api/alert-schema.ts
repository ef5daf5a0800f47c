/** Alerts as the API gives them (core/alert/alert-row.ts), in the words of the documentation. */
import * as z from 'zod';
import { alertCauses, alertResolutions, recordMetrics } from '../../core/alert/alert-record.ts';
import {
  alertBreaches,
  alertDimensions,
  alertMetrics,
  alertSeverities,
} from '../../core/alert/alert-rule.ts';
import { once } from '../../core/protocol/once.ts';
import { count, time } from './answer-schema.ts';

const id = once(() =>
  z
    .string()
    .describe(
      DESCRIBED && 'Follows from rule, version, region, key and the window that completed the condition',
    ),
);
const severity = once(() => z.enum(alertSeverities).describe(DESCRIBED && 'How urgent it is'));
const metric = DESCRIBED && z.enum(alertMetrics).describe('What was judged');
const recordMetric = once(() =>
  z.enum(recordMetrics).describe(DESCRIBED && 'What was judged, or what the check of the accounts found'),
);
const dimension = once(() =>
  z
    .enum(alertDimensions)
    .describe(DESCRIBED && 'Whether the region as a whole is judged, or each of its contents or devices'),
);
const attempts = once(() =>
  z
    .int()
    .min(0)
    .nullable()
    .describe(DESCRIBED && 'Downloads that were judged; null where no rate was'),
);

const step = once(() =>
  z
    .strictObject({
      state: z.enum(['pending', 'firing', 'resolved']).describe(DESCRIBED && 'What it became'),
      window_start: time(DESCRIBED && 'Start of the window that decided'),
      metric_value: z
        .number()
        .nullable()
        .describe(DESCRIBED && 'Of that window; null where none decided'),
      attempts: attempts(),
      cause: z
        .enum(alertCauses)
        .describe(
          DESCRIBED &&
            'A window closed, late data changed one, the rule changed, a person said so, or the accounts',
        ),
      by: z
        .string()
        .nullable()
        .describe(DESCRIBED && 'The person who closed it; null where no person did'),
      recorded_at: time(DESCRIBED && 'When it was recorded'),
    })
    .describe(DESCRIBED && 'A step in its life'),
);

export const alertSchema = once(() =>
  z.strictObject({
    id: id(),
    alert_type: z.string().describe(DESCRIBED && 'What kind of trouble it is'),
    severity: severity(),
    state: z.enum(['firing', 'resolved']).describe(DESCRIBED && 'Whether it is still so'),
    message: z.string().describe(DESCRIBED && 'What happened, in a sentence'),
    region: z.string().describe(DESCRIBED && 'Name of the region'),
    dimension: dimension(),
    dimension_key: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'The content or device; null for the region as a whole'),
    metric: recordMetric(),
    metric_value: z.number().describe(DESCRIBED && 'That caused it; of several windows the mean'),
    threshold_value: z.number().describe(DESCRIBED && 'That it was held against'),
    attempts: attempts(),
    pending_since: time(DESCRIBED && 'Start of the first window that caused it'),
    window_start: time(DESCRIBED && 'Start of the window that completed the condition'),
    created_at: time(DESCRIBED && 'When it was recorded'),
    resolved_at: time(DESCRIBED && 'When its end was recorded; null while it fires').nullable(),
    resolution: z
      .enum(alertResolutions)
      .nullable()
      .describe(
        DESCRIBED &&
          'How it ended: healthy windows, late data that undid its cause, a new rule, a person; null while it fires',
      ),
    corrections: count(DESCRIBED && 'How often late data has changed it'),
    history: z.array(step()).describe(DESCRIBED && 'Its life so far'),
    rule_version: z
      .int()
      .min(1)
      .describe(DESCRIBED && 'Version of the rule that judged'),
    acknowledged: z.boolean().describe(DESCRIBED && 'Whether somebody has seen it'),
    acknowledged_by: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Who; null where nobody has'),
    acknowledged_at: time(DESCRIBED && 'When; null where nobody has').nullable(),
    comment: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'What they said'),
  }),
);

export const ruleSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('The same for all versions'),
    version: z.int().min(1).describe('The newest one'),
    alert_type: z.string().describe('What kind of trouble it finds'),
    severity: severity(),
    metric,
    breach: z.enum(alertBreaches).describe('On which side of the threshold the trouble lies'),
    threshold: z.number().describe('That the metric is held against'),
    windows: z.int().min(1).describe('As many deciding windows one after the other must be in breach'),
    attempts_min: count('A window with fewer downloads decides nothing; only for rates'),
    resolve_threshold: z.number().describe('A window is healthy once the metric has come back to here'),
    resolve_windows: z.int().min(1).describe('As many healthy windows one after the other resolve the alert'),
    dimension: dimension(),
    enabled: z.boolean().describe('Whether it judges at all'),
    regions: z.array(z.string()).nullable().describe('Names of the regions that it judges; null for all'),
    from: time('Start of the first window that this version judges'),
    built_in: z.boolean().describe('Whether it ships with the product, and so cannot be deleted'),
    changed_at: time('When this version was written'),
    changed_by: z.string().describe('Who wrote it; `marquee` is the product'),
  });
