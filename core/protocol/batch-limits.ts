/** Caps of the batch layer, as limits.ts has those of the rest: each with its reason. */

/** Runs of the batch layer that go on at once: isolates may share their 128 MB, and one takes some 40 MB. */
export const batchRunsAtOnceMax = 4;
/** Hours of regions that one request, or one firing of the cron, may have computed: a month of a region. */
export const batchRunsMax = 744;
/** Events that one step of a run counts: a second or two of CPU. */
export const batchStepEventsMax = 200_000;
/** Parts that one step reads: each is a few calls of R2. */
export const batchStepPartsMax = 100;
/** Identities that a step holds to find twins among what came late (DUP-1b): 16 MB, as much again for those it found. */
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
/** Of users each day has a thousand rows for each region. */
export const userRangeDaysMax = 7;
/** Contents hour by hour are hundreds of rows each. */
export const contentsByHourHoursMax = 72;
