/** Tumbling time: panes and windows are half-open, aligned to the epoch (WIN-1). Times are ms. */
import { allowedLatenessMs, paneMs, panesPerWindow, windowMs } from '../protocol/limits.ts';

const hourMinutes = 3_600_000 / windowMs;

/** Number of the window (epoch minute) that holds a time. */
export function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / windowMs);
}

/** Number of the epoch hour that holds a window. */
export function hourOf(minute: number): number {
  return Math.floor(minute / hourMinutes);
}

/** Index, 0 to 5, of the pane that holds a time, within its window. */
export function paneIndexOf(timeMs: number): number {
  return Math.floor(timeMs / paneMs) % panesPerWindow;
}

export function minuteStartMs(minute: number): number {
  return minute * windowMs;
}

/** First window that no longer belongs to the hour. */
export function hourEndMinute(hour: number): number {
  return (hour + 1) * hourMinutes;
}

/** First instant that no longer belongs to the window. */
export function minuteEndMs(minute: number): number {
  return (minute + 1) * windowMs;
}

/** A window closes once the watermark passes its end (WIN-4). */
export function isClosedAt(minute: number, watermarkMs: number): boolean {
  return watermarkMs >= minuteEndMs(minute);
}

/** The oldest window that takes events at this watermark: the first whose end + H lies ahead of it (WIN-5). */
export function oldestLivingMinute(watermarkMs: number): number {
  return Math.max(0, Math.floor((watermarkMs - allowedLatenessMs) / windowMs));
}

/** Whether every window of an hour (epoch hour) is past its lateness at this watermark: what still comes is late. */
export function isHourDead(hour: number, watermarkMs: number): boolean {
  return oldestLivingMinute(watermarkMs) >= hourEndMinute(hour);
}
