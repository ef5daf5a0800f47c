/** Caps of the view of the service itself (docs/system.md), as limits.ts has those of the rest: each with its reason. */

/** Rates are of so much time: long enough to be calm, short enough to be now. */
export const vitalsSpanMs = 60_000;
/** Log rows of a shard that one look counts: a minute at 50 commits a second. Beyond it the span is shorter. */
export const vitalsRowsMax = 3_000;
/** Bytes of log rows of which one look reads the headers: a millisecond of the shard's time. */
export const vitalsSampleBytesMax = 256 * 1024;
/** Requests that a shard names: 40 KB in its answer. */
export const vitalsRequestsMax = 1_000;
/** Regions that one answer asks: as many calls, six at a time. The others are left out, and counted. */
export const systemRegionsMax = 60;
/** A part that takes longer is told as one that does not answer. */
export const systemWaitMsMax = 3_000;
/** Rejects are told of so long, and so are sealed parts. */
export const systemPastMs = 60 * 60_000;
/** Reports of rejects that are read for samples, newest first, and samples that are told. */
export const rejectReportsReadMax = 40;
export const rejectSamplesToldMax = 12;
/** Producers and reasons of rejects that are told, those with the most records. */
export const rejectKindsMax = 20;
/** Dead letters that are counted: one list of R2. */
export const deadLettersCountedMax = 1_000;
/** Kinds of dead letters (region, producer, code) that are told. */
export const deadLetterKindsMax = 20;
/** Runs of each state, and of replays and of ETL, that are told. */
export const runsToldMax = 5;
/** How long an isolate holds what it read, for all who look: D1 reads, a list of R2 (a write at its price), accounts. */
export const rejectsHeldMs = 10_000;
export const runsHeldMs = 10_000;
export const lakeHeldMs = 30_000;
export const deadLettersHeldMs = 30_000;
/** The accounts read what no shard has sealed yet: megabytes. */
export const accountsHeldMs = 60_000;
/** What shards say, so that many who look cost as one. */
export const shardsHeldMs = 3_000;
/** Scopes (who may see which regions) of which an isolate holds something. */
export const scopesHeldMax = 50;

/** A queue that holds events longer is behind: a batch waits 5 s at most, and is taken at once. */
export const queueBehindMs = 20_000;
/** D1 that lacks a window for longer is behind: it takes seconds, and after a failure it is tried each minute. */
export const d1BehindMs = 60_000;
/** Late; the rest of the wait is on the way to sealAfterMs and one more try. */
export const lakeBehindMs = 25 * 60_000;
/** A watermark that stands further behind the clock while events come. */
export const watermarkBehindMs = 3 * 60_000;
/** A region that had events within an hour and none for so long is silent. */
export const regionSilentMs = 60_000;
