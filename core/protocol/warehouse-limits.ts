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
/** Hours that one look begins to put together: isolates may share their 128 MB, and one holds some 25 MB. */
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
/** Rows that one step of an ETL run reads, and another loads: some tenths of a second, and 2 MB in R2. */
export const etlChunkRowsMax = 5_000;
/** Rows of one file: the keys that tell duplicates take 30 MB, and 49 while their table grows. */
export const etlFileRowsMax = 2_000_000;
/** Files of one run: a body, and a row of D1, stay small. */
export const etlFilesMax = 100;
/** Steps of one Workflow instance, which may have 1,024; the next instance goes on. */
export const etlStepsMax = 900;
/** Rejects that a run keeps to be downloaded, some 50 MB; what is above is counted. */
export const rejectsKeptMax = 100_000;
/** Rejects that an answer about a run shows. */
export const rejectSamplesMax = 10;
/** Characters of a rejected record that are kept. */
export const rejectRecordLengthMax = 500;
/** Share of rejected rows above which nothing is loaded, unless the run was asked for with another. */
export const errorShareMaxDefault = 0.05;
/** Sessions older than this make a run say that its files are not fresh. */
export const freshnessMsMax = 7 * 86_400_000;
/** Since a run was over: its rejects, and its row in D1. */
export const etlKeptMs = 30 * 86_400_000;
/** What a run that never ended has left in R2: it takes minutes, and is given up after a day. */
export const etlWorkKeptMs = 7 * 86_400_000;
/** What a run leaves to others before each step: of some 40 steps of a standard data set, a second. */
export const etlPauseMs = 25;
