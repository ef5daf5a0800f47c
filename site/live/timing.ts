/**
 * Two clocks that never agree: the server's (in frames) and this machine's monotonic one. The smallest difference seen
 * is taken for the difference of the clocks plus the quickest way; what a frame takes longer than that, it is late.
 */
export interface Timing {
  /** Smallest (local - server) of this connection, ms; Infinity before the first frame. */
  readonly offset: number;
  /** Server time of the newest frame, and local time of its arrival. */
  readonly frameAt: number;
  readonly arrivedAt: number;
  /** Local time at which anything was last heard, and of the newest ping. */
  readonly heardAt: number;
  readonly pingedAt: number;
  /** Local time at which the connection was lost; null while there is one. */
  readonly lostAt: number | null;
}

export const noTiming: Timing = {
  offset: Number.POSITIVE_INFINITY,
  frameAt: 0,
  arrivedAt: 0,
  heardAt: 0,
  pingedAt: 0,
  lostAt: null,
};

export interface Moment {
  /** Server time that the numbers on the page stand for, ms; 0 before the first frame. */
  readonly asOf: number;
  /** How far the page is behind the server, ms; 0 when it is not, as far as that can be known. */
  readonly behindMs: number;
}

/** Less than this is the ordinary unevenness of networks. */
const behindMsMin = 2_000;

export function withFrame(timing: Timing, frameAt: number, now: number): Timing {
  return { ...timing, offset: Math.min(timing.offset, now - frameAt), frameAt, arrivedAt: now, lostAt: null };
}

export function moment(timing: Timing, now: number): Moment {
  if (timing.frameAt === 0) return { asOf: 0, behindMs: 0 };
  const { frameAt, arrivedAt, heardAt, pingedAt, lostAt } = timing;
  // Unanswered since the ping: what is on the page dates from when the server was last heard.
  const unanswered = pingedAt > heardAt && now - pingedAt >= behindMsMin;
  const until = lostAt ?? (unanswered ? heardAt : now);
  const asOf = frameAt + Math.max(0, until - arrivedAt);
  const late = arrivedAt - frameAt - timing.offset;
  const silent = unanswered ? now - heardAt : 0;
  const behindMs = Math.max(late, silent);
  return { asOf, behindMs: behindMs < behindMsMin ? 0 : behindMs };
}
