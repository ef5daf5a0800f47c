/** Sums of viewing sessions, as every question has them. */

export interface SessionSums {
  readonly views: number;
  readonly users: number;
  readonly watchMs: number;
  readonly completionMilli: number;
  /** Sessions that tell a completion. */
  readonly completions: number;
}

export const noSums: SessionSums = { views: 0, users: 0, watchMs: 0, completionMilli: 0, completions: 0 };
