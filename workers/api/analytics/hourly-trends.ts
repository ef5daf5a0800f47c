import * as z from 'zod';
import { offsetPieces } from '../../../core/warehouse/local-days.ts';
import { type HourSums, readHourSums } from '../../../storage/analytics/hour-sums.ts';
import { rowsAnswer } from './analytics-answer.ts';
import { completionOf, ratio } from './analytics-figures.ts';
import { type AnswerRow, analyticsRoute, exampleMeta } from './analytics-route.ts';
import { hourRow, weekdayHourRow } from './analytics-schema.ts';

const row = DESCRIBED && z.union([weekdayHourRow(), hourRow()]);

export const hourlyTrendsRoute = analyticsRoute({
  path: '/api/analytics/hourly-trends',
  doc: DESCRIBED && {
    summary: 'At which hours of the day, or of the week, sessions begin',
    description:
      'All 24 hours of the day, or with `by=weekday` all 168 of the week, in `tz`, each summed over the range; the peak hours ' +
      'first. Sessions are put to the hour in which they began.',
    answer: rowsAnswer(row),
    example: {
      data: [{ rank: 1, hour: 21, views: 1_602, share: 0.125, avg_completion_rate: 0.625 }],
      count: 1,
      meta: exampleMeta,
    },
  },
  own: () => ({
    by: z
      .enum(['weekday'], 'must be weekday')
      .optional()
      .describe(DESCRIBED && '`weekday` for the hours of the week')
      .meta(DESCRIBED && { example: 'weekday' }),
  }),
  row: hourRow,
  read: async ({ env }, { tz, range, filters }, { by }) => {
    const sums = await readHourSums(env.DB, { ...range, filters }, offsetPieces(tz, range));
    const byWeekday = by === 'weekday';
    return { data: hourRows(sums, byWeekday), row: byWeekday ? weekdayHourRow() : hourRow() };
  },
});

/** Every hour has a row, though nothing began in it. */
function hourRows(sums: readonly HourSums[], byWeekday: boolean): AnswerRow[] {
  const cells = Array.from({ length: byWeekday ? 168 : 24 }, () => ({
    views: 0,
    completionMilli: 0,
    completions: 0,
  }));
  for (const { weekday, hour, views, completionMilli, completions } of sums) {
    const cell = cells[byWeekday ? (weekday - 1) * 24 + hour : hour];
    if (!cell) throw new Error(`there is no hour ${hour} of weekday ${weekday}`);
    cell.views += views;
    cell.completionMilli += completionMilli;
    cell.completions += completions;
  }
  const total = cells.reduce((sum, { views }) => sum + views, 0);
  const descending = cells.map(({ views }) => views).sort((a, b) => b - a);
  return cells
    .map((cell, index) => ({
      rank: descending.indexOf(cell.views) + 1,
      ...(byWeekday ? { weekday: Math.floor(index / 24) + 1 } : {}),
      hour: index % 24,
      views: cell.views,
      share: ratio(cell.views, total),
      avg_completion_rate: completionOf(cell),
    }))
    .sort((a, b) => a.rank - b.rank);
}
