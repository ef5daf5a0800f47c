import { dateOfDay } from '../../../core/warehouse/local-days.ts';
import { readDailySums } from '../../../storage/analytics/daily-sums.ts';
import { noSums, type SessionSums } from '../../../storage/analytics/figures.ts';
import { rowsAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import type { AnalyticsQuery } from './analytics-query.ts';
import { type AnswerRow, analyticsRoute, exampleMeta } from './analytics-route.ts';
import { dailyRow } from './analytics-schema.ts';

export const dailyTrendsRoute = analyticsRoute({
  path: '/api/analytics/daily-trends',
  doc: DESCRIBED && {
    summary: 'Views day by day',
    description:
      'A row for each day of the range in `tz`, days without sessions included, the earliest first.',
    answer: rowsAnswer(dailyRow()),
    example: {
      data: [
        {
          date: '2026-11-21',
          views: 602,
          unique_users: 533,
          watch_hours: 530.5,
          avg_completion_rate: 0.625,
          previous_views: 588,
          previous_date: '2026-10-22',
        },
      ],
      count: 1,
      meta: exampleMeta,
    },
  },
  own: () => ({}),
  row: dailyRow,
  read: async ({ env }, query) => ({ data: await dailyRows(env.DB, query) }),
});

async function dailyRows(db: D1Database, query: AnalyticsQuery): Promise<AnswerRow[]> {
  const { range, previous, filters } = query;
  const days = [...(previous?.days ?? []), ...range.days];
  const sums = await readDailySums(db, days, filters);
  return dailyRowsOf(query, new Map(days.map(({ day }, index) => [day, sums[index] as SessionSums])));
}

/** Days without sums had no sessions. */
export function dailyRowsOf(
  { range, previous }: AnalyticsQuery,
  byDay: ReadonlyMap<number, SessionSums>,
): AnswerRow[] {
  const length = (range.days.at(-1)?.day ?? 0) + 1 - (range.days[0]?.day ?? 0);
  return range.days.map(({ day }) => {
    const own = byDay.get(day) ?? noSums;
    return {
      date: dateOfDay(day),
      views: own.views,
      unique_users: own.users,
      watch_hours: hoursOf(own.watchMs),
      avg_completion_rate: completionOf(own),
      previous_views: previous && (byDay.get(day - length)?.views ?? 0),
      previous_date: previous && dateOfDay(day - length),
    };
  });
}
