// Where the keys lead the crosshair.
import { expect, test } from 'vitest';
import { paneMs } from '../../core/protocol/limits.ts';
import { timeByKey } from '../../site/chart/time-cursor.tsx';
import { paneSpan, seriesOf } from '../../site/live/series.ts';
import { noon } from './frames.ts';

// Noon sharp: the slot of noon is open, and so is the one before it until the hold-back has passed.
const series = seriesOf([], paneSpan, noon);
const first = noon - 15 * 60_000 + paneMs;
const newest = noon - 2 * paneMs;

test.each([
  ['ArrowLeft', null, newest],
  ['ArrowLeft', newest, newest - paneMs],
  ['ArrowRight', newest, newest + paneMs],
  ['ArrowRight', noon, noon],
  ['ArrowLeft', first, first],
  ['PageDown', newest, newest - 10 * paneMs],
  ['PageUp', first, first + 10 * paneMs],
  ['Home', null, first],
  ['End', first, newest],
  // The crosshair of a plot by the minute may stand between two slots of this one.
  ['ArrowLeft', newest + 1, newest - paneMs],
  ['x', newest, null],
] as const)('%s', (key, from, to) => {
  expect(timeByKey(key, from, series)).toBe(to);
});
