// Rows of the batch layer as bars and columns, and the steps in which hours are looked for that are missing.
import { expect, test } from 'vitest';
import { axisOf, lengthsOf, meanText, patternColumns, seriesColumns } from '../../site/analytics/bars.ts';
import type { ContentRow, HourRow } from '../../site/analytics/batch-rows.ts';
import { computableEnd, stepsOf } from '../../site/analytics/missing.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const day = Date.parse('2026-11-20T00:00:00Z');

const hourRow = (hour: number, avg_events: number) => ({ hour, avg_events }) as HourRow;
const contentRow = (start: number, view_count: number) =>
  ({ window_start: new Date(start).toISOString(), view_count }) as ContentRow;

test('the largest is as long as its track, and nothing has no length', () => {
  expect(lengthsOf([8, 4, 0])).toEqual([1, 0.5, 0]);
  expect(lengthsOf([0, 0])).toEqual([0, 0]);
  expect(lengthsOf([])).toEqual([]);
});

test('means are exact to a tenth where they are small', () => {
  expect([0, 0.25, 9.96, 10.4, 12_400].map(meanText)).toEqual(['0', '0.3', '10', '10', '12.4\u202fK']);
});

test('a day has 24 hours, whatever the order of the rows and whichever are missing', () => {
  const columns = patternColumns([hourRow(23, 5), hourRow(0, 1200)]);
  expect(columns.map(({ value }) => value)).toEqual([1200, ...Array<null>(22).fill(null), 5]);
  expect(columns.filter(({ label }) => label !== '').map(({ label }) => label)).toEqual([
    '00:00',
    '06:00',
    '12:00',
    '18:00',
  ]);
  expect(columns[1]?.text).toBe('01:00: no events counted');
  expect(columns[23]?.text).toBe('23:00: 5 events an hour');
});

test('a series has a place for each hour of its range, and gaps are not zeros', () => {
  const columns = seriesColumns([contentRow(day + 2 * hourMs, 7), contentRow(day, 0)], {
    from: day,
    to: day + 4 * hourMs,
  });
  expect(columns.map(({ value }) => value)).toEqual([0, null, 7, null]);
  expect(columns[2]?.text).toBe('02:00: 7 views');
});

test('over more than three days it has one for each day, also for that which goes on', () => {
  const columns = seriesColumns([contentRow(day, 1)], { from: day, to: day + 4 * dayMs - hourMs });
  expect(columns.map(({ value }) => value)).toEqual([1, null, null, null]);
  expect(columns[0]).toMatchObject({ label: '20 Nov', text: '20 Nov: 1 view' });
});

test('the axis ends above the highest column and begins at zero', () => {
  const { max, lines } = axisOf(patternColumns([hourRow(3, 742)]));
  expect(max).toBeGreaterThan(742);
  expect(lines[0]).toEqual({ at: 1, word: meanText(max) });
  expect(lines.at(-1)).toEqual({ at: 0, word: '0' });
  expect(axisOf([]).max).toBeGreaterThan(0);
});

test('missing hours are looked for by the hour in two days, by the day in more, the newest first', () => {
  const two = stepsOf({ from: day, to: day + 2 * dayMs });
  expect(two).toHaveLength(48);
  expect(two[0]).toEqual({ from: day + 47 * hourMs, to: day + 48 * hourMs });
  const more = stepsOf({ from: day, to: day + 2 * dayMs + hourMs });
  expect(more[0]).toEqual({ from: day + 2 * dayMs, to: day + 2 * dayMs + hourMs });
  expect(more).toHaveLength(3);
});

test('what can be computed ends with the last hour whose lateness is over', () => {
  const step = { from: day, to: day + dayMs };
  expect(computableEnd(step, day + 30 * hourMs)).toBe(step.to);
  expect(computableEnd(step, day + 5 * hourMs + 5 * 60_000)).toBe(day + 4 * hourMs);
  expect(computableEnd(step, day + 5 * hourMs + 20 * 60_000)).toBe(day + 5 * hourMs);
});
