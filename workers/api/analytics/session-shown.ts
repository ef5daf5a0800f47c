/** A session as the API answers it. */
import type { SessionDetail } from '../../../storage/analytics/session-rows.ts';
import { isoTime } from '../figures.ts';
import type { AnswerRow } from './analytics-route.ts';

/** Sessions of a detail page. */
export const recentSessionsMax = 20;

export function sessionRowOf(session: SessionDetail): AnswerRow {
  return {
    session_id: session.sourceId,
    user_id: session.pseudonym,
    movie_id: session.contentId,
    title: session.title,
    start_time: isoTime(session.startMs),
    end_time: isoTime(session.endMs),
    watch_duration_minutes: session.watchMs / 60_000,
    completion_rate: session.completionMilli === null ? null : session.completionMilli / 1000,
    device_type: session.deviceType,
    quality: session.quality,
    buffering_count: session.stalls,
    country: session.country,
    subscription_type: session.subscriptionType,
  };
}

export const exampleSession = {
  session_id: 'i-18202',
  user_id: '1-8f0c51d2a94e7b36',
  movie_id: 'film-001',
  title: 'Harbour Lights',
  start_time: '2026-11-21T09:41:07.250Z',
  end_time: '2026-11-21T11:04:51.000Z',
  watch_duration_minutes: 83.5,
  completion_rate: 0.875,
  device_type: 'mobile',
  quality: 'HD',
  buffering_count: 1,
  country: 'US',
  subscription_type: 'premium',
};
