/** Puts the rows of a slice into their table (ETL-4). Done again it changes nothing; once the run has got on, nor done late. */
import { type EtlFile, joinDays, loadedChunk } from '../../core/etl/etl-progress.ts';
import type { LoadCounts } from '../../core/warehouse/load-counts.ts';
import type { RowOf } from '../../core/warehouse/quality.ts';
import type { EtlRun, RunProgress } from '../../storage/etl/etl-store.ts';
import {
  type LoadingRun,
  loadMovies,
  loadRatings,
  loadSessions,
  loadUsers,
} from '../../storage/warehouse/load.ts';
import { movedDays } from '../../storage/warehouse/moved-days.ts';
import { rowsName } from './extract.ts';
import type { EtlPorts } from './ports.ts';

const loaders = {
  users: loadUsers,
  movies: loadMovies,
  ratings: loadRatings,
  viewing_sessions: loadSessions,
} as const;

/**
 * `note`: called with the days whose sums will change, before they do, because afterwards nothing tells where a session
 * has been.
 */
export async function loadChunk(
  { db, work, now }: EtlPorts,
  run: EtlRun,
  note: (progress: RunProgress) => Promise<EtlRun>,
): Promise<RunProgress> {
  const { progress } = run;
  const { file, chunk } = progress;
  let { revision } = run;
  const { table } = progress.files[file] as EtlFile;
  const rows = await work.load<never[]>(rowsName(file, chunk));
  let days = progress.days;
  if (table === 'viewing_sessions') {
    days = joinDays(days, await movedDays(db, rows as RowOf['viewing_sessions'][]));
    if (JSON.stringify(days) !== JSON.stringify(progress.days))
      ({ revision } = await note({ ...progress, days }));
  }
  const load = loaders[table] as (
    db: D1Database,
    rows: readonly never[],
    by: LoadingRun,
  ) => Promise<LoadCounts>;
  return loadedChunk(
    { ...progress, days },
    rows.length,
    await load(db, rows, { id: run.id, revision }),
    now(),
  );
}
