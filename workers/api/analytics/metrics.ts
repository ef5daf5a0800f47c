import { type RangeMetrics, readMetrics } from '../../../storage/analytics/metrics.ts';
import { objectAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import type { AnalyticsQuery, AnalyticsRange } from './analytics-query.ts';
import { analyticsRoute, exampleMeta, type Found } from './analytics-route.ts';
import { type MetricName, metricNames, metricRow, metricsData } from './metrics-schema.ts';

type Metrics = Readonly<Record<MetricName, number | null>>;

export const metricsRoute = analyticsRoute({
  path: '/api/dashboard/metrics',
  doc: DESCRIBED && {
    summary: 'The five figures of a range, and how they have changed',
    description:
      'Users, active users, views, hours watched and mean completion of whole days. As CSV a row for each of them.',
    answer: objectAnswer(metricsData),
    example: {
      data: {
        total_users: 5_000,
        active_users: 4_102,
        total_views: 16_740,
        total_watch_time_hours: 15_002.25,
        avg_completion_rate: 0.625,
        previous: {
          total_users: 4_800,
          active_users: 3_981,
          total_views: 16_000,
          total_watch_time_hours: 15_000,
          avg_completion_rate: 0.5,
        },
        change: {
          total_users: 0.04166666666666667,
          active_users: 0.03039437327304697,
          total_views: 0.04625,
          total_watch_time_hours: 0.00015,
          avg_completion_rate: 0.25,
        },
      },
      meta: exampleMeta,
    },
  },
  own: () => ({}),
  row: metricRow,
  read: async ({ env }, query) => await readTwice(env.DB, query),
});

async function readTwice(db: D1Database, query: AnalyticsQuery): Promise<Found> {
  const { range, previous: before, filters } = query;
  const ranges = before ? [range, before] : [range];
  const scopes = ranges.map((each) => ({ ...each, filters, endDay: endDayOf(each) }));
  const [current, previous = null] = (await readMetrics(db, scopes)).map(metricsOf);
  if (!current) throw new Error('no metrics were read');
  const change = previous && changeOf(current, previous);
  return {
    data: { ...current, previous, change },
    csvRows: metricNames().map((metric) => ({
      metric,
      value: current[metric],
      previous: previous?.[metric],
      change: change?.[metric],
    })),
  };
}

const endDayOf = ({ days }: AnalyticsRange): number => (days.at(-1)?.day ?? 0) + 1;

const metricsOf = (sums: RangeMetrics): Metrics => ({
  total_users: sums.usersKnown,
  active_users: sums.users,
  total_views: sums.views,
  total_watch_time_hours: hoursOf(sums.watchMs),
  avg_completion_rate: completionOf(sums),
});

function changeOf(current: Metrics, previous: Metrics): Metrics {
  const changes = metricNames().map((name) => {
    const [now, before] = [current[name], previous[name]];
    return [name, now === null || !before ? null : (now - before) / before] as const;
  });
  return Object.fromEntries(changes) as Metrics;
}
