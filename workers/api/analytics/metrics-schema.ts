/** The five figures of a range, as the analytics API answers them. */
import * as z from 'zod';
import { once } from '../../../core/protocol/once.ts';
import { count } from '../answer-schema.ts';
import { completion, views, watchHours } from './analytics-schema.ts';

const metricsShape = once(() => ({
  total_users: count(
    DESCRIBED &&
      'Users known at the end of the range; where regions are asked for, those with a session in them',
  ),
  active_users: count(DESCRIBED && 'Distinct users of the sessions of the range'),
  total_views: views(),
  total_watch_time_hours: watchHours(),
  avg_completion_rate: completion(),
}));
export type MetricName = keyof ReturnType<typeof metricsShape>;
export const metricNames = () => Object.keys(metricsShape()) as MetricName[];

const change = (name: MetricName) =>
  z
    .number()
    .nullable()
    .describe(`Relative change of ${name}, 0.1 for a tenth more; null where before it was 0`);

export const metricsData =
  DESCRIBED &&
  z.strictObject({
    ...metricsShape(),
    previous: z
      .strictObject(metricsShape())
      .nullable()
      .describe('The same of as many days just before; null without `compare`'),
    change: z
      .strictObject({
        total_users: change('total_users'),
        active_users: change('active_users'),
        total_views: change('total_views'),
        total_watch_time_hours: change('total_watch_time_hours'),
        avg_completion_rate: change('avg_completion_rate'),
      })
      .nullable()
      .describe('From the days before to the range; null without `compare`'),
  });

/** As CSV, where an object has no place. */
export const metricRow = once(() =>
  z.strictObject({
    metric: z.string().describe(DESCRIBED && 'Name of the metric'),
    value: z.number().nullable(),
    previous: z.number().nullable(),
    change: z.number().nullable(),
  }),
);
