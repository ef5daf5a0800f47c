import { minuteOf } from './time.ts';

/** Events of a chunk that lie in one window. */
export interface MinuteRun {
  readonly minute: number;
  /** Numbers of the events, in the order of the chunk; the first `count` of them. */
  readonly list: Uint16Array;
  readonly count: number;
  readonly greatestMs: number;
}

/** The events of a chunk by window, oldest first. `room` takes the lists. Most chunks have one. */
export function minuteRuns(timeMs: Float64Array, count: number, room: Uint16Array): MinuteRun[] {
  let leastMs = Number.POSITIVE_INFINITY;
  let greatestMs = 0;
  for (let i = 0; i < count; i++) {
    const atMs = timeMs[i] as number;
    if (atMs < leastMs) leastMs = atMs;
    if (atMs > greatestMs) greatestMs = atMs;
    room[i] = i;
  }
  const minute = minuteOf(leastMs);
  if (minute === minuteOf(greatestMs)) return [{ minute, list: room, count, greatestMs }];
  return severalRuns(timeMs, count, room);
}

function severalRuns(timeMs: Float64Array, count: number, room: Uint16Array): MinuteRun[] {
  const byMinute = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const minute = minuteOf(timeMs[i] as number);
    const events = byMinute.get(minute);
    if (events) events.push(i);
    else byMinute.set(minute, [i]);
  }
  let from = 0;
  return [...byMinute]
    .sort(([a], [b]) => a - b)
    .map(([minute, events]) => {
      const list = room.subarray(from, from + events.length);
      list.set(events);
      from += events.length;
      const greatestMs = events.reduce((most, i) => Math.max(most, timeMs[i] as number), 0);
      return { minute, list, count: events.length, greatestMs };
    });
}
