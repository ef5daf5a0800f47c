// What the Live view is asked to show, as an address; and what is asked of the service for it.
import { describe, expect, test } from 'vitest';
import { changed, readAsked, searchWith, undone, withoutUnknown } from '../../site/live/asked.ts';
import { frameOf } from '../../site/live/frame.ts';

const now = Date.parse('2026-11-21T16:20:30Z');
const minute = Date.parse('2026-11-21T16:20:00Z');

describe('the address', () => {
  test.each([
    ['', {}],
    ['?region=A,B&at=2026-11-21T10:00Z', { region: 'A,B', at: '2026-11-21T10:00Z' }],
    ['?device_type=!tv', { device_type: '!tv' }],
    ['?at=1795255200000', { at: '2026-11-21T10:00Z' }],
    ['?range=24h&tz=Asia/Tokyo&compare=week', { range: '24h', tz: 'Asia/Tokyo', compare: 'week' }],
    [
      '?from=2026-11-21T10:00:30Z&to=2026-11-21T12:00Z',
      { from: '2026-11-21T10:00Z', to: '2026-11-21T12:00Z' },
    ],
    ['?kiosk=1', {}],
  ])('%s', (search, asked) => {
    expect(readAsked(search, now)).toEqual({ asked, left: [] });
  });

  test.each([
    ['?region=', ['region=']],
    ['?region=!', ['region=!']],
    ['?at=yesterday', ['at=yesterday']],
    ['?at=2026-11-21T16:21Z', ['at=2026-11-21T16:21Z']],
    ['?at=1999-01-01T00:00Z', ['at=1999-01-01T00:00Z']],
    ['?range=constructor', ['range=constructor']],
    ['?tz=Mars/Base', ['tz=Mars/Base']],
    ['?compare=never', ['compare=never']],
    ['?from=2026-11-21T10:00Z', ['from=2026-11-21T10:00Z']],
    ['?from=2026-11-21T12:00Z&to=2026-11-21T10:00Z', ['from=2026-11-21T12:00Z', 'to=2026-11-21T10:00Z']],
    ['?from=2026-11-01T12:00Z&to=2026-11-21T10:00Z', ['from=2026-11-01T12:00Z', 'to=2026-11-21T10:00Z']],
    [`?content_id=${'x'.repeat(129)}`, [`content_id=${'x'.repeat(40)}…`]],
  ])('%s means nothing, and is told', (search, left) => {
    expect(readAsked(search, now)).toEqual({ asked: {}, left });
  });

  test('of what cannot go together the first or the finer stays', () => {
    expect(readAsked('?range=1h&at=2026-11-21T10:00Z', now)).toEqual({
      asked: { at: '2026-11-21T10:00Z' },
      left: ['range=1h'],
    });
    expect(readAsked('?content_type=film&device_type=tv', now)).toEqual({
      asked: { device_type: 'tv' },
      left: ['content_type=film'],
    });
    expect(readAsked('?region=A&region=B', now)).toEqual({ asked: { region: 'A' }, left: ['region=B'] });
  });

  test('what others keep in it stays, and what is asked for stands as it is read again', () => {
    const { asked } = readAsked('?region=!A,"B,C"&at=2026-11-21T10:00Z', now);
    const search = searchWith('?kiosk=1&region=X', asked);
    expect(search).toBe('?kiosk=1&region=!A,%22B,C%22&at=2026-11-21T10:00Z');
    expect(readAsked(search, now).asked).toEqual(asked);
    expect(searchWith('?region=X', {})).toBe('');
  });

  test('regions that are none go, the others stay', () => {
    const isRegion = (name: string): boolean => name === 'A';
    expect(withoutUnknown({ region: 'A,X' }, isRegion)).toEqual({
      asked: { region: 'A' },
      left: ['region=X'],
    });
    expect(withoutUnknown({ region: '!X' }, isRegion)).toEqual({ asked: {}, left: ['region=X'] });
    expect(withoutUnknown({ region: '!A' }, isRegion)).toEqual({ asked: { region: '!A' }, left: [] });
  });
});

