/**
 * Rejects travel through the queue too (ING-6). A report holds the door's running totals for one producer and one
 * minute of receipt: absolute values, so that a report delivered twice counts once; the highest `seq` wins.
 */
export interface RejectReport {
  readonly door: string;
  readonly producer: string;
  /** EpochMinute of receipt. */
  readonly minute: number;
  /** Rises with each report of the door. */
  readonly seq: number;
  /** Rejected records so far, by code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Twins of requests from which no chunk went out (else the chunk's header carries them). */
  readonly twins: number;
  /** The first few rejects of the minute. Never holds a user id. */
  readonly samples: readonly RejectSample[];
}

export interface RejectSample {
  readonly index: number;
  readonly id: string | null;
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}
