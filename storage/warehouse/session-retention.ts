/** Sessions whose time is over (RET-3), in D1 and, much later, in the lake. */
import { hoursKeptMs, retentionPlacesMax } from '../../core/protocol/batch-limits.ts';
import { packedKey } from '../../core/protocol/region.ts';
import { sessionRowsMax, sessionsKeptMs } from '../../core/protocol/warehouse-limits.ts';
import type { Removed, RetentionPorts } from '../retention.ts';
import { addressOf } from '../window-store.ts';
import { refreshAggregates, refreshMovies } from './refresh.ts';
import { clearHour, listHour } from './session-clear.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const slotsPerDay = 96;

/**
 * The first day that stays: none before sessionsKeptMs, nor one with which and the later ones there would be more than
 * the cap. The day of the clock stays whatever it holds: what is not over is not removed.
 */
const firstDaySql = `SELECT min(day) AS day FROM (
    SELECT day, sum(views) OVER (ORDER BY day DESC) AS up_to FROM (
      SELECT start_slot / ${slotsPerDay} AS day, count(*) AS views FROM viewing_sessions
      WHERE start_slot >= ?1 * ${slotsPerDay} GROUP BY day))
  WHERE up_to <= ?2 OR day >= ?3`;

const daysSql = `SELECT start_slot / ${slotsPerDay} AS day FROM viewing_sessions WHERE start_slot < ?1 * ${slotsPerDay}
  UNION SELECT day FROM daily_analytics WHERE day < ?1 ORDER BY day LIMIT ?2`;

/** Whole days, the oldest first, and the sums with them. Those that died before the sums were made go on with these. */
export async function removeSessions(
  { db, nowMs }: Pick<RetentionPorts, 'db' | 'nowMs'>,
  rowsMax = sessionRowsMax,
): Promise<Removed> {
  const today = Math.floor(nowMs / dayMs);
  const oldest = Math.floor((nowMs - sessionsKeptMs) / dayMs);
  const kept = await db.prepare(firstDaySql).bind(oldest, rowsMax, today).first<number | null>('day');
  const { results } = await db
    .prepare(daysSql)
    .bind(kept ?? today, retentionPlacesMax)
    .all<{ day: number }>();
  const days = results.map(({ day }) => day);
  if (days.length === 0) return { removed: 0, more: false };
  let removed = 0;
  for (const day of days) {
    const query = db.prepare('DELETE FROM viewing_sessions WHERE start_slot >= ?1 AND start_slot < ?2');
    removed += (await query.bind(day * slotsPerDay, (day + 1) * slotsPerDay).run()).meta.changes;
  }
  await refreshMovies(db, 'all');
  // Last: while these days have sums, the next look finds them.
  await refreshAggregates(db, { fromDay: days[0] as number, toDay: (days.at(-1) as number) + 1 });
  return { removed, more: days.length === retentionPlacesMax };
}

const hoursSql = `SELECT s.key AS key, s.files AS files FROM json_each(?1) r CROSS JOIN session_hours s
  WHERE s.key >= r.value ->> '$[0]' AND s.key < r.value ->> '$[1]' AND s.claimed_at < ?2 LIMIT ?3`;

/** Hours that are old and were put together long ago: their files in the lake, and then what is known of them. */
export async function removeSessionHours({ db, bucket, regions, nowMs }: RetentionPorts): Promise<Removed> {
  const cutMs = nowMs - hoursKeptMs;
  const ranges = regions.map(({ number }) => [
    packedKey(number, 0, 0),
    packedKey(number, 0, Math.floor(cutMs / hourMs)),
  ]);
  const query = db
    .prepare(hoursSql)
    .bind(JSON.stringify(ranges), new Date(cutMs).toISOString(), retentionPlacesMax);
  const { results } = await query.all<{ key: number; files: string }>();
  const regionOf = new Map(regions.map(({ number, name }) => [number, name]));
  for (const { key, files } of results) {
    const { regionNumber, minute: hour } = addressOf(key);
    const named = JSON.parse(files) as string[];
    // Also what a run has left that came to no end.
    const place = { regionNumber, hour, region: regionOf.get(regionNumber) ?? '' };
    await clearHour(bucket, place, null, [...named, ...(await listHour(bucket, place, named))]);
    await db.prepare('DELETE FROM session_hours WHERE key = ?1').bind(key).run();
  }
  return { removed: results.length, more: results.length === retentionPlacesMax };
}
