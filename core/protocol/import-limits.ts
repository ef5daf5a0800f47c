/** Caps of imported files, as limits.ts has those of the rest: each with its reason. */

/** One upload: R2 takes 5 GB at once, Workers take 500 MB of a body at the most on every plan but the largest. */
export const importBytesMax = 500_000_000;
/** Names of files may go into addresses and logs. */
export const importNameLengthMax = 100;
/** Files that the list shows; R2 lists a thousand at once. */
export const importsListedMax = 1_000;
/** One field: the longest that is taken has 10,000 characters, and a quote that never ends swallows no more than this. */
export const importFieldBytesMax = 64 * 1024;
/** One record, in bytes of the file. */
export const importRecordBytesMax = 256 * 1024;
/** Columns of a header: the widest table has 14. */
export const importColumnsMax = 200;
/** Characters of a review. */
export const reviewLengthMax = 10_000;
/** Characters of the names of a cast together. */
export const castLengthMax = 2_000;
/** RFC 5321: the longest path of an address, without its brackets. */
export const emailLengthMax = 254;
/** The oldest person who ever lived was 122. */
export const ageMax = 130;
export const helpfulCountMax = 1_000_000_000;
/** A player rounds its times: so much more than the session may have been watched. */
export const watchBeyondSessionMsMax = 60_000;

/** First piece of a text file that a read fetches, where nothing tells how long its records are. */
export const importPieceBytes = 256 * 1024;
/** One fetch of a text file: isolates share their 128 MB. */
export const importPieceBytesMax = 8 * 1024 * 1024;
/** What one read fetches of a text file at most: a file of one endless line does not hold up its step. */
export const importReadBytesMax = 32 * 1024 * 1024;
/** Footer of a Parquet file: some hundred bytes a column and row group. */
export const importFooterBytesMax = 8 * 1024 * 1024;
/** Bytes of the columns of one row group, inflated: all that a read holds of a Parquet file. */
export const importGroupBytesMax = 48 * 1024 * 1024;
/** Rows of one row group: engines write 122,880 or a million. */
export const importGroupRowsMax = 1_048_576;
