/** One step of an ETL run: it reads where the run stands, gets it further by a bounded piece, and notes that (ETL-2). */
import {
  broken,
  type EtlPhase,
  type EtlStepKind,
  entered,
  isStoppable,
  refusalOf,
} from '../../core/etl/etl-progress.ts';
import { unreachable } from '../../core/protocol/assert.ts';
import { freshnessMsMax } from '../../core/protocol/warehouse-limits.ts';
import {
  type EtlRun,
  endEtlRun,
  type RunProgress,
  readEtlRun,
  saveEtlProgress,
} from '../../storage/etl/etl-store.ts';
import { ImportFileError } from '../../storage/import/import-file-error.ts';
import { refreshAggregates, refreshMovies } from '../../storage/warehouse/refresh.ts';
import { extractChunk } from './extract.ts';
import { loadChunk } from './load.ts';
import type { EtlPorts } from './ports.ts';

/** What the next step is; `over` where nobody has to do anything for the run. Throws where the step may be tried again. */
export async function nextStep({ db, now }: Pick<EtlPorts, 'db' | 'now'>, runId: string): Promise<EtlPhase> {
  const run = await readEtlRun(db, runId);
  if (!run || !isStanding(run)) return 'over';
  if (run.progress.phase === 'over') await end(db, run, now());
  return run.progress.phase;
}

/** Does the next step of the run where it is of this kind, and says which one comes then. */
export async function doStep(ports: EtlPorts, runId: string, kind: EtlStepKind): Promise<EtlPhase> {
  const run = await readEtlRun(ports.db, runId);
  // Done before, and not remembered: what comes then is to be done under its own name.
  if (!run || !isStanding(run) || run.progress.phase !== kind) return await nextStep(ports, runId);
  const { progress, state } = run;
  const { db, now } = ports;
  if (state === 'cancelling' && isStoppable(progress.phase) && progress.outcome === null)
    return await save(ports, run, broken(progress, 'cancelled', now()));
  let noted = run;
  try {
    const next = await advance(ports, run, kind, async (meanwhile) => {
      if (!(await saveEtlProgress(db, run, meanwhile, run.error, now()))) throw new OvertakenError();
      noted = { ...run, progress: meanwhile, revision: run.revision + 1 };
      return noted;
    });
    await ports.within(kind);
    return await save(ports, noted, next.progress, next.error ?? run.error);
  } catch (error) {
    // Where another has carried it on meanwhile, that one's word counts.
    if (error instanceof OvertakenError) return await nextStep(ports, runId);
    if (!(error instanceof ImportFileError)) throw error;
    return await save(ports, noted, broken(progress, 'refused', now()), error.message);
  }
}

/** What stopped it is noted; what is in the tables gets its sums. At its end it is `failed`. */
export async function failRun(ports: EtlPorts, runId: string, error: string): Promise<EtlPhase> {
  const run = await readEtlRun(ports.db, runId);
  if (!run || !isStanding(run)) return 'over';
  if (run.progress.outcome !== 'failed')
    return await save(ports, run, broken(run.progress, 'failed', ports.now()), error);
  // Twice: the watchdog makes the sums that it owes, and what it has put by goes by retention.
  await endEtlRun(ports.db, run.id, 'failed', null, ports.now());
  return 'over';
}

const isStanding = ({ state }: EtlRun): boolean => state === 'running' || state === 'cancelling';

class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

interface Advanced {
  readonly progress: RunProgress;
  readonly error?: string;
}

async function advance(
  ports: EtlPorts,
  run: EtlRun,
  kind: EtlStepKind,
  note: (progress: RunProgress) => Promise<EtlRun>,
): Promise<Advanced> {
  const { db, work, now } = ports;
  const { progress } = run;
  switch (kind) {
    case 'extract':
      return { progress: await extractChunk(ports, run, note) };
    case 'check':
      return check(run, now());
    case 'load':
      return { progress: await loadChunk(ports, run, note) };
    case 'aggregates':
      // Without days too: titles may have another genre now.
      await refreshAggregates(db, progress.days ?? { fromDay: 0, toDay: 0 });
      return { progress: entered(progress, 'movies', now()) };
    case 'movies': {
      const moviesRefreshed = await refreshMovies(db, 'all');
      return { progress: { ...entered(progress, 'clear', now()), moviesRefreshed } };
    }
    case 'clear':
      await work.clear();
      return { progress: entered(progress, 'over', now()) };
    default:
      return unreachable(kind);
  }
}

function check({ progress, startedAtMs }: EtlRun, nowMs: number): Advanced {
  const refusal = refusalOf(progress);
  if (refusal !== null) return { progress: broken(progress, 'refused', nowMs), error: refusal };
  const { newestSessionMs } = progress;
  const isStale = newestSessionMs !== null && newestSessionMs < startedAtMs - freshnessMsMax;
  const stale = `the newest session began ${new Date(newestSessionMs ?? 0).toISOString()}: the files are not fresh`;
  const warnings = isStale ? [...progress.warnings, stale] : progress.warnings;
  return { progress: { ...entered(progress, 'load', nowMs), warnings } };
}

async function save(
  ports: EtlPorts,
  run: EtlRun,
  progress: RunProgress,
  error: string | null = run.error,
): Promise<EtlPhase> {
  const nowMs = ports.now();
  // Where another has carried it on meanwhile, that one's word counts.
  if (!(await saveEtlProgress(ports.db, run, progress, error, nowMs))) return await nextStep(ports, run.id);
  if (progress.phase === 'over') await end(ports.db, { ...run, progress }, nowMs);
  return progress.phase;
}

async function end(db: D1Database, { id, progress }: EtlRun, nowMs: number): Promise<void> {
  await endEtlRun(db, id, progress.outcome ?? 'done', null, nowMs);
}
