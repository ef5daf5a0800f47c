// What is asked of the warehouse, as an address of the page and as one of the service.
import { describe, expect, test } from 'vitest';
import {
  askedOf,
  changed,
  chosenFault,
  dateIn,
  daysOf,
  daysText,
  filtersOf,
  pressed,
  questionOf,
  searchOf,
} from '../../site/analytics/question.ts';
import { valueText } from '../../site/filter/value-list.ts';
import { isZone } from '../../site/format/zone.ts';

const now = Date.parse('2026-11-21T23:30:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

describe('the address', () => {
  test.each([
    '?days=7&tz=UTC&compare=off&genre=%21Drama%2CComedy',
    '?from=2026-10-01&to=2026-10-31&tz=Asia%2FTokyo&country=US&movie=a%26b%3D%C3%BC+%3F',
  ])('and what is asked are one another: %s', (search) => {
    expect(searchOf(askedOf(search, 'Europe/London'))).toBe(search);
  });

  test.each([
    '?days=31',
    '?tz=Mars/Base',
    '?from=2026-10-01',
    '?from=2026-10-09&to=2026-10-01',
    '?other=1',
    '?genre=+',
  ])('that means nothing is as if it was not there: %s', (search) => {
    expect(askedOf(search, 'Europe/London')).toEqual({ tz: 'Europe/London' });
  });

  test('keeps filters in the order in which they were chosen', () => {
    const asked = changed(changed(askedOf('?country=US', 'UTC'), { genre: 'Drama' }), { country: '!US' });
    expect(filtersOf(asked).map(({ name }) => name)).toEqual(['country', 'genre']);
    expect(changed(asked, { country: null })).toEqual({ tz: 'UTC', genre: 'Drama' });
  });
});

describe('filters', () => {
  test.each([
    [['US'], false, 'US'],
    [['US', 'CA'], true, '!US,CA'],
    [['a, b', 'say "so"', '!x'], false, '"a, b","say ""so""","!x"'],
  ])('are lists as the service reads them: %s', (values, isNot, text) => {
    expect(valueText(values, isNot)).toBe(text);
    expect(filtersOf({ genre: text })).toEqual([{ name: 'genre', values, isNot }]);
  });

  test('a row that is pressed is looked at alone, or left out beside the others', () => {
    expect(pressed({ genre: 'Drama' }, 'genre', 'Comedy')).toMatchObject({ genre: 'Comedy' });
    expect(pressed({ genre: '!Drama' }, 'genre', 'Comedy')).toMatchObject({ genre: '!Drama,Comedy' });
    expect(pressed({ genre: '!Drama' }, 'genre', 'Drama')).toMatchObject({ genre: '!Drama' });
  });
});

describe('days', () => {
  test('are those of the zone', () => {
    expect(dateIn('Asia/Tokyo', now)).toBe('2026-11-22');
    const { first, last, count } = daysOf({ days: '7', tz: 'Asia/Tokyo' }, now);
    expect([iso(first).slice(0, 10), iso(last).slice(0, 10), count]).toEqual(['2026-11-16', '2026-11-22', 7]);
    expect(daysText(first, last)).toBe('16 Nov to 22 Nov 2026');
  });

  // Noon of a day lies in it everywhere, also where clocks change; the service rounds to whole days of the zone.
  test.each([
    'UTC',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'America/New_York',
    'Asia/Kolkata',
    'Europe/London',
  ])('that are chosen are asked for by times that lie in them: %s', (tz) => {
    for (const [from, to] of [
      ['2026-03-29', '2026-03-29'],
      ['2026-03-08', '2026-11-01'],
      ['2026-10-25', '2026-10-26'],
    ] as const) {
      const question = questionOf({ from, to, tz });
      expect(dateIn(tz, Number(question.get('from')))).toBe(from);
      expect(dateIn(tz, Number(question.get('to')) - 1)).toBe(to);
      expect(Number(question.get('to'))).toBeGreaterThan(Number(question.get('from')));
    }
  });

  test('of 400 are taken, of 401 not', () => {
    expect(chosenFault({ from: '2025-10-01', to: '2026-11-04' })).toBeNull();
    expect(chosenFault({ from: '2025-10-01', to: '2026-11-05' })).toBe('At most 400 days.');
  });

  test('by default are thirty, compared with those before', () => {
    expect(String(questionOf({ tz: 'UTC' }))).toBe('tz=UTC&days=30&compare=previous');
    expect(questionOf({ tz: 'UTC', compare: 'off' }).has('compare')).toBe(false);
  });
});

test('a zone is one that there is', () => {
  expect(['UTC', 'Asia/Kolkata', 'Mars/Base', ''].map(isZone)).toEqual([true, true, false, false]);
});
