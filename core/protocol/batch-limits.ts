/** Caps of the batch layer, as limits.ts has those of the rest: each with its reason. */

/** Days are of UTC. */
export const dayHours = 24;

/** Runs of the batch layer that go on at once: isolates may share their 128 MB, and one takes some 40 MB. */
export const batchRunsAtOnceMax = 4;
/** Hours of regions that one request, or one firing of the cron, may have computed: a month of a region. */
export const batchRunsMax = 744;
/** Events that one step of a run counts: a second or two of CPU. */
export const batchStepEventsMax = 200_000;
/** Parts that one step reads: each is a few calls of R2. */
export const batchStepPartsMax = 100;
/** Identities that a step holds to find twins among what came late (DUP-1b): 13 MB, as much again for those it found. */
export const batchSuspectsMax = 1_000_000;
/** Hours that lie further back are not computed: their parts are gone. */
export const batchHoursBackMax = 400 * 24;
/** A run whose hour is not sealed waits for it no longer. */
export const batchWaitMsMax = 24 * 3_600_000;

/** Events of which one step of a day's figures of users makes records: 36 B each, twice over. */
export const userStepEventsMax = 250_000;
/** Distinct films of a user and day that are told apart: a day has time for a hundred. */
export const filmsPerUserMax = 2_000;
/** Users of a region and day that D1 has, those with the most events; the lake has all. One row of some 60 KB. */
export const topUsersMax = 1_000;
/** Days that one look begins to compute: a day of all regions, and as many that have become stale. */
export const dueDaysMax = 24;
/** Days that one question about the tables of the batch layer may cover: a quarter of a year. */
export const batchRangeDaysMax = 92;
/**
 * How far back hours and days are merged over all regions (BAT-6): what a question can be about that ends now, and a week;
 * hours, of which a question reads those at its ends, are kept no longer.
 */
const mergedDaysBack = batchRangeDaysMax + 7;
export const mergedHoursBack = mergedDaysBack * 24;
/** How far most firings of the cron look for what is not merged; the hourly one looks all the way back. */
export const mergedLookHours = 48;
/** Of each that one firing of the cron merges, some 100 ms each. */
export const mergedAtOnceMax = 8;
/** Of users each day has a thousand rows for each region. */
export const userRangeDaysMax = 7;
/** Contents hour by hour are hundreds of rows each. */
export const contentsByHourHoursMax = 72;
/**
 * Runs of a replay that stand at once, those aside whose hours are not sealed yet: enough that none of the places of
 * batchRunsAtOnceMax is free until its next round, and few enough that other hours do not wait long behind them.
 */
export const replayRunsAtOnceMax = 16;
/** Of all its runs: where a shard cannot seal, a replay waits rather than fill the table with runs that wait. */
export const replayRunsStandingMax = 256;
/** Hours of regions that one round of a replay looks at: one statement of some 40 KB. */
export const replayHoursLookedAtMax = 500;
/** Rounds of one Workflow instance, which may have 1,024 steps; the next instance goes on. */
export const replayRoundsMax = 400;
/** Failures that an answer about a replay names. */
export const replayFailuresMax = 1_000;

const dayMs = 86_400_000;
/** How long things are kept (RET-1): minutes for a week, of which hours then tell; a year, and a month to look back on it. */
export const windowsKeptMs = 7 * dayMs;
export const hoursKeptMs = 400 * dayMs;
/** Since a part was written: so a part that came late is kept as long as others. */
export const partsKeptMs = 400 * dayMs;
/** Since an alert was resolved, and since a run was over. */
export const alertsKeptMs = 30 * dayMs;
/** A range of alerts, in minutes: as long as they are kept. A row each, so a question is as cheap as its page. */
export const alertRangeMinutesMax = alertsKeptMs / 60_000;
export const runsKeptMs = 30 * dayMs;
/** Accounts since their minute, and sessions since they ended: what is missing is known after 4 days, and a month to look. */
export const accountsKeptMs = 35 * dayMs;
/** What is not computed is kept longer than what is, but not for ever: a month to mend what keeps it from being. */
export const uncomputedKeptMs = 30 * dayMs;
/** What a run that never ended has left in the lake's work folder: runs take minutes, and are given up after a day. */
export const workKeptMs = 7 * dayMs;
/** Rows that one statement removes: at 20 KB each, some 100 ms. R2 deletes as many objects at once. */
export const retentionRowsMax = 1_000;
/** Hours whose minutes are merged before they go, and days, of one step: some calls each. */
export const retentionPlacesMax = 24;
/** Steps of one kind in one firing of the cron; what is left goes at the next. */
export const retentionStepsMax = 30;
