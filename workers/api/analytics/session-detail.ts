import * as z from 'zod';
import { readUsersOneIn } from '../../../core/warehouse/user-sample.ts';
import { readSession, type SessionDetail } from '../../../storage/analytics/session-rows.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { prefersCsv } from '../csv.ts';
import { isoTime } from '../figures.ts';
import { jsonResponse, problemResponse } from '../problem-response.ts';
import { csvResponse } from '../range-answer.ts';
import { timed } from '../request-scope.ts';
import type { Route } from '../route.ts';
import type { ApiContext } from '../stats-query.ts';
import { orStorageUnavailable } from '../storage-answer.ts';
import { objectAnswer } from './analytics-answer.ts';
import { regionFilter } from './analytics-query.ts';
import { exampleMeta } from './analytics-route.ts';
import { sessionData, timelineRow } from './analytics-schema.ts';
import { exampleSession, sessionRowOf } from './session-shown.ts';
import { readTimeline } from './session-timeline.ts';

export const sessionDetailRoute: Route = {
  method: 'GET',
  path: '/api/analytics/sessions/:id',
  role: 'viewer',
  handler: async (context) =>
    await orStorageUnavailable('analytics_unread', async () => await sessionDetail(context)),
  tag: 'Analytics',
  doc: DESCRIBED && {
    summary: 'A viewing session, and what happened in it',
    description:
      'The timeline is read from the lake, so it is there for sessions of the stream alone, and while their parts are kept. ' +
      '`meta.warnings` says why it is not. As CSV the timeline.',
    path: z.object({ id: z.string().describe('`session_id` of the session').meta({ example: 'i-18202' }) }),
    answer: objectAnswer(sessionData),
    example: {
      data: {
        ...exampleSession,
        region: 'US-Virginia',
        timeline: [
          {
            at: '2026-11-21T09:41:07.250Z',
            event_type: 'view',
            duration_seconds: null,
            completion_percentage: null,
            rating: null,
            buffering_count: null,
            quality: 'HD',
            error_code: null,
          },
        ],
      },
      meta: {
        ...exampleMeta,
        from: exampleSession.start_time,
        to: exampleSession.end_time,
        compare: null,
      },
    },
    csv: true,
    problems: ['not_found', 'storage_unavailable'],
  },
};

async function sessionDetail(context: ApiContext): Promise<Response> {
  const { env } = context;
  const nowMs = Date.now();
  const seen = await regionFilter(env.DB, undefined, nowMs);
  if ('response' in seen) return seen.response;
  const session = await timed('d1', readSession(env.DB, context.req.param('id') ?? '', seen.filter));
  if (!session) return problemResponse('not_found', 'There is no such session.');
  const { timeline, warnings } = await readTimeline(env, session);
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, timelineRow(), timeline, null);
  const at = isoTime(session.startMs);
  return jsonResponse({
    data: { ...sessionRowOf(session), region: await regionName(env.DB, session, nowMs), timeline },
    meta: {
      from: at,
      to: isoTime(session.endMs),
      tz: 'UTC',
      compare: null,
      updated_at: at,
      source: 'warehouse',
      users_one_in: readUsersOneIn(env.SESSION_USERS_ONE_IN) ?? 1,
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  });
}

async function regionName(
  db: D1Database,
  { regionNumber }: SessionDetail,
  nowMs: number,
): Promise<string | null> {
  const known = await loadRegions(db, nowMs);
  return known.find(({ number }) => number === regionNumber)?.name ?? null;
}
