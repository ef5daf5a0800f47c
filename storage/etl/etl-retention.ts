/** ETL runs that are removed when their time is over, with their rejects, and what runs have left behind (RET-1). */
import { retentionPlacesMax } from '../../core/protocol/batch-limits.ts';
import { etlKeptMs, etlWorkKeptMs } from '../../core/protocol/warehouse-limits.ts';
import { deleteFolder, type Removed, type RetentionPorts } from '../retention.ts';
import { deleteEtlRun, readEtlRunsOver } from './etl-store.ts';
import { rejectsFolderOf } from './rejects.ts';

export async function removeEtlRuns({ db, bucket, nowMs }: RetentionPorts): Promise<Removed> {
  const ids = await readEtlRunsOver(db, nowMs - etlKeptMs, retentionPlacesMax);
  for (const id of ids) {
    // The row is what they are found by.
    await deleteFolder(bucket, rejectsFolderOf(id), () => true);
    await deleteEtlRun(db, id);
  }
  return { removed: ids.length, more: ids.length === retentionPlacesMax };
}

export async function removeEtlWork({ bucket, nowMs }: RetentionPorts): Promise<Removed> {
  const isOld = ({ uploaded }: R2Object): boolean => uploaded.getTime() < nowMs - etlWorkKeptMs;
  return { removed: await deleteFolder(bucket, 'etl/work/', isOld), more: false };
}
