/** What happened in a session, as the lake has it. */
import type { SessionDetail } from '../../../storage/analytics/session-rows.ts';
import type { Env } from '../../env.ts';
import type { AnswerRow } from './analytics-route.ts';

export interface Timeline {
  readonly timeline: readonly AnswerRow[];
  /** Why it is not whole. */
  readonly warnings: readonly string[];
}

export async function readTimeline(_env: Env, { sourceId }: SessionDetail): Promise<Timeline> {
  if (!sourceId.startsWith('s-')) return { timeline: [], warnings: ['An imported session has no events.'] };
  return { timeline: [], warnings: ['Its events are not kept.'] };
}
