import * as z from 'zod';
import { contentIdLengthMax } from '../../../core/protocol/limits.ts';
import { offsetPieces } from '../../../core/warehouse/local-days.ts';
import { type MovieDetail, readMovie, readMovieFigures } from '../../../storage/analytics/movie-detail.ts';
import { unknownLabel } from '../../../storage/analytics/session-filters.ts';
import { readRecentSessions } from '../../../storage/analytics/session-rows.ts';
import { invalidParameters, problemResponse } from '../problem-response.ts';
import { person } from '../request-scope.ts';
import { objectAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import { scopeOf } from './analytics-query.ts';
import { type AnswerRow, analyticsRoute, exampleMeta, type Found } from './analytics-route.ts';
import { dailyRow, movieData } from './analytics-schema.ts';
import { dailyRowsOf } from './daily-trends.ts';
import { countryRowOf, deviceRowOf } from './group-routes.ts';
import { exampleSession, recentSessionsMax, sessionRowOf } from './session-shown.ts';

const exampleSums = { views: 602, unique_users: 533, watch_hours: 530.5, avg_completion_rate: 0.625 };
const exampleGroup = { rank: 1, views: 402, share: 0.75, watch_hours: 330.5, avg_completion_rate: 0.5 };

export const movieDetailRoute = analyticsRoute({
  path: '/api/analytics/movies/:id',
  doc: DESCRIBED && {
    summary: 'A film, and what was watched of it',
    description: 'As CSV its days.',
    path: z.object({
      id: z
        .string()
        .min(1)
        .max(contentIdLengthMax)
        .describe('`movie_id` of the film')
        .meta({ example: 'film-001' }),
    }),
    problems: ['not_found'],
    answer: objectAnswer(movieData),
    example: {
      data: {
        movie_id: 'film-001',
        title: 'Harbour Lights',
        genre: 'Drama',
        content_type: 'film',
        duration_minutes: 104,
        release_date: '2024-03-08',
        director: 'Mei Tanaka',
        cast: 'Ana Silva, Jon Berg',
        country: 'US',
        language: 'en',
        avg_rating: 7.9,
        rating_count: 812,
        total_views: 1_402,
        figures: { ...exampleSums, previous_views: 588 },
        daily: [{ date: '2026-11-21', ...exampleSums, previous_views: 20, previous_date: '2026-10-22' }],
        devices: [{ ...exampleGroup, device_type: 'mobile', unique_users: 390, previous_views: 388 }],
        countries: [{ ...exampleGroup, country: 'US', user_count: 390, previous_views: 388 }],
        recent_sessions: [exampleSession],
      },
      meta: exampleMeta,
    },
  },
  own: () => ({}),
  row: dailyRow,
  read: async (context, query): Promise<Found | Response> => {
    const { DB } = context.env;
    const id = context.req.param('id') ?? '';
    if (query.filters.content_id)
      return invalidParameters([{ parameter: 'content_id', message: 'is in the path already' }]);
    const movie = await readMovie(DB, id);
    if (!movie) return problemResponse('not_found', 'There is no such film.');
    const scope = scopeOf(query);
    const { fromSlot, toSlot, previousFromSlot } = scope;
    const pieces = offsetPieces(query.tz, { fromSlot: previousFromSlot ?? fromSlot, toSlot });
    const [figures, recent] = await Promise.all([
      readMovieFigures(DB, movie.id, scope, pieces),
      readRecentSessions(
        DB,
        'movie',
        movie.id,
        { ...query.range, filters: query.filters },
        recentSessionsMax,
      ),
    ]);
    const daily = dailyRowsOf(query, new Map(figures.days.map((day) => [day.day, day])));
    const { sums } = figures;
    const data = {
      ...movieFieldsOf(movie),
      figures: {
        views: sums.views,
        unique_users: sums.users,
        watch_hours: hoursOf(sums.watchMs),
        avg_completion_rate: completionOf(sums),
        previous_views: sums.previousViews,
      },
      daily,
      devices: figures.devices.map(deviceRowOf).map(withoutStalls),
      countries: figures.countries.map(countryRowOf),
      recent_sessions: recent.map(sessionRowOf),
    };
    return { data, csvRows: daily };
  },
});

function withoutStalls(row: AnswerRow): AnswerRow {
  const { buffering_per_hour: _stalls, ...rest } = row;
  return rest;
}

function movieFieldsOf(movie: MovieDetail): AnswerRow {
  const { id: _, content_id, genre, total_views, ...fields } = movie;
  return {
    movie_id: content_id,
    genre: genre ?? unknownLabel,
    ...fields,
    // Counted across all regions.
    total_views: person().regions === '*' ? total_views : null,
  };
}
