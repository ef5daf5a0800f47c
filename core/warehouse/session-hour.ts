/** An hour of a region whose sessions are put together (SES-3). */
export interface SessionHour {
  readonly regionNumber: number;
  /** Epoch hour. */
  readonly hour: number;
}

/** What an hour's sessions are made of: its events, by the generation of its computation, and what was open before it. */
export interface SessionMark {
  /** 0 for an hour without events. */
  readonly generation: number;
  /** Digest; '' for nothing. */
  readonly carryIn: string;
}
