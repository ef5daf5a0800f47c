import type { LakeRows } from '../../core/lake/lake-rows.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { BatchWork } from '../../storage/batch-work.ts';
import type { LakeColumnName } from '../../storage/lake/read-part.ts';

/** What a run of the batch layer needs of the platform. */
export interface BatchPorts {
  readonly db: D1Database;
  readonly work: BatchWork;
  /** `sealed`: every event of that hour that the shard has logged lies in a listed part, and none can come in time. */
  readonly sealHour: (address: ShardAddress, hour: number) => Promise<'sealed' | 'open'>;
  /** One LakeRows a row group. Throws PartError, which names the part, for anything that is not as it was written. */
  readonly readPart: (name: string, wanted?: readonly LakeColumnName[]) => AsyncIterable<LakeRows>;
  readonly now: () => number;
}

/** How a step ended. What is worth another try is thrown instead. */
export type StepOutcome<T> =
  | { readonly is: 'done'; readonly value: T }
  /** The hour is not sealed yet. */
  | { readonly is: 'open'; readonly why: string }
  /** Another try would fail the same. */
  | { readonly is: 'failed'; readonly why: string }
  /** The run is over: it was cancelled. */
  | { readonly is: 'over' };

export const done = <T>(value: T): StepOutcome<T> => ({ is: 'done', value });
export const failed = (why: string): StepOutcome<never> => ({ is: 'failed', why });
export const over: StepOutcome<never> = { is: 'over' };
