import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedLatenessMs, paneMs, panesPerWindow, windowMs } from '../../../core/protocol/limits.ts';
import {
  isClosedAt,
  minuteEndMs,
  minuteOf,
  minuteStartMs,
  oldestLivingMinute,
  paneIndexOf,
} from '../../../core/window/time.ts';

const times = fc.integer({ min: 946_684_800_000, max: 4_000_000_000_000 });

describe('tumbling time', () => {
  //  12:00:00                          12:01:00
  //  |  0  |  1  |  2  |  3  |  4  |  5  |  0 ...
  //  [     [                        ...  )[
  it('[WIN-1] windows are a minute, panes 10 s, half-open and aligned to the epoch', () => {
    const noon = Date.UTC(2026, 10, 21, 12, 0, 0);
    expect([paneMs, windowMs, panesPerWindow]).toEqual([10_000, 60_000, 6]);
    expect(minuteStartMs(minuteOf(noon))).toBe(noon);
    expect(minuteOf(noon + 59_999)).toBe(minuteOf(noon));
    expect(minuteOf(noon + 60_000)).toBe(minuteOf(noon) + 1);
    expect([0, 9_999, 10_000, 59_999, 60_000].map((ms) => paneIndexOf(noon + ms))).toEqual([0, 0, 1, 5, 0]);
  });

  it('[WIN-1, WIN-2] every time lies in exactly one window and one of its panes', () => {
    fc.assert(
      fc.property(times, (time) => {
        const minute = minuteOf(time);
        const paneStart = minuteStartMs(minute) + paneIndexOf(time) * paneMs;
        expect(minuteStartMs(minute) <= time && time < minuteEndMs(minute)).toBe(true);
        expect(paneStart <= time && time < paneStart + paneMs).toBe(true);
      }),
    );
  });

  it('[WIN-4] a window is closed from the instant at which the watermark reaches its end', () => {
    expect(isClosedAt(100, minuteEndMs(100) - 1)).toBe(false);
    expect(isClosedAt(100, minuteEndMs(100))).toBe(true);
  });

  //   end(m)                              end(m) + H
  //   |---------- m takes late events ---------)| m is dead
  it('[WIN-5] a window takes events until the watermark has passed its end + H, and then no more', () => {
    const lastInstant = minuteEndMs(100) + allowedLatenessMs - 1;
    expect(oldestLivingMinute(lastInstant)).toBe(100);
    expect(oldestLivingMinute(lastInstant + 1)).toBe(101);
  });
});
