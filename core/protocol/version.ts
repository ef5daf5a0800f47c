/** Versions of the formats that other parts depend on. A test hashes each format; changing one without its version fails. */

/** First byte of a chunk. */
export const chunkVersion = 1;
/** First byte of an envelope. */
export const envelopeVersion = 1;
/** First byte of a log row. */
export const logRowVersion = 1;
/** First byte of a snapshot row. */
export const snapshotVersion = 1;
/** `v` of a packed window. */
export const packedWindowVersion = 1;
/** `v` of what is merged over all regions (BAT-6); a row of another is as none. */
export const mergedVersion = 1;
/** `v` of a shard's account (ING-6b). */
export const shardAccountVersion = 1;
/** Version mixed into every identity (IDN-1). */
export const identityVersion = 1;
/** WebSocket subprotocol; the number rises when a frame changes its meaning. */
export const liveSubprotocol = 'marquee.v1';
/** Of a part of the lake, in its metadata; a reader knows this one and all before it. */
export const partFormatVersion = 1;