describe('changes', () => {
  test('a time takes the place of another, a key that of another dimension', () => {
    expect(changed({ at: 'x', region: 'A' }, { range: '1h' })).toEqual({ region: 'A', range: '1h' });
    expect(changed({ range: '1h' }, { from: 'x', to: 'y' })).toEqual({ from: 'x', to: 'y' });
    expect(changed({ device_type: 'tv' }, { content_type: 'film' })).toEqual({ content_type: 'film' });
    expect(changed({ device_type: 'tv', region: 'A' }, { device_type: '!tv' })).toEqual({
      device_type: '!tv',
      region: 'A',
    });
  });

  test('what was asked for last is taken back first; the zone stays', () => {
    const steps = [];
    let asked = readAsked(
      '?tz=UTC&region=A,B&device_type=tv&from=2026-11-21T10:00Z&to=2026-11-21T12:00Z',
      now,
    ).asked;
    for (let i = 0; i < 6; i++) {
      asked = undone(asked);
      steps.push(searchWith('', asked));
    }
    expect(steps).toEqual([
      '?tz=UTC&region=A,B&device_type=tv',
      '?tz=UTC&region=A,B',
      '?tz=UTC&region=A',
      '?tz=UTC',
      '?tz=UTC',
      '?tz=UTC',
    ]);
  });
});

describe('what is asked of the service', () => {
  const questionOf = (search: string) => frameOf(readAsked(search, now).asked, minute).question;

  test.each(['', '?region=A', '?tz=UTC'])('nothing, where the socket tells all: %s', (search) => {
    expect(questionOf(search)).toBeNull();
  });

  test('of several regions the breakdown alone, every 2 s', () => {
    expect(questionOf('?region=!A')).toMatchObject({
      search: '?minutes=12&step=1&breakdown=5&breakdown_region=%21A',
      everyMs: 2_000,
      isBreakdownOnly: true,
    });
  });

  test('of a part an hour, and then its end every 2 s', () => {
    expect(questionOf('?device_type=tv&region=A')).toEqual({
      search: '?minutes=60&step=1&breakdown=5&device_type=tv&breakdown_region=A',
      tail: '?minutes=12&step=1&breakdown=5&device_type=tv&breakdown_region=A',
      everyMs: 2_000,
      alerts: null,
      isBreakdownOnly: false,
    });
  });

  test('of a past minute the hour to its end, once, with the alerts of a day', () => {
    const frame = frameOf({ at: '2026-11-21T10:00Z' }, minute);
    expect(frame).toMatchObject({ kind: 'past', endMs: Date.parse('2026-11-21T10:01Z') });
    expect(frame.question).toMatchObject({
      search: '?minutes=60&step=1&breakdown=5&to=2026-11-21T10%3A01%3A00.000Z',
      everyMs: null,
      alerts: '?minutes=1440&limit=200&to=2026-11-21T10%3A01%3A00.000Z',
    });
  });

  test('of a minute that is no longer kept the day of hours that ends with its hour', () => {
    const frame = frameOf({ at: '2026-11-10T10:20Z' }, minute);
    expect(frame).toMatchObject({ kind: 'past', endMs: Date.parse('2026-11-10T11:00Z') });
    expect(frame.question?.search).toBe(
      '?minutes=1440&step=60&breakdown=1440&to=2026-11-10T11%3A00%3A00.000Z',
    );
  });

  test.each([
    ['?range=15m', '?minutes=15&step=1&breakdown=1440', 5_000],
    ['?range=24h', '?minutes=1440&step=10&breakdown=1440', 30_000],
    ['?range=7d', '?minutes=10080&step=60&breakdown=1440', 30_000],
    ['?range=today&tz=Asia/Tokyo', '?from=2026-11-21T15%3A00%3A00.000Z&step=1&breakdown=1440', 5_000],
    [
      '?from=2026-11-21T10:00Z&to=2026-11-21T12:00Z',
      '?minutes=120&step=1&breakdown=1440&to=2026-11-21T12%3A00%3A00.000Z',
      null,
    ],
  ])('%s', (search, question, everyMs) => {
    expect(questionOf(search)).toMatchObject({ search: question, everyMs });
  });
});
