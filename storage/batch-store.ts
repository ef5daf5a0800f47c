/** Runs of the batch layer in D1 (BAT-1): at most one that stands over a region and hour, whoever asks and when. */
import { and, desc, eq, gte, inArray, lt, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { BatchDifference, BatchReason, BatchState } from '../core/batch/batch-run.ts';
import { packedKey } from '../core/protocol/region.ts';
import { batchRuns } from './lake-schema.ts';
import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

/** What a run is over. */
export interface RegionHour {
  readonly regionNumber: number;
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
}

export interface AskedRun extends RegionHour {
  readonly id: string;
  readonly reason: BatchReason;
  readonly replayId: string | null;
}

export interface RunAccounts {
  readonly events: number;
  readonly lateAdded: number;
  readonly lateTwins: number;
}

export interface BatchRun extends AskedRun, RunAccounts {
  readonly state: BatchState;
  readonly parts: number;
  readonly partsDone: number;
  readonly windowsChanged: number;
  readonly differences: readonly BatchDifference[];
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly progressedAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface RunFilter {
  /** Numbers of regions; null for all. */
  readonly regions: readonly number[] | null;
  readonly state: BatchState | null;
  readonly reason: BatchReason | null;
  /** Epoch hours, half-open. */
  readonly fromHour: number;
  readonly toHour: number;
}

export interface RunPage {
  readonly limit: number;
  /** The last run of the page before; null for the first page. */
  readonly after: { readonly atMs: number; readonly id: string } | null;
}

/** `waiting` and `running`: the run is not over. */
export const standing = `state IN ('waiting', 'running')`;

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** What inserts the runs of ?1 at ?2: all of them wait. A condition may follow; `a` is the run that is asked for. */
export const insertRunsSql = `INSERT INTO batch_runs (id, region_number, hour, reason, replay_id, state, parts, parts_done,
    events, late_added, late_twins, windows_changed, differences, created_at, progressed_at)
  SELECT a.value ->> '$[0]', a.value ->> '$[1]', a.value ->> '$[2]', a.value ->> '$[3]', a.value ->> '$[4]',
    'waiting', 0, 0, 0, 0, 0, 0, '[]', ?2, ?2
  FROM json_each(?1) a WHERE`;

/** As insertRunsSql reads them. */
export function runsText(asked: readonly AskedRun[]): string {
  return JSON.stringify(
    asked.map(({ id, regionNumber, hour, reason, replayId }) => [
      id,
      regionNumber,
      hour,
      reason,
      replayId,
      packedKey(regionNumber, 0, hour),
    ]),
  );
}

/**
 * Frozen hours are passed over, and so are hours over which a run stands: of two that ask at once the first gets it,
 * since D1 has one writer.
 */
const addSql = `${insertRunsSql} NOT EXISTS (SELECT 1 FROM batch_runs r
      WHERE r.hour = a.value ->> '$[2]' AND r.region_number = a.value ->> '$[1]' AND r.${standing})
    AND NOT EXISTS (SELECT 1 FROM batch_hours h WHERE h.key = a.value ->> '$[5]' AND h.frozen)
  RETURNING id`;

/** Adds runs over different regions or hours, and returns the ids of those that were: the others are held off. */
export async function addRuns(
  db: D1Database,
  asked: readonly AskedRun[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const statement = db.prepare(addSql).bind(runsText(asked), isoTime(nowMs));
  const { results } = await needsMigration(() => statement.all<{ id: string }>());
  return new Set(results.map(({ id }) => id));
}

/** A waiting run whose hour was found open is tried again after this long. */
export const openRetryMs = 5 * 60_000;

const startSql = `UPDATE batch_runs SET state = 'running', error = NULL, progressed_at = ?2
  WHERE id IN (SELECT id FROM batch_runs
    WHERE state = 'waiting' AND (error IS NULL OR progressed_at <= ?3) ORDER BY created_at, id
    LIMIT max(0, ?1 - (SELECT count(*) FROM batch_runs WHERE state = 'running')))
  RETURNING id, region_number AS regionNumber, hour`;

/** Makes the oldest waiting runs running, up to so many at once, and returns them: their work is to be begun. */
export async function startRuns(
  db: D1Database,
  atOnceMax: number,
  nowMs: number,
): Promise<(RegionHour & { readonly id: string })[]> {
  const { results } = await db
    .prepare(startSql)
    .bind(atOnceMax, isoTime(nowMs), isoTime(nowMs - openRetryMs))
    .all<RegionHour & { readonly id: string }>();
  return results;
}

/** Notes how far a run is. False where it no longer runs: it was cancelled, or is over. */
export async function noteProgress(
  db: D1Database,
  id: string,
  { parts, partsDone }: Pick<BatchRun, 'parts' | 'partsDone'>,
  nowMs: number,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(batchRuns)
    .set({ parts, parts_done: partsDone, progressed_at: isoTime(nowMs) })
    .where(and(eq(batchRuns.id, id), eq(batchRuns.state, 'running')));
  return meta.changes > 0;
}

/** The hour is not sealed: the run waits on, and says why. */
export async function putOff(db: D1Database, id: string, why: string, nowMs: number): Promise<void> {
  await drizzle(db)
    .update(batchRuns)
    .set({ state: 'waiting', error: why, progressed_at: isoTime(nowMs) })
    .where(and(eq(batchRuns.id, id), eq(batchRuns.state, 'running')));
}

/** Ends a run that stands. False where it was over. */
export async function endRun(
  db: D1Database,
  id: string,
  state: 'failed' | 'cancelled',
  why: string | null,
  nowMs: number,
): Promise<boolean> {
  const at = isoTime(nowMs);
  const { meta } = await drizzle(db)
    .update(batchRuns)
    .set({ state, error: why, finished_at: at, progressed_at: at })
    .where(and(eq(batchRuns.id, id), inArray(batchRuns.state, ['waiting', 'running'])));
  return meta.changes > 0;
}

export async function readRun(db: D1Database, id: string): Promise<BatchRun | null> {
  const [row] = await needsMigration(() => drizzle(db).select().from(batchRuns).where(eq(batchRuns.id, id)));
  return row ? runOf(row) : null;
}

/** Those of the runs that there are, by hour and region. Throws StoredDataError. */
export async function readRunsById(db: D1Database, ids: readonly string[]): Promise<BatchRun[]> {
  const wanted = sql`${batchRuns.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const rows = await needsMigration(() =>
    drizzle(db).select().from(batchRuns).where(wanted).orderBy(batchRuns.hour, batchRuns.region_number),
  );
  return rows.map(runOf);
}

/** A page of runs, newest first. Throws StoredDataError. */
export async function readRuns(
  db: D1Database,
  filter: RunFilter,
  { limit, after }: RunPage,
): Promise<BatchRun[]> {
  const { regions, state, reason, fromHour, toHour } = filter;
  const older = (at: string, id: string) =>
    or(lt(batchRuns.created_at, at), and(eq(batchRuns.created_at, at), lt(batchRuns.id, id)));
  const wanted = and(
    gte(batchRuns.hour, fromHour),
    lt(batchRuns.hour, toHour),
    regions === null
      ? undefined
      : sql`${batchRuns.region_number} IN (SELECT value FROM json_each(${JSON.stringify(regions)}))`,
    state ? eq(batchRuns.state, state) : undefined,
    reason ? eq(batchRuns.reason, reason) : undefined,
    after ? older(isoTime(after.atMs), after.id) : undefined,
  );
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(batchRuns)
      .where(wanted)
      .orderBy(desc(batchRuns.created_at), desc(batchRuns.id))
      .limit(limit),
  );
  return rows.map(runOf);
}

/** Runs that are said to run and have not got on since then, oldest first. */
export async function readStalledRuns(db: D1Database, sinceMs: number, limit: number): Promise<BatchRun[]> {
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(batchRuns)
      .where(and(eq(batchRuns.state, 'running'), lt(batchRuns.progressed_at, isoTime(sinceMs))))
      .orderBy(batchRuns.progressed_at)
      .limit(limit),
  );
  return rows.map(runOf);
}

function runOf(row: typeof batchRuns.$inferSelect): BatchRun {
  return {
    id: row.id,
    regionNumber: row.region_number,
    hour: row.hour,
    reason: row.reason,
    state: row.state,
    replayId: row.replay_id,
    parts: row.parts,
    partsDone: row.parts_done,
    events: row.events,
    lateAdded: row.late_added,
    lateTwins: row.late_twins,
    windowsChanged: row.windows_changed,
    differences: differencesOf(row),
    error: row.error,
    createdAtMs: Date.parse(row.created_at),
    progressedAtMs: Date.parse(row.progressed_at),
    finishedAtMs: row.finished_at === null ? null : Date.parse(row.finished_at),
  };
}

function differencesOf({ id, differences }: typeof batchRuns.$inferSelect): readonly BatchDifference[] {
  let read: unknown = null;
  try {
    read = JSON.parse(differences);
  } catch {
    // Told below, with the row it is of.
  }
  if (Array.isArray(read)) return read as BatchDifference[];
  throw new StoredDataError('batch_runs', id, 'differences are no list');
}
