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
/** Embeds that have not ended: a deployment has a wiki, a status page and some partners. */
export const embedsMax = 500;
export const embedNameLengthMax = 80;
/** A header has to hold them. */
export const embedOriginsMax = 10;
/** An embed that nobody remembers ends by itself. */
export const embedMsMax = 366 * 24 * 3_600_000;
/** Embeds that have ended stay in the list for so long, to be recognised. */
export const embedsKeptMs = 90 * 24 * 3_600_000;
/** A range of annotations, in minutes: a year. */
export const annotationRangeMinutesMax = 366 * 1440;
