/** A run of the batch layer over one region and hour (BAT-1). */

export const batchReasons = ['cron', 'demand', 'stale', 'replay'] as const;
export type BatchReason = (typeof batchReasons)[number];

/** `waiting`: the hour is not sealed, or another run over it goes on. */
export const batchStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type BatchState = (typeof batchStates)[number];

/** What a run changed: one total of one table, before and after. */
export interface BatchDifference {
  readonly table: string;
  /** As the API names it. */
  readonly metric: string;
  readonly before: number;
  readonly after: number;
}
