/** What a bill needs and a counted run does not tell, each with its reason (docs/costs.md). */
import { allowedLatenessMs, holdBackMs, identitiesMax, windowMs } from '../protocol/limits.ts';

/** A door's work on a POST, and all work on an event from the door to the lake; a bench tells more (docs/performance.md). */
export const cpuMsPerPost = 0.3;
export const cpuMsPerEvent = 0.02;
/** An object is awake while it works: a commit waits 10 to 13 ms for its flush, an alarm for D1. */
export const awakeMsPerCall = 15;
export const awakeMsPerAlarm = 100;
/** Sealing a part. */
export const awakeMsPerPart = 2_000;
/** From a batch's delivery to the next: where more messages come in it, they come together. */
export const batchTurnMs = 200;
export const batchMessagesMax = 100;
/** The busiest minute to the mean. */
export const peakFactor = 2;
/** POSTs a second of an isolate of the door; there is one a region of the senders at least, however few POSTs there are. */
export const postsPerIsolate = 100;
/** Cloudflare's median, by its post of 24 October 2024 on how its queues were built anew. */
export const queueSendMs = 60;
/** As a player reports, once a minute or so for half an hour. */
export const eventsPerSitting = 25;
export const titles = 1_000;
/** Of sessions, those of a user who was never seen. */
export const newUsersShare = 0.01;
/** A part of the lake, `npm run bench -- lake`. */
export const lakeBytesPerEvent = 38.8;

/**
 * Events a second that a shard takes with every identity kept for as long as its window lives (WIN-8): memory bounds a
 * shard before its thread does (`npm run bench -- window-engine`).
 */
export const shardEventsPerSecond = identitiesMax / ((allowedLatenessMs + windowMs + holdBackMs) / 1000);
