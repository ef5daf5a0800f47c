// Numbers of the warehouse as people read them, and its days as a plot.
import { expect, test } from 'vitest';
import { dailySeries, dailySpec } from '../../site/analytics/daily-series.ts';
import { amountFigure } from '../../site/analytics/figures.ts';
import type { DailyRow } from '../../site/analytics/warehouse-rows.ts';
import { changeFigure, changeOf } from '../../site/format/change.ts';

const dayMs = 86_400_000;
const rows = Array.from(
  { length: 30 },
  (_, i): DailyRow => ({
    date: new Date(Date.UTC(2026, 9, 23 + i)).toISOString().slice(0, 10),
    views: 100 + i,
    unique_users: 50,
    watch_hours: 80,
    avg_completion_rate: null,
    previous_views: i,
    previous_date: '2026-09-01',
  }),
);

test.each([
  [0.1184, '+12', '%', '12 % more than before'],
  [-0.0241, '−2.4', '%', '2.4 % less than before'],
  [0.0004, '0.0', '%', 'unchanged'],
  [0, '0.0', '%', 'unchanged'],
  [8.99, '+899', '%', '899 % more than before'],
  [31.56, '×33', '', '33 times as much as before'],
])('a change of %d is %s%s', (change, text, unit, exact) => {
  expect(changeFigure(change)).toEqual({ text, unit, exact });
});

test('of what was nothing there is no change to tell', () => {
  expect(changeOf(5, 0)).toBeNull();
  expect(changeOf(5, null)).toBeNull();
  expect(changeOf(6, 5)).toBeCloseTo(0.2, 9);
  expect(changeFigure(null).text).toBe('–');
});

test('amounts have a tenth below ten', () => {
  expect([0, 1, 1.26, 9.96, 12_400, null].map((value) => amountFigure(value).text)).toEqual([
    '0',
    '1.0',
    '1.3',
    '10.0',
    '12.4',
    '–',
  ]);
});

test('days are a line that ends today, which still grows; days that are over have none that does', () => {
  const open = dailySeries(rows, '2026-11-21');
  expect([open.times.length, open.closedCount]).toEqual([31, 30]);
  expect(open.asOf).toBe(Date.UTC(2026, 10, 21));
  expect(open.asOf - open.span.lengthMs).toBe(Date.UTC(2026, 9, 23));
  expect(dailySeries(rows, '2026-11-22').closedCount).toBe(31);
  const [views, before] = dailySpec(true).lines;
  expect(views?.values(open).slice(0, 3)).toEqual([null, 100, 101]);
  expect(before?.values(open).slice(0, 3)).toEqual([null, 0, 1]);
  expect(dailySpec(false).lines).toHaveLength(1);
});

test('the axis names the last day, though the plot ends within a pixel of it', () => {
  const spec = dailySpec(true);
  const last = Date.UTC(2026, 10, 21);
  for (const max of [last, last - 40 * 60_000]) {
    const splits = spec.timeSplits?.(last - 29 * dayMs, max, 3 * dayMs) ?? [];
    expect(splits.at(-1)).toBe(last);
    expect(new Set(splits.map((at) => at % dayMs))).toEqual(new Set([0]));
    expect(spec.timeText?.(splits.at(-1) ?? 0)).toBe('21 Nov');
  }
});
