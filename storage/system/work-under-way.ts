/** Runs of the batch layer, replays and ETL runs: what goes on, and what was over last (SYS-5). */
import type { BatchState } from '../../core/batch/batch-run.ts';
import { shareDone } from '../../core/etl/etl-pace.ts';
import { runsToldMax } from '../../core/protocol/system-limits.ts';
import { readEtlRuns } from '../etl/etl-store.ts';
import { needsMigration } from '../migrated.ts';
import { readReplayCounts } from '../replay-account.ts';
import { readReplays } from '../replay-store.ts';

export interface WorkUnderWay {
  readonly kind: 'batch' | 'replay' | 'etl';
  readonly id: string;
  readonly state: string;
  readonly isOver: boolean;
  readonly isFailed: boolean;
  /** 0 to 1; null where it cannot be told. */
  readonly shareDone: number | null;
  /** What it is over: a region and an epoch hour, hours of regions, or files. */
  readonly over:
    | { readonly regionNumber: number; readonly hour: number }
    | { readonly hours: number; readonly fromHour: number; readonly toHour: number }
    | { readonly files: readonly string[] };
  readonly error: string | null;
  readonly progressedAtMs: number;
}

interface BatchRow {
  readonly id: string;
  readonly state: BatchState;
  readonly regionNumber: number;
  readonly hour: number;
  readonly parts: number;
  readonly partsDone: number;
  readonly error: string | null;
  readonly progressedAt: string;
}

/** By the index of state and time, so that a month of runs costs nothing. */
const batchSql = `SELECT id, state, region_number AS regionNumber, hour, parts, parts_done AS partsDone, error,
    progressed_at AS progressedAt FROM batch_runs
  WHERE state = ?1 AND progressed_at >= ?2 AND region_number IN (SELECT value FROM json_each(?3))
  ORDER BY progressed_at DESC LIMIT ${runsToldMax}`;
const toldStates = ['running', 'waiting', 'failed', 'done'] as const satisfies readonly BatchState[];

export interface Work {
  readonly runs: readonly WorkUnderWay[];
  /** Runs of the batch layer that wait for their turn or their hour. */
  readonly batchWaiting: number;
}

/** Of these regions, those that got on since a time; those that go on first. Throws StoredDataError. */
export async function readWork(db: D1Database, regions: readonly number[], fromMs: number): Promise<Work> {
  const from = new Date(fromMs).toISOString();
  const seen = JSON.stringify(regions);
  const [batches, [waiting], replayed, imported] = await Promise.all([
    needsMigration(() =>
      db.batch<BatchRow>(toldStates.map((state) => db.prepare(batchSql).bind(state, from, seen))),
    ),
    needsMigration(() =>
      db.batch<{ n: number }>([db.prepare(`SELECT count(*) AS n FROM batch_runs WHERE state = 'waiting'`)]),
    ),
    readReplayed(db, regions, fromMs),
    readImported(db, fromMs),
  ]);
  const runs = [...batches.flatMap(({ results }) => results.map(batchWork)), ...replayed, ...imported];
  runs.sort((a, b) => Number(a.isOver) - Number(b.isOver) || b.progressedAtMs - a.progressedAtMs);
  return { runs, batchWaiting: waiting?.results[0]?.n ?? 0 };
}

function batchWork({
  id,
  state,
  regionNumber,
  hour,
  parts,
  partsDone,
  error,
  progressedAt,
}: BatchRow): WorkUnderWay {
  const isOver = state !== 'running' && state !== 'waiting';
  return {
    kind: 'batch',
    id,
    state,
    isOver,
    isFailed: state === 'failed',
    shareDone: isOver ? 1 : parts === 0 ? null : partsDone / parts,
    over: { regionNumber, hour },
    error,
    progressedAtMs: Date.parse(progressedAt),
  };
}

async function readReplayed(
  db: D1Database,
  regions: readonly number[],
  fromMs: number,
): Promise<WorkUnderWay[]> {
  const read = await readReplays(db, { limit: runsToldMax, after: null });
  const seen = new Set(regions);
  const told = read.filter(
    (one) =>
      (one.finishedAtMs === null || one.progressedAtMs >= fromMs) && one.regions.every((n) => seen.has(n)),
  );
  const counts = await readReplayCounts(
    db,
    told.map(({ id }) => id),
  );
  return told.map(({ id, state, hours, fromHour, toHour, hoursEmpty, hoursSkipped, ...rest }, i) => {
    const { hoursDone = 0, hoursFailed = 0 } = counts[i] ?? {};
    const done = hoursDone + hoursFailed + hoursEmpty + hoursSkipped;
    const isOver = rest.finishedAtMs !== null;
    return {
      kind: 'replay',
      id,
      state,
      isOver,
      isFailed: state === 'done_with_failures',
      shareDone: isOver ? 1 : hours === 0 ? null : Math.min(1, done / hours),
      over: { hours, fromHour, toHour },
      error: hoursFailed > 0 ? `${hoursFailed} hours could not be computed` : null,
      progressedAtMs: rest.progressedAtMs,
    };
  });
}

async function readImported(db: D1Database, fromMs: number): Promise<WorkUnderWay[]> {
  const read = await readEtlRuns(db, { limit: runsToldMax, after: null });
  const told = read.filter((one) => one.finishedAtMs === null || one.progressedAtMs >= fromMs);
  return told.map(({ id, state, progress, finishedAtMs, error, progressedAtMs }) => ({
    kind: 'etl',
    id,
    state,
    isOver: finishedAtMs !== null,
    isFailed: state === 'failed' || state === 'refused',
    shareDone: finishedAtMs === null ? shareDone(progress) : 1,
    over: { files: progress.files.map(({ name }) => name) },
    error,
    progressedAtMs,
  }));
}
