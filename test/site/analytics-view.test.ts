// What the Analytics page is asked to show, as its address, its times and its questions.
import { describe, expect, test } from 'vitest';
import {
  type AnalyticsView,
  daysFault,
  daysText,
  questionOf,
  searchOf,
  stepOf,
  timesOf,
  userDay,
  userDays,
  viewOf,
} from '../../site/analytics/view.ts';

const now = Date.parse('2026-11-21T11:26:50Z');
const iso = ({ from, to }: { from: number; to: number }) =>
  [from, to].map((ms) => new Date(ms).toISOString().slice(0, 13));
const timesAt = (search: string, at = now) => iso(timesOf(viewOf(search), at));

describe('the address', () => {
  const views: AnalyticsView[] = [
    { range: '7d', from: null, to: null, region: null, content: null, day: null },
    { range: 'today', from: null, to: null, region: 'EU-London', content: null, day: null },
    { range: '30d', from: null, to: null, region: null, content: 'a&b=ü ?', day: '2026-11-20' },
    { range: 'custom', from: '2026-10-01', to: '2026-10-01', region: null, content: null, day: null },
  ];
  test.each(views)('and the view are one another: $range', (view) => {
    expect(viewOf(searchOf(view))).toEqual(view);
  });

  test('of the view that the part begins with is the part alone', () => {
    expect(searchOf(viewOf(''))).toBe('?part=stream');
    expect(searchOf(viewOf('?range=7d'))).toBe('?part=stream');
  });

  test.each([
    '?range=year',
    '?range=custom',
    '?range=toString',
    '?from=2026-10-01',
    '?from=2026-10-09&to=2026-10-01',
    '?from=yesterday&to=today',
    '?from=2026-02-30x&to=2026-03-01',
  ])('that means nothing is the last 7 days: %s', (search) => {
    expect(viewOf(search)).toEqual(viewOf(''));
  });
});

describe('the times', () => {
  test('are whole days of UTC, and end with the hour that is open', () => {
    expect(timesAt('?range=today')).toEqual(['2026-11-21T00', '2026-11-21T12']);
    expect(timesAt('?range=yesterday')).toEqual(['2026-11-20T00', '2026-11-21T00']);
    expect(timesAt('')).toEqual(['2026-11-15T00', '2026-11-21T12']);
    expect(timesAt('?range=30d')).toEqual(['2026-10-23T00', '2026-11-21T12']);
  });

  test('of today are not empty at midnight', () => {
    const midnight = Date.parse('2026-11-21T00:00:00Z');
    expect(timesAt('?range=today', midnight)).toEqual(['2026-11-21T00', '2026-11-21T01']);
  });

  test('of chosen days hold the last day, as far as it has come', () => {
    expect(timesAt('?from=2026-11-01&to=2026-11-02')).toEqual(['2026-11-01T00', '2026-11-03T00']);
    expect(timesAt('?from=2026-11-20&to=2026-11-21')).toEqual(['2026-11-20T00', '2026-11-21T12']);
    expect(timesAt('?from=2026-12-24&to=2026-12-25')).toEqual(['2026-12-24T00', '2026-12-24T01']);
  });

  test('of 92 days are taken, of 93 not', () => {
    expect(daysFault('2026-08-01', '2026-10-31')).toBeNull();
    expect(daysFault('2026-08-01', '2026-11-01')).toBe('At most 92 days.');
  });

  test('are by the hour up to three days', () => {
    const days = (count: number) => ({ from: 0, to: count * 86_400_000 });
    expect([stepOf(days(1)), stepOf(days(3)), stepOf({ ...days(3), from: -1 })]).toEqual([
      'hour',
      'hour',
      'day',
    ]);
  });

  test('are told as days', () => {
    const text = (search: string) => daysText(timesOf(viewOf(search), now));
    expect(text('?range=today')).toBe('21 Nov 2026');
    expect(text('')).toBe('15 Nov to 21 Nov 2026');
    expect(text('?from=2025-12-31&to=2026-01-01')).toBe('31 Dec 2025 to 1 Jan 2026');
  });
});

test('a question has its range and what is not null', () => {
  const question = questionOf({ from: 0, to: 3_600_000 }, { region: null, content_id: 'a b' });
  expect(String(question)).toBe(
    'from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T01%3A00%3A00.000Z&content_id=a+b',
  );
});

test('users are of one of the last seven days of the range: the chosen one, else the newest that is over', () => {
  expect(userDays(timesOf(viewOf('?range=30d'), now))).toHaveLength(7);
  expect(userDays(timesOf(viewOf('?range=today'), now))).toEqual(['2026-11-21']);
  const dayOf = (search: string) => {
    const view = viewOf(search);
    return userDay(timesOf(view, now), view.day, now);
  };
  expect(dayOf('')).toBe('2026-11-20');
  expect(dayOf('?day=2026-11-17')).toBe('2026-11-17');
  expect(dayOf('?day=2026-10-01')).toBe('2026-11-20');
  expect(dayOf('?range=today')).toBe('2026-11-21');
  expect(dayOf('?range=yesterday')).toBe('2026-11-20');
  expect(dayOf('?from=2026-11-01&to=2026-11-03')).toBe('2026-11-03');
});
