/** Sessions by genre, device, country and quality. */
import { analyticsPageMax } from '../../../core/protocol/analytics-limits.ts';
import { type GroupSums, readGroups, readQualities } from '../../../storage/analytics/group-sums.ts';
import { unknownLabel } from '../../../storage/analytics/session-filters.ts';
import { wholeNumber } from '../parameters.ts';
import { rowsAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf, ratio } from './analytics-figures.ts';
import { scopeOf } from './analytics-query.ts';
import { type AnswerRow, analyticsRoute, exampleMeta, pageRowsDefault } from './analytics-route.ts';
import { countryRow, deviceRow, genreRow, qualityRow } from './analytics-schema.ts';

export function genreRowOf(sums: GroupSums): AnswerRow {
  return {
    rank: sums.rank,
    genre: sums.name ?? unknownLabel,
    views: sums.views,
    share: sums.share,
    unique_users: sums.users,
    watch_hours: hoursOf(sums.watchMs),
    avg_completion_rate: completionOf(sums),
    previous_views: sums.previousViews,
  };
}

export function deviceRowOf({ stalls, ...sums }: GroupSums): AnswerRow {
  const { genre, previous_views, ...rest } = genreRowOf({ ...sums, stalls });
  return {
    ...rest,
    device_type: genre,
    buffering_per_hour: ratio(stalls, hoursOf(sums.watchMs)),
    previous_views,
  };
}

export function countryRowOf(sums: GroupSums): AnswerRow {
  const { genre, unique_users, ...rest } = genreRowOf(sums);
  return { ...rest, country: genre, user_count: unique_users };
}

const exampleSums = {
  rank: 1,
  views: 602,
  share: 0.25,
  watch_hours: 530.5,
  avg_completion_rate: 0.625,
  previous_views: 588,
};

export const genresRoute = analyticsRoute({
  path: '/api/analytics/genres',
  doc: DESCRIBED && {
    summary: 'Views by genre',
    description: 'The genres of the films with a view in the range, the most viewed first.',
    answer: rowsAnswer(genreRow()),
    example: { data: [{ ...exampleSums, genre: 'Drama', unique_users: 533 }], count: 1, meta: exampleMeta },
  },
  own: () => ({}),
  row: genreRow,
  read: async ({ env }, query) => ({
    data: (await readGroups(env.DB, 'genre', scopeOf(query))).map(genreRowOf),
  }),
});

export const warehouseDevicesRoute = analyticsRoute({
  path: '/api/analytics/devices',
  doc: DESCRIBED && {
    summary: 'Views by device',
    description: 'The devices with a view in the range, the most viewed first.',
    answer: rowsAnswer(deviceRow()),
    example: {
      data: [{ ...exampleSums, device_type: 'mobile', unique_users: 533, buffering_per_hour: 0.5 }],
      count: 1,
      meta: exampleMeta,
    },
  },
  own: () => ({}),
  row: deviceRow,
  read: async ({ env }, query) => ({
    data: (await readGroups(env.DB, 'device', scopeOf(query))).map(deviceRowOf),
  }),
});

export const geographicRoute = analyticsRoute({
  path: '/api/analytics/geographic',
  doc: DESCRIBED && {
    summary: 'Views by country',
    description: 'The countries with the most views in the range. `share` is of the views of all countries.',
    answer: rowsAnswer(countryRow()),
    example: { data: [{ ...exampleSums, country: 'US', user_count: 533 }], count: 1, meta: exampleMeta },
  },
  own: () => ({
    limit: wholeNumber(1, analyticsPageMax)
      .optional()
      .describe(
        DESCRIBED && `Countries at most, 1 to ${analyticsPageMax}. ${pageRowsDefault} where it is not given`,
      )
      .meta(DESCRIBED && { example: String(pageRowsDefault) }),
  }),
  row: countryRow,
  read: async ({ env }, query, { limit = pageRowsDefault }) => ({
    data: (await readGroups(env.DB, 'country', scopeOf(query))).slice(0, limit).map(countryRowOf),
  }),
});

export const qualityRoute = analyticsRoute({
  path: '/api/analytics/quality',
  doc: DESCRIBED && {
    summary: 'Views by quality of the picture and device, and how often the player stalled',
    description: 'Each quality on each device with a view in the range, the most viewed first.',
    answer: rowsAnswer(qualityRow()),
    example: {
      data: [
        {
          quality: 'HD',
          device_type: 'mobile',
          views: 602,
          sessions_with_buffering_share: 0.25,
          buffering_per_hour: 0.5,
          avg_completion_rate: 0.625,
        },
      ],
      count: 1,
      meta: exampleMeta,
    },
  },
  own: () => ({}),
  row: qualityRow,
  read: async ({ env }, query) => ({
    data: (await readQualities(env.DB, scopeOf(query))).map((sums) => ({
      quality: sums.quality ?? unknownLabel,
      device_type: sums.device ?? unknownLabel,
      views: sums.views,
      sessions_with_buffering_share: ratio(sums.stalledViews, sums.views),
      buffering_per_hour: ratio(sums.stalls, hoursOf(sums.watchMs)),
      avg_completion_rate: completionOf(sums),
    })),
  }),
});
