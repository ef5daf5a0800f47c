/** Contents hour by hour or day by day: the tables content_hourly and content_daily (docs/batch-tables.md). */
import * as z from 'zod';
import { contentsByHourHoursMax } from '../../core/protocol/batch-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { amount, count, downloadShape, time } from './answer-schema.ts';
import { exampleMeta, lastTitle, movieId, summedTable } from './batch.ts';
import { type ContentSum, sumContentSteps } from './batch-sums.ts';
import type { BatchRow, BatchTable } from './batch-table.ts';
import { compareRanks, type Rank, type Ranking } from './cursor.ts';
import { downloadFigures, isoTime, reader } from './figures.ts';

const hourMs = 3_600_000;

const ranking: Ranking<BatchRow> = {
  of: (row) => [String(row.window_start), Number(row.total_events), String(row.content_id)],
  shape: ['string', 'number', 'string'],
};
const isAfter = (row: BatchRow, after: Rank | null): boolean =>
  after === null || compareRanks(ranking.of(row), after) > 0;

export const contentTable: BatchTable = {
  ...summedTable,
  path: '/api/batch/content',
  summary: DESCRIBED && 'Contents hour by hour or day by day, as the batch layer counts them',
  description:
    DESCRIBED &&
    'The tables `content_hourly` and `content_daily`, across the regions: a row for each content and hour or day in ' +
      'which there was an event of it; the most active first within each.',
  own: () => ({
    by: z
      .enum(['hour', 'day'], 'must be hour or day')
      .optional()
      .describe(
        DESCRIBED &&
          `\`hour\` for a row in each hour, of at most ${contentsByHourHoursMax} hours, or \`day\`. ` +
            '`day` where it is not given',
      )
      .meta(DESCRIBED && { example: 'day' }),
  }),
  row: once(() =>
    z.strictObject({
      window_start: time(DESCRIBED && 'Start of the hour or day'),
      window_end: time(DESCRIBED && 'Its end, which is not part of it'),
      content_id: movieId(),
      title: lastTitle(),
      content_type: z
        .string()
        .nullable()
        .describe(DESCRIBED && 'Last known in the range; null where never told'),
      total_events: count(DESCRIBED && 'Events of all types').min(1),
      view_count: count(DESCRIBED && 'Events of type `view`'),
      complete_count: count(DESCRIBED && 'Events of type `complete`'),
      watched_seconds: amount(DESCRIBED && 'Watch time'),
      ...downloadShape(),
      rating_count: count(DESCRIBED && 'Events that tell a rating'),
      avg_rating: amount(DESCRIBED && 'Their mean, 1 to 10; null without').nullable(),
    }),
  ),
  ranking,
  check: (context, { fromHour, toHour }) =>
    context.req.query('by') === 'hour' && toHour - fromHour > contentsByHourHoursMax
      ? { parameter: 'by', message: `hour goes with at most ${contentsByHourHoursMax} hours` }
      : null,
  read: async (db, query, context, merged) => {
    const step = context.req.query('by') === 'hour' ? 1 : 24;
    const { limit, after } = query.page;
    // Rows rank by time first, so that a page goes on where the one before ended.
    const fromHour = after === null ? 0 : Math.floor(Date.parse(String(after[0])) / hourMs);
    const isEnough = (sums: readonly ContentSum[]): boolean => {
      const ranked = sums.filter((sum) => sum.counters[0] !== 0 && isAfter(contentRow(sum, step), after));
      return ranked.length > limit;
    };
    const { sums, warnings, titlesOf } = await sumContentSteps(db, query, merged, {
      step,
      fromHour,
      isEnough,
    });
    const finish = async (page: readonly BatchRow[]): Promise<readonly BatchRow[]> => {
      const ids = [...new Set(page.map((row) => String(row.content_id)))];
      const titles = await titlesOf(ids, true);
      return page.map((row) => {
        const { title, type } = titles.of(String(row.content_id));
        return { ...row, title, content_type: type };
      });
    };
    return { rows: sums.map((sum) => contentRow(sum, step)), warnings, finish };
  },
  example: DESCRIBED && {
    data: [
      {
        window_start: '2026-11-20T00:00:00.000Z',
        window_end: '2026-11-21T00:00:00.000Z',
        content_id: 'film-001',
        title: 'Harbour Lights',
        content_type: 'film',
        total_events: 310_402,
        view_count: 41_208,
        complete_count: 22_114,
        watched_seconds: 151_002_931.5,
        total_downloads: 8_120,
        successful_downloads: 8_001,
        failed_downloads: 119,
        slow_downloads: 402,
        success_rate: 0.985,
        error_rate: 0.015,
        avg_speed_mbps: 41.2,
        rating_count: 812,
        avg_rating: 7.9,
      },
    ],
    count: 1,
    meta: exampleMeta,
  },
};

function contentRow({ contentId, hour, counters }: ContentSum, step: 1 | 24): BatchRow {
  const of = reader(counters);
  const rated = of('rating_count');
  return {
    window_start: isoTime(hour * hourMs),
    window_end: isoTime((hour + step) * hourMs),
    content_id: contentId,
    title: null,
    content_type: null,
    total_events: of('events'),
    view_count: of('views'),
    complete_count: of('completes'),
    watched_seconds: of('watched_ms_sum') / 1000,
    ...downloadFigures(counters),
    rating_count: rated,
    avg_rating: rated === 0 ? null : of('rating_milli_sum') / 1000 / rated,
  };
}
