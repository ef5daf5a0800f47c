/** Caps of what POSTs wait for each other (ING-8). */

/** How long a POST waits for others to share a message with, while there are others (ING-8); where many come, so long. */
export const joinWaitMsMax = 25;
export const joinWaitManyMsMax = 100;
export const joinManyPosts = 8;
/** All that are under way have come, and for so long none has begun: then nobody is waited for. */
export const joinQuietMs = 5;
/** Nobody waits longer for a POST that is under way (its sender is slow), nor for the one that was to send for all. */
export const joinUnderWayMsMax = 1_000;
/** A shared send that has said nothing by then has failed: no request lives longer behind its client. */
export const joinedSendMsMax = 30_000;
