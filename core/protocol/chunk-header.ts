/**
 * The header of a chunk: everything the accounts and the recognition of redelivery need, decodable without the body
 * (LOG-4). One chunk holds events of one shard, one door, one producer and one request's time of receipt.
 */
export interface ChunkHeader {
  readonly regionNumber: number;
  readonly shard: number;
  /** 16 hex digits, random per isolate. */
  readonly door: string;
  /** When the door's isolate came up, ms. */
  readonly doorBirthMs: number;
  /** The request's time of receipt at the door, ms; also taken as the time of sending. */
  readonly receivedAtMs: number;
  /** The door's running number, for this shard, of the chunk's first event. Numbers start at 0. */
  readonly firstNumber: number;
  /** Events in the body; they bear the numbers firstNumber .. firstNumber + count - 1. */
  readonly count: number;
  readonly producer: string;
  /** Version of the key that made the user and session pseudonyms in the body. */
  readonly pseudonymVersion: number;
  /** Twins dropped at the door: records that repeated another of the same request. */
  readonly twins: number;
  /** Numbers of this door for this shard that were given out but whose sending failed: half-open [from, to). */
  readonly voids: readonly (readonly [number, number])[];
}
