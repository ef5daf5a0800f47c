/** Caps of what people write down, as limits.ts has those of the rest: each with its reason. */

/** An annotation is a remark, not a document. */
export const annotationTextLengthMax = 500;
export const annotationTagsMax = 8;
/** Longer spans are not found: a question about a range looks back this far for those that reach into it. */
export const annotationSpanMsMax = 7 * 24 * 3_600_000;
/** Remarks are about what was, is, or is planned within a year. */
export const annotationAheadMsMax = 366 * 24 * 3_600_000;
/** Annotations of one author: ten deployments a day for more than a year. */
export const annotationsPerAuthorMax = 5_000;
/** Annotations in all: to write one counts them, some 10 ms of D1. */
export const annotationsMax = 20_000;
/** Saved views: a read is of all of them, some 300 B each. */
export const savedViewsPerAuthorMax = 100;
export const savedViewsMax = 1_000;
export const viewNameLengthMax = 80;
/** As long as browsers and mail take an address without harm. */
export const viewAddressLengthMax = 2_000;
/** A range of annotations, in minutes: a year. */
export const annotationRangeMinutesMax = 366 * 1440;
