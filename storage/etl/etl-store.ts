/** ETL runs in D1 (ETL-1): one at a time, and of two that carry one on only the first gets further. */
import { and, desc, eq, inArray, lt, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { type EtlProgress, type EtlState, etlStates } from '../../core/etl/etl-progress.ts';
import { etlRuns } from '../etl-schema.ts';
import type { ImportCursor } from '../import/import-cursor.ts';
import { needsMigration } from '../migrated.ts';
import { StoredDataError } from '../stored-data-error.ts';

export type RunProgress = EtlProgress<ImportCursor>;

export interface EtlRun {
  readonly id: string;
  readonly state: EtlState;
  readonly progress: RunProgress;
  readonly revision: number;
  /** Of the Workflow, from 1. */
  readonly instance: number;
  /** Why it was refused or failed. */
  readonly error: string | null;
  /** Id of a person. */
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly progressedAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface EtlPage {
  readonly limit: number;
  /** The last run of the page before; null for the first page. */
  readonly after: { readonly startedAtMs: number; readonly id: string } | null;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const standingStates: readonly EtlState[] = ['running', 'cancelling'];
const standing = inArray(etlRuns.state, [...standingStates]);

const startSql = `INSERT INTO etl_runs (id, state, progress, revision, instance, started_by, started_at, progressed_at)
  SELECT ?1, 'running', ?2, 0, 1, ?3, ?4, ?4
  WHERE NOT EXISTS (SELECT 1 FROM etl_runs WHERE state IN ('running', 'cancelling'))`;
const otherSql = `SELECT id FROM etl_runs WHERE state IN ('running', 'cancelling') LIMIT 1`;

/** Null where it stands; else the id of the one that goes on. D1 has one writer. */
export async function startEtlRun(
  db: D1Database,
  run: { readonly id: string; readonly progress: RunProgress; readonly startedBy: string },
  nowMs: number,
): Promise<string | null> {
  const { id, progress, startedBy } = run;
  const [started, other] = await needsMigration(() =>
    db.batch<{ id: string }>([
      db.prepare(startSql).bind(id, JSON.stringify(progress), startedBy, iso(nowMs)),
      db.prepare(otherSql),
    ]),
  );
  if ((started?.meta.changes ?? 0) > 0) return null;
  return other?.results[0]?.id ?? '';
}

/** Throws StoredDataError. */
export async function readEtlRun(db: D1Database, id: string): Promise<EtlRun | null> {
  const [row] = await needsMigration(() => drizzle(db).select().from(etlRuns).where(eq(etlRuns.id, id)));
  return row ? runOf(row) : null;
}

/** Newest first. Throws StoredDataError. */
export async function readEtlRuns(db: D1Database, { limit, after }: EtlPage): Promise<EtlRun[]> {
  const at = iso(after?.startedAtMs ?? 0);
  const older = or(
    lt(etlRuns.started_at, at),
    and(eq(etlRuns.started_at, at), lt(etlRuns.id, after?.id ?? '')),
  );
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(etlRuns)
      .where(after ? older : undefined)
      .orderBy(desc(etlRuns.started_at), desc(etlRuns.id))
      .limit(limit),
  );
  return rows.map(runOf);
}

/** Those that go on and have not got on since then. */
export async function readStalledEtlRuns(db: D1Database, sinceMs: number): Promise<EtlRun[]> {
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(etlRuns)
      .where(and(standing, lt(etlRuns.progressed_at, iso(sinceMs)))),
  );
  return rows.map(runOf);
}

/** Notes what a step has done. False where somebody else was before, or it is over. */
export async function saveEtlProgress(
  db: D1Database,
  { id, revision }: Pick<EtlRun, 'id' | 'revision'>,
  progress: RunProgress,
  error: string | null,
  nowMs: number,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(etlRuns)
    .set({ progress: JSON.stringify(progress), error, revision: revision + 1, progressed_at: iso(nowMs) })
    .where(and(eq(etlRuns.id, id), eq(etlRuns.revision, revision), standing));
  return meta.changes > 0;
}

/** It has got on, or has been given another chance to. */
export async function touchEtlRun(db: D1Database, id: string, nowMs: number): Promise<void> {
  await drizzle(db)
    .update(etlRuns)
    .set({ progressed_at: iso(nowMs) })
    .where(and(eq(etlRuns.id, id), standing));
}

/** The next Workflow instance carries it on. False where another has been told so, or it is over. */
export async function handOnEtl(
  db: D1Database,
  id: string,
  instance: number,
  nowMs: number,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(etlRuns)
    .set({ instance: instance + 1, progressed_at: iso(nowMs) })
    .where(and(eq(etlRuns.id, id), eq(etlRuns.instance, instance), standing));
  return meta.changes > 0;
}

/** Asks one that runs to end at its next step. False where it does not run. */
export async function cancelEtlRun(db: D1Database, id: string): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(etlRuns)
    .set({ state: 'cancelling' })
    .where(and(eq(etlRuns.id, id), eq(etlRuns.state, 'running')));
  return meta.changes > 0;
}

