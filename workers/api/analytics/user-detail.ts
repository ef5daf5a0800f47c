import * as z from 'zod';
import { readRecentSessions } from '../../../storage/analytics/session-rows.ts';
import { readUser, readUserFigures } from '../../../storage/analytics/user-detail.ts';
import { problemResponse } from '../problem-response.ts';
import { objectAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import { regionFilter, scopeOf } from './analytics-query.ts';
import { analyticsRoute, exampleMeta, type Found } from './analytics-route.ts';
import { sessionRow, userData } from './analytics-schema.ts';
import { genreRowOf } from './group-routes.ts';
import { shownPeople } from './people-shown.ts';
import { exampleSession, recentSessionsMax, sessionRowOf } from './session-shown.ts';

const exampleSums = { views: 31, watch_hours: 28.5, avg_completion_rate: 0.625 };

export const userDetailRoute = analyticsRoute({
  path: '/api/analytics/users/:id',
  doc: DESCRIBED && {
    summary: 'A user, and what was watched',
    description: 'Name and address come masked to viewers. As CSV the last sessions.',
    path: z.object({
      id: z.string().describe('`user_id` of the user').meta({ example: '1-8f0c51d2a94e7b36' }),
    }),
    problems: ['not_found'],
    answer: objectAnswer(userData),
    example: {
      data: {
        user_id: '1-8f0c51d2a94e7b36',
        username: 'j***',
        email: 'j***',
        age: 41,
        gender: 'female',
        country: 'US',
        subscription_type: 'premium',
        signup_date: '2025-02-14',
        is_active: true,
        preferred_genre: 'Drama',
        is_inferred: false,
        figures: { ...exampleSums, previous_views: 28 },
        genres: [{ rank: 1, genre: 'Drama', share: 1, ...exampleSums }],
        recent_sessions: [exampleSession],
      },
      meta: exampleMeta,
    },
  },
  unmasked: 'users.read_unmasked',
  own: () => ({}),
  row: sessionRow,
  read: async (context, query): Promise<Found | Response> => {
    const { DB } = context.env;
    const seen = await regionFilter(DB, undefined, Date.now());
    if ('response' in seen) return seen.response;
    const user = await readUser(DB, context.req.param('id') ?? '', seen.filter);
    if (!user) return problemResponse('not_found', 'There is no such user.');
    const [{ sums, genres }, recent] = await Promise.all([
      readUserFigures(DB, user.id, scopeOf(query)),
      readRecentSessions(DB, 'user', user.id, { ...query.range, filters: query.filters }, recentSessionsMax),
    ]);
    const { id: _, pseudonym, is_active, is_inferred, ...fields } = shownPeople([user])[0] ?? user;
    const sessions = recent.map(sessionRowOf);
    const data = {
      user_id: pseudonym,
      ...fields,
      is_active: is_active === 1,
      is_inferred: is_inferred === 1,
      figures: {
        views: sums.views,
        watch_hours: hoursOf(sums.watchMs),
        avg_completion_rate: completionOf(sums),
        previous_views: sums.previousViews,
      },
      genres: genres.map(genreRowOf).map(({ unique_users: _users, previous_views: _before, ...row }) => row),
      recent_sessions: sessions,
    };
    return { data, csvRows: sessions };
  },
});
