import { describe, expect, it } from 'vitest';
import { holdBackMs, idleAfterMs } from '../../../core/protocol/limits.ts';
import { Watermark } from '../../../core/window/watermark.ts';

const start = 1_800_000_000_000;
const fresh = (): Watermark =>
  new Watermark({ valueMs: start - holdBackMs, greatestMs: null, risenAtMs: start });

describe('the watermark', () => {
  //  server time   0 s        1 s
  //  events        |-- e ------|      watermark = e - hold-back
  it('[WIN-3] stands the hold-back behind the greatest event time', () => {
    const watermark = fresh();
    watermark.observe(start + 900, start + 1_000, false);
    watermark.observe(start + 200, start + 1_000, false);
    expect(watermark.advance(start + 1_000)).toBe(start + 900 - holdBackMs);
  });

  it('[WIN-3] never runs ahead of server time less the hold-back, whatever the events claim', () => {
    const watermark = fresh();
    watermark.observe(start + 300_000, start + 1_000, false);
    expect(watermark.advance(start + 1_000)).toBe(start + 1_000 - holdBackMs);
  });

  //  server time   0 s                     9.999 s   10 s
  //  events        e                          |       |
  //  watermark     e - 5 s ------------------ |       follows server time
  it('[WIN-3] follows server time once the greatest event time has not risen for 10 s, and not before', () => {
    const watermark = fresh();
    watermark.observe(start, start, false);
    expect(watermark.advance(start + idleAfterMs - 1)).toBe(start - holdBackMs);
    expect(watermark.advance(start + idleAfterMs)).toBe(start + idleAfterMs - holdBackMs);
  });

  it('[WIN-3] late events are no sign of life: a back-fill in order of time holds no window open', () => {
    const watermark = new Watermark({ valueMs: start, greatestMs: start - 60_000, risenAtMs: start });
    for (let i = 1; i <= 20; i++) watermark.observe(start - 60_000 + i, start + i * 1_000, true);
    expect(watermark.advance(start + 20_000)).toBe(start + 20_000 - holdBackMs);
  });

  it('[WIN-3] never regresses: not for a clock that is set back, not for old events', () => {
    const watermark = fresh();
    watermark.observe(start + 60_000, start + 60_000, false);
    const before = watermark.advance(start + 60_000);
    watermark.observe(start, start, false);
    expect(watermark.advance(start - 3_600_000)).toBe(before);
  });

  it('says when it will have passed an instant if nothing comes any more', () => {
    const watermark = fresh();
    watermark.observe(start, start, false);
    watermark.advance(start);
    const end = start + 30_000;
    const passes = watermark.passesAtMs(end);
    expect(watermark.advance(passes - 1)).toBeLessThan(end);
    expect(watermark.advance(passes)).toBeGreaterThanOrEqual(end);
  });
});
