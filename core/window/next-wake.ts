import { allowedLatenessMs } from '../protocol/limits.ts';
import type { Backoff } from './backoff.ts';
import type { LogKeeper } from './log-keeper.ts';
import type { WokenState } from './replay.ts';
import { hourEndMinute, minuteEndMs, minuteStartMs } from './time.ts';

/** When a shard has something to do though nothing comes: ms, or null. */
export function nextWakeMs(
  state: WokenState,
  backoff: Backoff,
  log: LogKeeper,
  nowMs: number,
): number | null {
  // While D1 is down, what is for it waits; windows close, and alerts fire, when their time has come.
  const untilMs = backoff.isPausedAt(nowMs) ? backoff.untilMs : 0;
  const emissionDueMs = Math.max(emissionMs(state, nowMs), untilMs);
  const sharedMs = state.shared.nextWakeMs(nowMs);
  const next = Math.min(closingMs(state), emissionDueMs, sharedMs, log.nextWakeMs(nowMs));
  return next === Number.POSITIVE_INFINITY ? null : Math.max(next, nowMs + 1);
}

/** When a window closes, or time alone changes an alert. */
function closingMs({ watermark, alerts, table, standing }: WokenState): number {
  const open = table.inTimeOrder().filter(({ closed }) => !closed);
  const ends = open.map(({ minute }) => watermark.passesAtMs(minuteEndMs(minute)));
  const { nextMinute } = alerts;
  // One that this shard has passed waits for others.
  if (nextMinute !== null && nextMinute > standing.closedThrough)
    ends.push(watermark.passesAtMs(minuteEndMs(nextMinute)));
  return Math.min(...ends);
}

/** When there is something for D1. */
function emissionMs(state: WokenState, nowMs: number): number {
  const { watermark, parked, hours, alerts, table } = state;
  let next = parked.size > 0 || alerts.due.length > 0 ? nowMs : Number.POSITIVE_INFINITY;
  for (const window of table.inTimeOrder()) {
    if (window.closed && window.dirty) next = Math.min(next, window.emissionDueMs(nowMs));
  }
  for (const hour of new Set([...hours, ...table.hours()])) {
    // By the watermark, not by the clock: where events lag, the clock would wake it again and again for nothing.
    const overAtMs = watermark.passesAtMs(minuteStartMs(hourEndMinute(hour)) + allowedLatenessMs);
    next = Math.min(next, state.isHourOver(hour) ? nowMs : overAtMs);
  }
  return next;
}
