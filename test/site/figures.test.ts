// How numbers and times are written.
import { describe, expect, test } from 'vitest';
import { countScale, shareScale } from '../../site/chart/axis-scale.ts';
import { countFigure, countText, rateFigure, shareFigure, speedFigure } from '../../site/format/number.ts';
import { agoFigure, clockText, delayFigure, hourText } from '../../site/format/time.ts';

const text = ({ text, unit }: { text: string; unit: string }): string => (unit ? `${text} ${unit}` : text);

describe('numbers', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [9_999, '9,999'],
    [10_000, '10.0 K'],
    [12_431, '12.4 K'],
    [99_949, '99.9 K'],
    [99_950, '100 K'],
    [999_499, '999 K'],
    [999_500, '1.00 M'],
    [1_240_000, '1.24 M'],
    [999_600_000, '1.00 B'],
  ])('count %d is %s', (count, expected) => {
    expect(text(countFigure(count))).toBe(expected);
  });

  test('a shortened count says the exact one beside it', () => {
    expect(countFigure(12_431).exact).toBe('12,431');
    expect(countText(12_431)).toBe('12.4\u202fK');
  });

  test.each([
    [0, '0 /s'],
    [0.02, '<0.1 /s'],
    [0.1, '0.1 /s'],
    [12.34, '12.3 /s'],
    [99.96, '100 /s'],
    [412.4, '412 /s'],
    [12_431, '12.4 K/s'],
  ])('%d events a second is %s', (rate, expected) => {
    expect(text(rateFigure(rate))).toBe(expected);
  });

  test.each([
    [1, '100 %'],
    [0.9999, '99.9 %'],
    [0.9, '90.0 %'],
    [0.8999, '89.9 %'],
    [0.29, '29.0 %'],
    [0, '0.0 %'],
    [null, '–'],
  ])('a share of %d is %s: never rounded up to a limit', (share, expected) => {
    expect(text(shareFigure(share, 'no downloads'))).toBe(expected);
  });

  test('what cannot be known says why', () => {
    expect(shareFigure(null, 'no downloads').exact).toBe('no downloads');
    expect(text(speedFigure(null))).toBe('–');
    expect(text(speedFigure(24.13))).toBe('24.1 Mbit/s');
    expect(text(speedFigure(1_240.6))).toBe('1,241 Mbit/s');
  });
});

describe('times', () => {
  test.each([
    [-5_000, 'now'],
    [999, 'now'],
    [1_000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [200_000_000, '2 d'],
    [null, '–'],
  ])('%d ms ago is %s', (ms, expected) => {
    expect(text(agoFigure(ms))).toBe(expected);
  });

  test.each([
    [0, '0 ms'],
    [180.4, '180 ms'],
    [1_849, '1.8 s'],
    [9_949, '9.9 s'],
    [45_000, '45 s'],
    [null, '–'],
  ])('a delay of %d ms is %s', (ms, expected) => {
    expect(text(delayFigure(ms))).toBe(expected);
  });

  test('clock times have 24 hours', () => {
    const at = new Date(2026, 10, 21, 3, 4, 5).getTime();
    expect([clockText(at), hourText(at)]).toEqual(['03:04:05', '03:04']);
  });
});

describe('axes', () => {
  test.each([
    [0, [0, 1]],
    [3, [0, 2, 4]],
    [95, [0, 50, 100]],
    [480, [0, 200, 400, 600]],
    [530, [0, 200, 400, 600]],
    [12_000, [0, 5_000, 10_000, 15_000]],
  ])('counts up to %d have lines at %j', (max, splits) => {
    expect(countScale(max).splits).toEqual(splits);
  });

  test('every count fits, in at most four steps', () => {
    for (let max = 0.01; max < 1e7; max *= 1.13) {
      const scale = countScale(max);
      expect(scale.max).toBeGreaterThan(max);
      expect(scale.splits.length).toBeLessThanOrEqual(5);
    }
  });

  test.each([
    [0.98, 0.8],
    [0.8, 0.8],
    [0.799, 0.5],
    [0.1, 0],
  ])('shares down to %d begin at %d', (min, bottom) => {
    expect(shareScale(min)).toMatchObject({ min: bottom, max: 1 });
  });
});
