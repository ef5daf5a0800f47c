/** What the steps of an ETL run are done with. */
import type { EtlStepKind } from '../../core/etl/etl-progress.ts';
import type { Hash64 } from '../../core/protocol/identity.ts';
import type { QualityContext } from '../../core/warehouse/quality.ts';
import type { BatchWork } from '../../storage/batch-work.ts';
import type { SeenKeys } from '../../storage/etl/seen-keys.ts';

export const etlWorkFolder = 'etl/work';

export interface EtlPorts {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly work: BatchWork;
  readonly keys: SeenKeys;
  /** Of a run that was begun then: records are judged by that time, whenever a step is done. */
  readonly context: (startedAtMs: number) => Promise<QualityContext>;
  readonly hashOf: (key: string) => Hash64;
  readonly now: () => number;
  /** etlChunkRowsMax but in tests. */
  readonly chunkRows: number;
  /** Called when a step has done its work and not yet noted it; a local run may stop there (core/lake/failpoints.ts). */
  readonly within: (kind: EtlStepKind) => Promise<void>;
}
