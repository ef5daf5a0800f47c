import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimestamp } from '../../../core/protocol/timestamp.ts';

const noon = Date.UTC(2024, 0, 1, 12);

describe('[IDN-1] one time has one value in ms, however it is written', () => {
  test.each<[string | number, number]>([
    ['2024-01-01T12:00:00Z', noon],
    ['2024-01-01T12:00:00', noon],
    ['2024-01-01 12:00:00', noon],
    ['2024-01-01t12:00:00z', noon],
    ['2024-01-01T12:00Z', noon],
    [' 2024-01-01T12:00:00Z\n', noon],
    ['2024-01-01T12:00:00.000000+00:00', noon],
    ['2024-01-01T14:30:00+02:30', noon],
    ['2024-01-01T14:30:00+0230', noon],
    ['2024-01-01T04:00:00-08', noon],
    ['2024-01-01T12:00:00.5Z', noon + 500],
    ['2024-01-01T12:00:00,123456789Z', noon + 123],
    ['2024-01-01T12:00:00.9996Z', noon + 1000],
    ['2024-02-29T12:00:00Z', Date.UTC(2024, 1, 29, 12)],
    ['2000-02-29T12:00:00Z', Date.UTC(2000, 1, 29, 12)],
    [1_704_110_400, noon],
    [1_704_110_400_000, noon],
    ['1704110400', noon],
    ['1704110400000', noon],
    ['1704110400.25', noon + 250],
    [1_704_110_400.0004, noon],
    [1_704_110_400_000.4, noon],
    [0, 0],
    [-0, 0],
    [-5, -5000],
    // Seconds up to here, milliseconds from here on.
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [-100_000_000_000, -100_000_000_000],
  ])('%s', (sent, ms) => {
    expect(parseTimestamp(sent)).toBe(ms);
  });
});

test.each([
  'yesterday',
  '',
  '2024-01-01',
  '2024-13-01T00:00:00Z',
  '2024-00-01T00:00:00Z',
  '2024-01-00T00:00:00Z',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2024-04-31T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T12:60:00Z',
  '2016-12-31T23:59:60Z',
  '2024-01-01T12:00:00+24:00',
  '2024-01-01T12:00:00+01:60',
  '2024-01-01T12:00:00 PST',
  '20240101T120000Z',
  '1e400',
  '0x10',
  'NaN',
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  8.64e15 + 1000,
  Number.MAX_VALUE,
])('%s is no time', (sent) => {
  expect(parseTimestamp(sent)).toBeNull();
});

test('reads what Date writes, in every zone', () => {
  const time = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  const zone = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  fc.assert(
    fc.property(time, zone, (date, minutes) => {
      expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
      const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const two = (value: number) => String(Math.abs(value)).padStart(2, '0');
      const offset = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
      expect(parseTimestamp(local + offset)).toBe(date.getTime());
    }),
  );
});
