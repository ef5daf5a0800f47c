import * as z from 'zod';
import { unknownLabel } from '../../../storage/analytics/session-filters.ts';
import { type MovieSums, movieSorts, readTopMovies } from '../../../storage/analytics/top-movies.ts';
import { pageAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import { scopeOf } from './analytics-query.ts';
import {
  type AnswerRow,
  analyticsRoute,
  exampleMeta,
  pageOf,
  pageRowsDefault,
  pageShape,
} from './analytics-route.ts';
import { movieRow } from './analytics-schema.ts';

export const topMoviesRoute = analyticsRoute({
  path: '/api/analytics/top-movies',
  doc: DESCRIBED && {
    summary: 'Films by what was watched of them',
    description:
      'The films with a view in the range, the most viewed first unless `sort` says otherwise, in pages.',
    answer: pageAnswer(movieRow()),
    example: {
      data: [
        {
          rank: 1,
          movie_id: 'film-001',
          title: 'Harbour Lights',
          genre: 'Drama',
          content_type: 'film',
          views: 602,
          unique_users: 533,
          watch_hours: 530.5,
          avg_completion_rate: 0.625,
          avg_rating: 7.9,
          previous_views: 588,
        },
      ],
      count: 1,
      meta: { ...exampleMeta, next_cursor: null },
    },
  },
  own: () => ({
    ...pageShape(),
    sort: z
      .enum(movieSorts, `must be one of ${movieSorts.join(', ')}`)
      .optional()
      .describe(DESCRIBED && 'What ranks them. `views` where it is not given')
      .meta(DESCRIBED && { example: 'views' }),
    order: z
      .enum(['asc', 'desc'], 'must be asc or desc')
      .optional()
      .describe(DESCRIBED && '`asc` for the least first. `desc` where it is not given, `asc` for titles')
      .meta(DESCRIBED && { example: 'desc' }),
    q: z
      .string()
      .min(1, 'must not be empty')
      .max(128, 'is too long')
      .optional()
      .describe(DESCRIBED && 'Films with this text in title or id; `rank` stays the one among all')
      .meta(DESCRIBED && { example: 'harbour' }),
  }),
  rankShape: ({ sort }) => [sort === 'title' ? 'string' : 'number', 'string'],
  row: movieRow,
  read: async ({ env }, query, { limit = pageRowsDefault, sort = 'views', order, q }) => {
    const isAscending = order === undefined ? sort === 'title' : order === 'asc';
    const after = query.page.after as [number | string, string] | null;
    const page = { sort, isAscending, search: q ?? null, limit: limit + 1, after };
    const found = await readTopMovies(env.DB, scopeOf(query), page);
    const { rows, next } = pageOf(found, limit, query, ({ sortKey, contentId }) => [sortKey, contentId]);
    return { data: rows.map(rowOf), next };
  },
});

function rowOf(sums: MovieSums): AnswerRow {
  return {
    rank: sums.rank,
    movie_id: sums.contentId,
    title: sums.title,
    genre: sums.genre ?? unknownLabel,
    content_type: sums.contentType,
    views: sums.views,
    unique_users: sums.users,
    watch_hours: hoursOf(sums.watchMs),
    avg_completion_rate: completionOf(sums),
    avg_rating: sums.avgRating,
    previous_views: sums.previousViews,
  };
}
