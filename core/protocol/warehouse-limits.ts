/** Caps of the warehouse, as limits.ts has those of the rest: each with its reason. */

/** Rows of one transaction of a load: some 0.2 s, in which D1 does nothing else. */
export const loadRowsMax = 5_000;
/** Days whose sums one statement makes anew: of the busiest, some 200,000 sessions. */
export const refreshDaysMax = 31;
/** Statements that one refresh of all days may have; for a longer past each takes more days. */
export const refreshStatementsMax = 64;