/** Ends it; false where it was over. `error` null leaves the one that is noted. */
export async function endEtlRun(
  db: D1Database,
  id: string,
  state: Exclude<EtlState, 'running' | 'cancelling'>,
  error: string | null,
  nowMs: number,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(etlRuns)
    .set({ state, finished_at: iso(nowMs), progressed_at: iso(nowMs), ...(error === null ? {} : { error }) })
    .where(and(eq(etlRuns.id, id), standing));
  return meta.changes > 0;
}

const owesSql = `SELECT id FROM etl_runs WHERE state = 'failed'
  AND json_extract(progress, '$.phase') IN ('load', 'aggregates', 'movies')`;

/** Failed runs that have loaded something and did not come to make the sums of it. */
export async function readRunsThatOweSums(db: D1Database): Promise<EtlRun[]> {
  const { results } = await needsMigration(() => db.prepare(owesSql).all<{ id: string }>());
  const runs = await Promise.all(results.map(({ id }) => readEtlRun(db, id)));
  return runs.filter((run) => run !== null);
}

/** What it owed is made. */
export async function noteSumsMade(db: D1Database, { id, revision, progress }: EtlRun): Promise<void> {
  await drizzle(db)
    .update(etlRuns)
    .set({ progress: JSON.stringify({ ...progress, phase: 'over' }), revision: revision + 1 })
    .where(and(eq(etlRuns.id, id), eq(etlRuns.revision, revision), eq(etlRuns.state, 'failed')));
}

/** Ids of runs that ended before then. */
export async function readEtlRunsOver(db: D1Database, beforeMs: number, limit: number): Promise<string[]> {
  const rows = await drizzle(db)
    .select({ id: etlRuns.id })
    .from(etlRuns)
    .where(lt(etlRuns.finished_at, iso(beforeMs)))
    .limit(limit);
  return rows.map(({ id }) => id);
}

export async function deleteEtlRun(db: D1Database, id: string): Promise<void> {
  await drizzle(db).delete(etlRuns).where(eq(etlRuns.id, id));
}

function runOf(row: typeof etlRuns.$inferSelect): EtlRun {
  const state = etlStates.find((known) => known === row.state);
  const progress = parsed(row.progress);
  if (!state || progress?.v !== 1)
    throw new StoredDataError('etl_runs', row.id, 'state or progress is not known');
  return {
    id: row.id,
    state,
    progress,
    revision: row.revision,
    instance: row.instance,
    error: row.error,
    startedBy: row.started_by,
    startedAtMs: Date.parse(row.started_at),
    progressedAtMs: Date.parse(row.progressed_at),
    finishedAtMs: row.finished_at === null ? null : Date.parse(row.finished_at),
  };
}

function parsed(text: string): RunProgress | null {
  try {
    return JSON.parse(text) as RunProgress;
  } catch {
    return null;
  }
}
