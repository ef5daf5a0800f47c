// The shape of a day: how many of something have arrived in a region by a given moment. Since the count is a closed
// formula of time, traffic can be computed for any moment without having computed all that came before it.

const daySeconds = 86_400;
/** Evening: most is watched around this hour of local time. */
const peakHour = 20;

export interface DayShape {
  /** Mean over a day. */
  readonly perSecond: number;
  /** 0 is flat; at 0.5 the peak is three times the trough. */
  readonly swing: number;
  readonly utcOffsetHours: number;
}

/** Arrivals from the epoch to `seconds`: the integral of perSecond x (1 + swing x cos(time since the local peak)). */
export function arrivedBy(seconds: number, { perSecond, swing, utcOffsetHours }: DayShape): number {
  const sincePeak = seconds + (utcOffsetHours - peakHour) * 3600;
  const wave = (daySeconds / (2 * Math.PI)) * Math.sin((2 * Math.PI * sincePeak) / daySeconds);
  return perSecond * (seconds + swing * wave);
}

export interface Arrival {
  /** Running number since the epoch. */
  readonly number: number;
  readonly atMs: number;
}

/** What arrives within the second that begins at `second`, evenly spaced. */
export function arrivalsOf(second: number, shape: DayShape): Arrival[] {
  const before = arrivedBy(second, shape);
  const after = arrivedBy(second + 1, shape);
  const arrivals: Arrival[] = [];
  for (let number = Math.ceil(before); number < after; number++)
    arrivals.push({ number, atMs: Math.floor((second + (number - before) / (after - before)) * 1000) });
  return arrivals;
}
