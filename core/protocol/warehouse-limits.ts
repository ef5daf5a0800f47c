/** Caps of the warehouse, as limits.ts has those of the rest: each with its reason. */

/** Rows of one transaction of a load: some 0.2 s, in which D1 does nothing else. */
export const loadRowsMax = 5_000;
/** Days whose sums one statement makes anew: of the busiest, some 200,000 sessions. */
export const refreshDaysMax = 31;
/** Statements that one refresh of all days may have; for a longer past each takes more days. */
export const refreshStatementsMax = 64;

/** A sitting in which so long nothing happens is over; a report can tell of no longer than that before it. */
export const sessionGapMs = 30 * 60_000;
/** Events of which one step makes records of sessions, or puts them together: 72 B each, some three times over. */
export const sessionStepEventsMax = 100_000;
/** Hours that one look begins to put together: isolates may share their 128 MB, and one takes some 30 MB. */
export const sessionHoursBegunMax = 4;
/** An hour waits so long, from when it was computed, for the sittings that the hour before leaves open. */
export const sessionHourWaitsMsMax = 6 * 3_600_000;
/** A run that was begun is left alone so long: a step takes some seconds, and its tries with their pauses some minutes. */
export const sessionHourTriedAgainMs = 6 * 60_000;

const dayMs = 86_400_000;
/** Sessions that D1 has, by when they began; the lake has them all. */
export const sessionsKeptMs = 90 * dayMs;
/** And at most so many, for the time that questions about all of them take: the oldest whole days go first. */
export const sessionRowsMax = 500_000;
