/** Single sessions, with what is known of their films. */
import { withinSpan } from './figures.ts';
import {
  condition,
  Parameters,
  type SessionScope,
  sessionConditions,
  type ValueFilter,
} from './session-filters.ts';
import { readRows } from './statement.ts';

export interface SessionDetail {
  readonly sourceId: string;
  readonly pseudonym: string;
  readonly contentId: string;
  readonly title: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly watchMs: number;
  readonly completionMilli: number | null;
  readonly deviceType: string | null;
  readonly quality: string | null;
  readonly stalls: number;
  readonly country: string | null;
  readonly subscriptionType: string | null;
  readonly regionNumber: number | null;
}

const columns = `s.source_id AS sourceId, u.pseudonym, m.content_id AS contentId, m.title, s.start_time_ms AS startMs,
  s.end_time_ms AS endMs, s.watch_duration_ms AS watchMs, s.completion_milli AS completionMilli,
  s.device_type AS deviceType, s.quality, s.buffering_count AS stalls, s.user_country AS country,
  s.subscription_type AS subscriptionType, s.region_number AS regionNumber`;
const joins = 'CROSS JOIN users u ON u.id = s.user_id CROSS JOIN movies m ON m.id = s.movie_id';

/** The session of that id, if it is of these regions. */
export async function readSession(
  db: D1Database,
  sourceId: string,
  regions: ValueFilter<number> | null,
): Promise<SessionDetail | null> {
  const parameters = new Parameters();
  const id = parameters.add(sourceId);
  const seen = regions === null ? '' : `AND ${condition('s.region_number', regions, parameters)}`;
  const sql = `SELECT ${columns} FROM viewing_sessions s ${joins} WHERE s.source_id = ${id} ${seen}`;
  const [found = null] = await readRows<SessionDetail>(db, { sql, values: parameters.values });
  return found;
}

/** The last sessions of a film or a user, the newest first. */
export async function readRecentSessions(
  db: D1Database,
  of: 'movie' | 'user',
  id: number,
  scope: SessionScope,
  limit: number,
): Promise<SessionDetail[]> {
  const parameters = new Parameters();
  const time = of === 'user' ? 'start_time_ms' : 'start_slot';
  const sql = `WITH recent AS MATERIALIZED (
      SELECT s.id FROM viewing_sessions s INDEXED BY viewing_sessions_by_${of}
      WHERE s.${of}_id = ${parameters.add(id)} AND ${withinSpan(scope, parameters, time)}
        ${sessionConditions(scope.filters, parameters)}
      ORDER BY s.${time} DESC LIMIT ${parameters.add(limit)})
    SELECT ${columns} FROM recent r CROSS JOIN viewing_sessions s ON s.id = r.id ${joins}
    ORDER BY startMs DESC, sourceId`;
  return await readRows(db, { sql, values: parameters.values });
}
