// Where keys, the slider and a drag on a chart lead to in time.
import { describe, expect, test } from 'vitest';
import { axisTimeText, slotText } from '../../site/format/time.ts';
import { localText, midnightIn, msOfLocal, zoneOffsetMs } from '../../site/format/zone.ts';
import { frameOf, shiftOf, stampOf } from '../../site/live/frame.ts';
import { frameWords } from '../../site/live/frame-words.ts';
import { alertsAsOf } from '../../site/live/shown-state.ts';
import { scrubEnds, stepped, toMinute, zoomedIn, zoomedOut } from '../../site/live/time-steps.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';

const nowMs = Date.parse('2026-11-21T16:20:00Z');
const ms = (text: string): number => Date.parse(text);
const utcMidnight = (at: number): number => Math.floor(at / 86_400_000) * 86_400_000;

describe('a minute', () => {
  test('back and on, and from the last one to live', () => {
    const step = (asked: object, by: number) => stepped(asked, frameOf(asked, nowMs), by, nowMs).at;
    expect(step({}, -1)).toBe('2026-11-21T16:19Z');
    expect(step({ at: '2026-11-21T10:00Z' }, -1)).toBe('2026-11-21T09:59Z');
    expect(step({ at: '2026-11-21T10:00Z' }, 1)).toBe('2026-11-21T10:01Z');
    expect(step({ at: '2026-11-21T16:19Z' }, 1)).toBeNull();
    expect(step({ from: '2026-11-21T10:00Z', to: '2026-11-21T12:00Z' }, -1)).toBe('2026-11-21T11:59Z');
    expect(toMinute(nowMs, nowMs)).toEqual({ at: null });
  });

  test('is what the past is called by, though it is shown as it stood at its end', () => {
    expect(stampOf(frameOf({ at: '2026-11-21T10:00Z' }, nowMs))).toBe(ms('2026-11-21T10:00Z'));
    expect(stampOf(frameOf({}, nowMs))).toBeNull();
  });

  test('the slider is the last day, or the day that an older minute is in', () => {
    expect(scrubEnds(null, nowMs, utcMidnight)).toEqual({ first: nowMs - 86_400_000, last: nowMs });
    expect(scrubEnds(ms('2026-11-18T10:00Z'), nowMs, utcMidnight)).toEqual({
      first: ms('2026-11-18T00:00Z'),
      last: ms('2026-11-18T23:59Z'),
    });
  });
});

describe('zoom', () => {
  test('in between two times, in either direction, to five minutes at least', () => {
    const [a, b] = [ms('2026-11-21T10:00Z'), ms('2026-11-21T11:00Z')];
    expect(zoomedIn(a, b, 60_000, nowMs)).toEqual({ from: '2026-11-21T10:00Z', to: '2026-11-21T11:01Z' });
    expect(zoomedIn(b, a, 60_000, nowMs)).toEqual({ from: '2026-11-21T10:00Z', to: '2026-11-21T11:01Z' });
    expect(zoomedIn(a, a + 20_000, 10_000, nowMs)).toEqual({
      from: '2026-11-21T09:56Z',
      to: '2026-11-21T10:01Z',
    });
    expect(zoomedIn(a, a + 9_000, 10_000, nowMs)).toBeNull();
  });

  test('out to twice as long, around the same middle, not beyond now', () => {
    const out = (asked: object) => zoomedOut(frameOf(asked, nowMs), nowMs);
    expect(out({})).toEqual({ range: '6h' });
    expect(out({ range: '24h' })).toEqual({ range: '7d' });
    expect(out({ range: '7d' })).toEqual({ range: '7d' });
    expect(out({ from: '2026-11-21T10:00Z', to: '2026-11-21T12:00Z' })).toEqual({
      from: '2026-11-21T09:00Z',
      to: '2026-11-21T13:00Z',
    });
    expect(out({ from: '2026-11-21T15:00Z', to: '2026-11-21T16:20Z' }).to).toBe('2026-11-21T16:21Z');
  });
});

