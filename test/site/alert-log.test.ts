// The page of alerts: its address, its questions, the values around an alert, and what is told of its life.
import { describe, expect, test } from 'vitest';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import {
  alertAddress,
  alertFilterOf,
  alertLink,
  alertSearch,
  changedFilter,
  csvSearch,
  isShown,
  liveLink,
  rangeFault,
} from '../../site/alerts/alert-filter.ts';
import { alertLife } from '../../site/alerts/alert-life.ts';
import {
  alertValues,
  isBreach,
  linePaths,
  type MinuteRow,
  noChart,
  timesAround,
  valueScale,
  valuesAddress,
  worstValue,
} from '../../site/alerts/alert-values.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';
import { noon } from './frames.ts';

const minuteMs = 60_000;
const at = (minutes: number): string => new Date(noon + minutes * minuteMs).toISOString();
const alert = (change: Partial<AlertRow> = {}): AlertRow => scriptedAlert('a', noon, change);
const over = (minutes: number, change: Partial<AlertRow> = {}): AlertRow =>
  alert({ state: 'resolved', resolved_at: at(minutes), resolution: 'healthy', ...change });
const search = (text: string | null): URLSearchParams => new URL(text ?? '/none', 'http://x').searchParams;

describe('the address', () => {
  test('nonsense in every parameter is as if it were not there; the plain list has a plain address', () => {
    const nonsense = '?state=x&severity=blue&range=9y&from=yesterday&to=&alert=&other=1';
    expect(alertFilterOf(nonsense)).toEqual({});
    expect(alertSearch(alertFilterOf('?range=7d'))).toBe('');
    expect(alertFilterOf('?region=%3Cb%3E&rule=NO_DATA')).toEqual({ region: '<b>', rule: 'NO_DATA' });
  });

  test('the same list is the same address, whatever was chosen first; a chosen time takes the place of a range', () => {
    const asked = alertFilterOf(`?to=${at(60)}&severity=CRITICAL&from=${at(0)}&range=24h&state=firing`);
    expect(asked).toEqual({ state: 'firing', severity: 'CRITICAL', from: at(0), to: at(60) });
    expect(alertSearch(changedFilter(asked, { from: null, to: null, range: '1h', severity: '' }))).toBe(
      '?state=firing&range=1h',
    );
  });

  test('a chosen time must have two ends in order, at most 30 days apart', () => {
    expect(rangeFault({})).toBeNull();
    expect(rangeFault({ from: at(0) })).toBe('Give a beginning and an end.');
    expect(rangeFault({ from: at(0), to: at(0) })).toBe('The end must be after the beginning.');
    expect(rangeFault({ from: at(0), to: at(43_201) })).toBe('At most 30 days.');
    expect(rangeFault({ from: at(0), to: at(43_200) })).toBeNull();
  });
});

describe('the questions', () => {
  test('what fires is asked for however long it has; what is over, of the range and in pages', () => {
    const asked = { region: 'EU-Paris', range: '24h' };
    expect(Object.fromEntries(search(alertAddress(asked, 'firing')))).toEqual({
      minutes: '43200',
      region: 'EU-Paris',
      state: 'firing',
      limit: '500',
    });
    expect(Object.fromEntries(search(alertAddress(asked, 'resolved', 'next')))).toEqual({
      minutes: '1440',
      region: 'EU-Paris',
      state: 'resolved',
      limit: '50',
      cursor: 'next',
    });
  });

  test('one state is one question, and its file is of that state', () => {
    expect(alertAddress({ state: 'resolved' }, 'firing')).toBeNull();
    expect(alertAddress({ state: 'acknowledged' }, 'resolved')).toBeNull();
    expect(search(alertAddress({ state: 'acknowledged' }, 'firing')).get('acknowledged')).toBe('true');
    expect(search(alertAddress({ state: 'firing' }, 'firing')).get('acknowledged')).toBe('false');
    expect(
      Object.fromEntries(csvSearch({ state: 'resolved', rule: 'NO_DATA', from: at(0), to: at(9) })),
    ).toEqual({
      from: at(0),
      to: at(9),
      alert_type: 'NO_DATA',
      state: 'resolved',
    });
  });

  test('a frame brings what the filter lets through, and nothing else', () => {
    const shows = (text: string, one: AlertRow): boolean => isShown(alertFilterOf(text), one, noon);
    expect(shows('', alert({ created_at: at(-60_000) }))).toBe(true);
    expect(shows('?state=acknowledged', alert())).toBe(false);
    expect(shows('?state=acknowledged', alert({ acknowledged: true }))).toBe(true);
    expect(shows('?severity=INFO', alert())).toBe(false);
    expect(shows('?rule=LOW_SUCCESS_RATE&region=EU-London', alert())).toBe(true);
    expect(shows('?range=1h', over(-70, { created_at: at(-80) }))).toBe(false);
    // It began before the hour, and somebody has just watched it end.
    expect(shows('?range=1h', over(-5, { created_at: at(-80) }))).toBe(true);
    expect(shows(`?from=${at(-90)}&to=${at(-70)}`, over(-5, { created_at: at(-80) }))).toBe(true);
    expect(shows(`?from=${at(-90)}&to=${at(-70)}`, alert())).toBe(false);
  });

  test('links: the alert alone, and the Live view once the minute that told of it was over', () => {
    const one = alert({ created_at: at(-2.4) });
    expect(alertLink(one)).toBe(
      '/alerts?from=2026-11-21T11%3A57Z&to=2026-11-21T11%3A58Z&alert=a'.replace(
        '2026-11-21',
        at(0).slice(0, 10),
      ),
    );
    expect(search(liveLink(one, noon)).get('at')).toBe(`${at(-2).slice(0, 16)}Z`);
    expect(liveLink(one, noon - 3 * minuteMs)).toBe('/?region=EU-London');
  });
});

