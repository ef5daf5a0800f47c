/** Replays in D1 (RPL-1): of two over the same hours the second is not begun, and one that is over writes nothing. */
import { and, desc, eq, lt, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { HourSpan, ReplayState } from '../core/batch/replay.ts';
import { type RegionHour, standing } from './batch-store.ts';
import { replays } from './lake-schema.ts';
import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

/** What is asked for: hours of these regions. */
export interface AskedReplay {
  readonly id: string;
  /** Epoch hours, half-open. */
  readonly fromHour: number;
  readonly toHour: number;
  /** Numbers of regions, ascending. */
  readonly regions: readonly number[];
  /** Id of a person. */
  readonly startedBy: string;
}

export interface Replay extends AskedReplay {
  readonly state: ReplayState;
  /** Hours of regions: its places. */
  readonly hours: number;
  /** Places before it have been looked at. */
  readonly nextPlace: number;
  readonly hoursEmpty: number;
  readonly hoursSkipped: number;
  readonly skipped: readonly HourSpan[];
  /** As the range was when it had been sealed; null before. */
  readonly parts: number | null;
  readonly events: number | null;
  readonly instance: number;
  readonly startedAtMs: number;
  readonly progressedAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface ReplayPage {
  readonly limit: number;
  /** The last replay of the page before; null for the first page. */
  readonly after: { readonly atMs: number; readonly id: string } | null;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** Over one of the hours from ?1 to ?2 of the regions ?3. */
const overlapping = `r.state = 'running' AND r.from_hour < ?2 AND r.to_hour > ?1
  AND EXISTS (SELECT 1 FROM json_each(r.regions) a JOIN json_each(?3) b ON b.value = a.value)`;

const startSql = `INSERT INTO replays (id, state, from_hour, to_hour, regions, hours, next_place, hours_empty,
    hours_skipped, skipped, instance, started_by, started_at, progressed_at)
  SELECT ?4, 'running', ?1, ?2, ?3, (?2 - ?1) * json_array_length(?3), 0, 0, 0, '[]', 1, ?5, ?6, ?6
  WHERE NOT EXISTS (SELECT 1 FROM replays r WHERE ${overlapping})`;

const overlappingSql = `SELECT r.id AS id FROM replays r WHERE ${overlapping} ORDER BY r.started_at, r.id LIMIT 1`;

/** Null where it stands; else the id of the replay over some of these hours that came before. D1 has one writer. */
export async function startReplay(db: D1Database, asked: AskedReplay, nowMs: number): Promise<string | null> {
  const { id, fromHour, toHour, regions, startedBy } = asked;
  const range = [fromHour, toHour, JSON.stringify(regions)];
  const [started, other] = await needsMigration(() =>
    db.batch([
      db.prepare(startSql).bind(...range, id, startedBy, isoTime(nowMs)),
      db.prepare(overlappingSql).bind(...range),
    ]),
  );
  if ((started?.meta.changes ?? 0) > 0) return null;
  return (other?.results[0] as { id: string } | undefined)?.id ?? '';
}

export async function readReplay(db: D1Database, id: string): Promise<Replay | null> {
  const [row] = await needsMigration(() => drizzle(db).select().from(replays).where(eq(replays.id, id)));
  return row ? replayOf(row) : null;
}

/** A page of replays, newest first. Throws StoredDataError. */
export async function readReplays(db: D1Database, { limit, after }: ReplayPage): Promise<Replay[]> {
  const at = isoTime(after?.atMs ?? 0);
  const older = or(
    lt(replays.started_at, at),
    and(eq(replays.started_at, at), lt(replays.id, after?.id ?? '')),
  );
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(replays)
      .where(after ? older : undefined)
      .orderBy(desc(replays.started_at), desc(replays.id))
      .limit(limit),
  );
  return rows.map(replayOf);
}

/** Those that are said to run and have not got on since then, oldest first. */
export async function readStalledReplays(db: D1Database, sinceMs: number, limit: number): Promise<Replay[]> {
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(replays)
      .where(and(eq(replays.state, 'running'), lt(replays.progressed_at, isoTime(sinceMs))))
      .orderBy(replays.progressed_at)
      .limit(limit),
  );
  return rows.map(replayOf);
}

const listedSql = `SELECT count(*) AS parts, coalesce(sum(p.events), 0) AS events FROM lake_parts p
  WHERE p.hour >= ?1 AND p.hour < ?2 AND p.region_number IN (SELECT value FROM json_each(?3))`;

/** Notes what its range holds, for the estimate. */
export async function noteListed(db: D1Database, replay: Replay, nowMs: number): Promise<void> {
  const { id, fromHour, toHour, regions } = replay;
  const listed = await db
    .prepare(listedSql)
    .bind(fromHour, toHour, JSON.stringify(regions))
    .first<{ parts: number; events: number }>();
  await drizzle(db)
    .update(replays)
    .set({ ...listed, progressed_at: isoTime(nowMs) })
    .where(and(eq(replays.id, id), eq(replays.state, 'running')));
}

/** It has got on, or has been given another chance to. */
export async function touchReplay(db: D1Database, id: string, nowMs: number): Promise<void> {
  await drizzle(db)
    .update(replays)
    .set({ progressed_at: isoTime(nowMs) })
    .where(and(eq(replays.id, id), eq(replays.state, 'running')));
}

/** The next Workflow instance carries it on. False where another has been told so, or it is over. */
export async function handOn(db: D1Database, id: string, instance: number, nowMs: number): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(replays)
    .set({ instance: instance + 1, progressed_at: isoTime(nowMs) })
    .where(and(eq(replays.id, id), eq(replays.state, 'running'), eq(replays.instance, instance)));
  return meta.changes > 0;
}