test.each([
  [{ compare: 'previous' }, 3_600_000],
  [{ compare: 'previous', range: '24h' }, 86_400_000],
  [{ compare: 'week', range: '24h' }, 7 * 86_400_000],
  [{ compare: '2026-11-20T15:20Z' }, 86_400_000],
  [{}, null],
])('%j is compared with what was so much before', (asked, shift) => {
  expect(shiftOf(asked, frameOf(asked, nowMs), nowMs)).toBe(shift);
});

test('clocks of a zone, also on the day that they change', () => {
  expect(zoneOffsetMs('Asia/Kolkata', nowMs)).toBe(5.5 * 3_600_000);
  expect(midnightIn('America/New_York', ms('2026-11-01T12:00Z'))).toBe(ms('2026-11-01T04:00Z'));
  expect(localText('America/New_York', ms('2026-11-01T12:00Z'))).toBe('2026-11-01T07:00');
  expect(msOfLocal('America/New_York', '2026-11-01T07:00')).toBe(ms('2026-11-01T12:00Z'));
  expect(msOfLocal('UTC', 'noon')).toBeNaN();
});

test('what is shown is told in words', () => {
  expect(frameWords(frameOf({}, nowMs), {})).toMatchObject({
    total: 'in the last hour',
    breakdown: 'Last 5 minutes',
    charts: [
      { title: 'Last 15 minutes', slots: 'by 10 s' },
      { title: 'Last hour', slots: 'by minute' },
    ],
  });
  const day = { range: '24h' };
  expect(frameWords(frameOf(day, nowMs), day)).toMatchObject({
    total: 'in the last 24 hours',
    span: 'Last 24 hours',
    charts: [{ title: 'Last 24 hours', slots: 'by 10 min' }],
  });
});

test('alerts are told as they stood: what came later had not come yet', () => {
  const at = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();
  const alert = scriptedAlert('a', nowMs, {
    created_at: at(-10),
    acknowledged: true,
    acknowledged_at: at(-8),
    acknowledged_by: 'ada',
    comment: 'Mine.',
    state: 'resolved',
    resolved_at: at(-5),
    resolution: 'healthy',
  });
  const as = (minutes: number) => alertsAsOf([alert], nowMs + minutes * 60_000);
  expect(as(-11)).toEqual([]);
  expect(as(-9)).toMatchObject([
    { state: 'firing', resolved_at: null, resolution: null, acknowledged: false, comment: null },
  ]);
  expect(as(-6)).toMatchObject([{ state: 'firing', acknowledged: true, acknowledged_by: 'ada' }]);
  expect(as(-5)).toEqual([alert]);
});

test('of a week the charts are, and the rankings of its last day', () => {
  const week = { range: '7d' };
  expect(frameWords(frameOf(week, nowMs), week)).toMatchObject({
    span: 'Last 7 days',
    breakdown: 'Last 24 hours',
  });
});

test('slots of a day are called by hours, of longer times with their day', () => {
  const at = new Date(2026, 10, 21, 0, 0, 5).getTime();
  const [slotMs, day] = [60_000, 86_400_000];
  expect(slotText({ slotMs: 10_000, lengthMs: 900_000 })(at)).toBe('00:00:05');
  expect(slotText({ slotMs, lengthMs: day })(at)).toBe('00:00');
  expect(slotText({ slotMs, lengthMs: 2 * day })(at)).toBe('21 Nov 00:00');
  const noon = at + day / 2;
  expect([day, 2 * day, 7 * day].map((lengthMs) => axisTimeText({ lengthMs })(at))).toEqual([
    '00:00',
    '21 Nov',
    '21 Nov',
  ]);
  expect([day, 2 * day, 7 * day].map((lengthMs) => axisTimeText({ lengthMs })(noon))).toEqual([
    '12:00',
    '12:00',
    '21 Nov',
  ]);
});