const row = (minutes: number, change: Partial<MinuteRow> = {}): MinuteRow => ({
  window_start: at(minutes),
  total_events: 100,
  total_downloads: 50,
  success_rate: 0.98,
  error_rate: 0.02,
  open: false,
  ...change,
});

describe('values around an alert', () => {
  test('twenty minutes to both sides, up to now; of a long one its beginning, or the newest while it fires', () => {
    const began = alert({ pending_since: at(-30) });
    expect(timesAround(began, noon + 5_000)).toEqual({ from: noon - 50 * minuteMs, to: noon + minuteMs });
    expect(timesAround({ ...began, state: 'resolved', resolved_at: at(-25.5) }, noon)).toEqual({
      from: noon - 50 * minuteMs,
      to: noon - 5 * minuteMs,
    });
    const long = alert({ pending_since: at(-600) });
    expect(timesAround(long, noon).from).toBe(noon - 119 * minuteMs);
    expect(timesAround({ ...long, resolved_at: at(-100) }, noon).from).toBe(noon - 620 * minuteMs);
  });

  test('of a content or a device it is asked alone', () => {
    const device = alert({ dimension: 'device', dimension_key: 'tv & more' });
    expect(search(valuesAddress(device, noon)).get('device_type')).toBe('tv & more');
    expect(search(valuesAddress(alert(), noon)).has('device_type')).toBe(false);
  });

  test('checks and what is older than the minutes have no chart, and say why', () => {
    expect(noChart(alert(), noon)).toBeNull();
    expect(noChart(alert({ metric: 'unaccounted_events' }), noon)).toContain('found by a check');
    expect(noChart(alert({ created_at: at(-8 * 1440) }), noon)).toContain('7 days');
  });

  test('silence is counted from the last event, and unknown before one', () => {
    const silent = alert({ metric: 'silent_minutes', threshold_value: 2 });
    const rows = [0, 5, 0, 0, 0].map((total_events, i) => row(i, { total_events }));
    const { values, closedCount } = alertValues(silent, [...rows, row(5, { open: true })]);
    expect(values).toEqual([null, 0, 1, 2, 3, 0]);
    expect(closedCount).toBe(5);
    expect(values.map((value) => value !== null && isBreach(silent, value))).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(worstValue(silent, values)).toBe(3);
  });

  test('gaps stay gaps, and only what is beyond the limit is drawn as such', () => {
    const rates = [0.98, 0.5, 0.98, null, 0.6, null];
    const values = alertValues(
      alert(),
      rates.map((success_rate, i) => row(i, { success_rate })),
    );
    const { all, breach } = linePaths(alert(), values, 500);
    expect(all).toBe('M0.0 4.0L100.0 100.0L200.0 4.0M400.0 80.0h.1');
    expect(breach).toBe('M0.0 4.0L100.0 100.0M100.0 100.0L200.0 4.0M400.0 80.0h.1');
    expect(worstValue(alert(), values.values)).toBe(0.5);
    expect(worstValue(alert(), [null])).toBeNull();
  });

  test('the limit always lies on the axis', () => {
    expect(valueScale(alert({ threshold_value: 0.4 }), [0.97]).min).toBe(0);
    expect(valueScale(alert({ metric: 'error_rate', threshold_value: 0.3 }), [0.01]).max).toBe(0.5);
    expect(valueScale(alert({ metric: 'silent_minutes', threshold_value: 5 }), [0]).max).toBeGreaterThan(5);
  });
});

describe('the life of an alert', () => {
  const step = { window_start: at(-3), attempts: 512, recorded_at: at(-2), by: null };

  test('who did what, in the order of time, and why', () => {
    const life = alertLife(
      over(0, {
        history: [
          { ...step, state: 'pending', metric_value: 0.659, cause: 'window' },
          { ...step, state: 'firing', metric_value: 0.659, cause: 'late_data', recorded_at: at(-1.9) },
          { ...step, state: 'resolved', metric_value: 0.95, cause: 'window', recorded_at: at(0) },
        ],
        acknowledged: true,
        acknowledged_by: 'ada',
        acknowledged_at: at(-1),
        comment: 'On it.',
      }),
    );
    expect(life.map(({ what }) => what)).toEqual(['In breach', 'Firing', 'Acknowledged', 'Resolved']);
    expect(life[0]?.why).toBe('65.9\u202f% of 512 downloads, a minute closed');
    expect(life[1]?.why).toContain('late data');
    expect(life[2]).toMatchObject({ why: 'by ada', comment: 'On it.' });
  });

  test('one that a person closed says so, and one without steps began all the same', () => {
    const closed = over(0, {
      resolution: 'closed',
      history: [{ ...step, state: 'resolved', metric_value: null, cause: 'person' }],
    });
    expect(alertLife(closed)[0]?.why).toBe('closed by a person');
    const history = closed.history.map((one) => ({ ...one, by: 'mei' }));
    expect(alertLife({ ...closed, history })[0]?.why).toBe('closed by mei');
    expect(alertLife(alert())).toEqual([{ at: at(-2), what: 'Firing', why: '', comment: null }]);
  });
});
