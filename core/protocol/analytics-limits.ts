/** Caps of the analytics API, as limits.ts has those of the rest: each with its reason. */

/** Days of one question: a year, and a month to look back on it. */
export const analyticsDaysMax = 400;
/** Days where a question tells no range. */
export const analyticsDaysDefault = 30;
/** Values of one filter: what a person picks from a list, not a list by itself. */
export const filterValuesMax = 20;
/** Characters of one value: longer genres and countries than any. */
export const filterValueLengthMax = 128;
/** Characters of a whole filter: its values, each quoted. */
export const filterLengthMax = filterValuesMax * (2 * filterValueLengthMax + 3);
/** Formatters of time zones that an isolate keeps: some 50 KB each. */
export const timeZonesHeldMax = 32;
/** Rows of a page of films and of users. */
export const analyticsPageMax = 200;
/** Weeks of cohorts: a year. */
export const retentionWeeksMax = 53;
/** Parts that the timeline of one session is looked for in: a few calls of R2 each; a session lies in two to six. */
export const timelinePartsMax = 24;
/** Events of a timeline: a progress event each ten seconds of three hours. */
export const timelineEventsMax = 1_000;
