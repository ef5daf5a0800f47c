import * as z from 'zod';
import { eventSchema } from '../../core/protocol/event-schema.ts';
import { ingestAnswer } from '../../core/protocol/ingest-answer.ts';
import type { Env } from '../env.ts';
import { noteForAudit, requestScope } from './request-scope.ts';
import type { Route } from './route.ts';

/** The door for events, given from outside: doors do not see each other. */
export type EventsDoor = (
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  ties: {
    readonly requestId: string;
    /** Told of a refusal whose key is known, though it opens nothing. */
    readonly noteRefused: (key: { readonly id: string; readonly reason: string }) => void;
  },
) => Promise<Response>;

const oneEvent = {
  event_id: 'first-1',
  event_type: 'view',
  timestamp: '2026-11-21T06:35:09Z',
  region: 'EU-London',
  session_id: 's-1',
  user_id: 'u-1',
  content_id: 'movie-42',
  title: 'The Long Way',
};

/** POST /v1/events. */
export function eventsRoute(door: EventsDoor): Route {
  return {
    method: 'POST',
    path: '/v1/events',
    role: 'producer',
    handler: ({ req, env, executionCtx }) =>
      door(req.raw, env, executionCtx as ExecutionContext, {
        requestId: requestScope()?.id ?? '',
        noteRefused: ({ id, reason }) => noteForAudit({ actor: `key:${id}`, details: { reason } }),
      }),
    tag: 'Events',
    doc: DESCRIBED && {
      summary: 'Send events',
      description:
        'One event, an array, `{"batch": [...]}`, or one event a line; plain, or with `content-encoding: gzip` or ' +
        '`deflate`. Each record is judged alone. 202 means that every accepted record is durably queued; any other ' +
        'answer may be retried whole, and nothing counts twice as long as `event_id` and `timestamp` stay the same. The ' +
        "producer's key goes into `authorization: Bearer mq_...`, or into `?key=` where no header can be set.",
      body: z.union([
        eventSchema(),
        z.array(eventSchema()).describe('Many events'),
        z.object({ batch: z.array(eventSchema()) }).describe('Many events in an envelope'),
      ]),
      bodyExample: oneEvent,
      bodyTypes: { 'application/x-ndjson': `${JSON.stringify(oneEvent)}\n` },
      status: 202,
      answer: ingestAnswer(),
      example: {
        receipt: '6f0c2b9a4d1e8375-12',
        received: 1,
        accepted: 1,
        duplicates: 0,
        rejected: 0,
        errors: [],
        errors_truncated: false,
      },
      problems: [
        'unreadable_body',
        'payload_too_large',
        'unsupported_media_type',
        'too_many_requests',
        'overloaded',
        'storage_unavailable',
        'queue_unavailable',
        'not_configured',
      ],
    },
  };
}
