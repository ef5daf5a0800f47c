import * as z from 'zod';
import { readTopUsers, type UserSums, userSorts } from '../../../storage/analytics/top-users.ts';
import { isoTime } from '../figures.ts';
import { pageAnswer } from './analytics-answer.ts';
import { completionOf, hoursOf } from './analytics-figures.ts';
import {
  type AnswerRow,
  analyticsRoute,
  exampleMeta,
  pageOf,
  pageRowsDefault,
  pageShape,
} from './analytics-route.ts';
import { userRow } from './analytics-schema.ts';
import { shownPeople } from './people-shown.ts';

export const topUsersRoute = analyticsRoute({
  path: '/api/analytics/users',
  doc: DESCRIBED && {
    summary: 'Users by what they have watched',
    description:
      'The users with a session in the range, in pages. Names and addresses come masked to viewers; the audit log notes who ' +
      'was shown them.',
    answer: pageAnswer(userRow()),
    example: {
      data: [
        {
          user_id: '1-8f0c51d2a94e7b36',
          username: 'j***',
          email: 'j***',
          country: 'US',
          subscription_type: 'premium',
          views: 31,
          watch_hours: 28.5,
          avg_completion_rate: 0.625,
          last_seen: '2026-11-21T09:41:07.250Z',
        },
      ],
      count: 1,
      meta: { ...exampleMeta, next_cursor: null },
    },
  },
  unmasked: 'users.read_unmasked',
  own: () => ({
    ...pageShape(),
    sort: z
      .enum(userSorts, `must be one of ${userSorts.join(', ')}`)
      .optional()
      .describe(DESCRIBED && 'What ranks them, the most first. `views` where it is not given')
      .meta(DESCRIBED && { example: 'views' }),
  }),
  rankShape: () => ['number', 'number'],
  row: userRow,
  read: async ({ env }, query, { limit = pageRowsDefault, sort = 'views' }) => {
    const after = query.page.after as [number, number] | null;
    const scope = { ...query.range, filters: query.filters };
    const found = await readTopUsers(env.DB, scope, { sort, limit: limit + 1, after });
    const { rows, next } = pageOf(found, limit, query, ({ sortKey, id }) => [sortKey, id]);
    return { data: shownPeople(rows).map(rowOf), next };
  },
});

function rowOf(user: UserSums): AnswerRow {
  return {
    user_id: user.pseudonym,
    username: user.username,
    email: user.email,
    country: user.country,
    subscription_type: user.subscriptionType,
    views: user.views,
    watch_hours: hoursOf(user.watchMs),
    avg_completion_rate: completionOf(user),
    last_seen: isoTime(user.lastStartMs),
  };
}
