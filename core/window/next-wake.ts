import { allowedLatenessMs } from '../protocol/limits.ts';
import type { Backoff } from './backoff.ts';
import type { WokenState } from './replay.ts';
import { hourEndMinute, minuteEndMs, minuteStartMs } from './time.ts';

/** When a shard has something to do though nothing comes: ms, or null. */
export function nextWakeMs(state: WokenState, backoff: Backoff, nowMs: number): number | null {
  const { watermark, parked, hours, alerts, table } = state;
  let next = parked.size > 0 || alerts.due.length > 0 ? nowMs : Number.POSITIVE_INFINITY;
  for (const window of table.inTimeOrder()) {
    if (!window.closed) next = Math.min(next, watermark.passesAtMs(minuteEndMs(window.minute)));
    else if (window.dirty) next = Math.min(next, window.emissionDueMs(nowMs));
  }
  for (const hour of new Set([...hours, ...table.hours()])) {
    // By the watermark, not by the clock: where events lag, the clock would wake it again and again for nothing.
    const overAtMs = watermark.passesAtMs(minuteStartMs(hourEndMinute(hour)) + allowedLatenessMs);
    next = Math.min(next, state.isHourOver(hour) ? nowMs : overAtMs);
  }
  const judgedNext = alerts.nextMinute;
  if (judgedNext !== null) next = Math.min(next, watermark.passesAtMs(minuteEndMs(judgedNext)));
  if (next === Number.POSITIVE_INFINITY) return null;
  return Math.max(next, nowMs + 1, backoff.isPausedAt(nowMs) ? backoff.untilMs : 0);
}