/** Of a run that went with its replay. */
export const wentWithIt = 'its replay was cancelled';

const stopRunsSql = `UPDATE batch_runs SET state = 'cancelled', error = '${wentWithIt}', finished_at = ?2, progressed_at = ?2
  WHERE replay_id = ?1 AND ${standing}
    AND EXISTS (SELECT 1 FROM replays r WHERE r.id = ?1 AND r.state <> 'running')`;

const cancelSql = `UPDATE replays SET state = 'cancelled', finished_at = ?2, progressed_at = ?2
  WHERE id = ?1 AND state = 'running'`;

/** Ends one that runs, and its runs with it, which write nothing more. False where it was over. */
export async function cancelReplay(db: D1Database, id: string, nowMs: number): Promise<boolean> {
  const [cancelled] = await db.batch(
    [cancelSql, stopRunsSql].map((sql) => db.prepare(sql).bind(id, isoTime(nowMs))),
  );
  return (cancelled?.meta.changes ?? 0) > 0;
}

const finishSql = `UPDATE replays SET finished_at = ?2, progressed_at = ?2,
    state = iif(EXISTS (SELECT 1 FROM batch_runs b WHERE b.replay_id = ?1 AND b.state <> 'done'),
      'done_with_failures', 'done')
  WHERE id = ?1 AND state = 'running' AND next_place >= hours
    AND NOT EXISTS (SELECT 1 FROM batch_runs b WHERE b.replay_id = ?1 AND b.${standing})`;

/** Ends it where all its hours are over; true where that is so. */
export async function finishReplay(db: D1Database, id: string, nowMs: number): Promise<boolean> {
  const { meta } = await db.prepare(finishSql).bind(id, isoTime(nowMs)).run();
  return meta.changes > 0;
}

/** Its places are numbered hour by hour, and in an hour by region. */
export function placeOf({ fromHour, regions }: AskedReplay, place: number): RegionHour {
  const regionNumber = regions[place % regions.length] ?? 0;
  return { regionNumber, hour: fromHour + Math.floor(place / regions.length) };
}

function replayOf(row: typeof replays.$inferSelect): Replay {
  const skipped = listOf<readonly [number, number, number]>(row.id, row.skipped);
  return {
    id: row.id,
    state: row.state,
    fromHour: row.from_hour,
    toHour: row.to_hour,
    regions: listOf<number>(row.id, row.regions),
    hours: row.hours,
    nextPlace: row.next_place,
    hoursEmpty: row.hours_empty,
    hoursSkipped: row.hours_skipped,
    skipped: skipped.map(([regionNumber, fromHour, toHour]) => ({ regionNumber, fromHour, toHour })),
    parts: row.parts,
    events: row.events,
    instance: row.instance,
    startedBy: row.started_by,
    startedAtMs: Date.parse(row.started_at),
    progressedAtMs: Date.parse(row.progressed_at),
    finishedAtMs: row.finished_at === null ? null : Date.parse(row.finished_at),
  };
}

function listOf<T>(id: string, text: string): readonly T[] {
  let read: unknown = null;
  try {
    read = JSON.parse(text);
  } catch {
    // Told below, with the row it is of.
  }
  if (Array.isArray(read)) return read as T[];
  throw new StoredDataError('replays', id, 'regions or skipped are no list');
}
