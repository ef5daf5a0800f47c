/** The shard's word on one chunk (LOG-1). Only then may the message that carried it be acknowledged. */
export type ChunkVerdict =
  | { readonly verdict: 'committed' }
  /** Its door numbers are already in the log: a message delivered again. */
  | { readonly verdict: 'seen' }
  | { readonly verdict: 'refused'; readonly code: RefusalCode; readonly message: string };

export type RefusalCode = 'undecodable' | 'wrong_shard' | 'numbers_overlap' | 'voided' | 'always_throws';

/** Which shard a call is for; the names of objects are not readable from inside in every runtime. */
export interface ShardAddress {
  readonly regionNumber: number;
  readonly shard: number;
}
