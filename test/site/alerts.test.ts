// Alerts as the page orders, words and shades them.
import { describe, expect, test } from 'vitest';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertFeed, firingCount } from '../../site/live/alert-feed.ts';
import { alertSpans, alertsWithin, spanStretches } from '../../site/live/alert-spans.ts';
import {
  alertLimit,
  alertNews,
  alertPeriod,
  alertRemarks,
  alertValue,
  resolutionText,
} from '../../site/live/alert-text.ts';
import { serviceState } from '../../site/live/service-state.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';
import { noon } from './frames.ts';

const at = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString();
const alert = (id: string, change: Partial<AlertRow> = {}): AlertRow => scriptedAlert(id, noon, change);
const over = (id: string, minutes: number, change: Partial<AlertRow> = {}): AlertRow =>
  alert(id, { state: 'resolved', resolved_at: at(minutes), resolution: 'healthy', ...change });
const byId = (...alerts: AlertRow[]) => new Map(alerts.map((one) => [one.id, one]));
const ids = (alerts: readonly AlertRow[]): string[] => alerts.map(({ id }) => id);

describe('the feed', () => {
  test('fires first by severity, then what nobody has acknowledged, then the newest; over is newest first', () => {
    const feed = alertFeed(
      [
        over('over-early', -30),
        alert('info', { severity: 'INFO', created_at: at(0) }),
        alert('critical-seen', { acknowledged: true, created_at: at(-1) }),
        alert('critical-old', { created_at: at(-9) }),
        over('over-late', -3),
        alert('critical-new', { created_at: at(-2) }),
        alert('warning', { severity: 'WARNING' }),
      ],
      null,
    );
    expect(ids(feed.firing)).toEqual(['critical-new', 'critical-old', 'critical-seen', 'warning', 'info']);
    expect(ids(feed.resolved)).toEqual(['over-late', 'over-early']);
    expect(feed.firingElsewhere).toBe(0);
  });

  test('the filter hides other regions, and says how many fire there', () => {
    const alerts = [alert('a'), alert('b', { region: 'EU-Paris' }), over('c', -1, { region: 'EU-Paris' })];
    const feed = alertFeed(alerts, { values: ['EU-London'], isNot: false });
    expect(ids(feed.firing)).toEqual(['a']);
    expect(feed.resolved).toEqual([]);
    expect(feed.firingElsewhere).toBe(1);
    expect(firingCount(byId(...alerts))).toBe(2);
  });
});

describe('words', () => {
  test.each([
    ['success_rate', 0.659, 0.9, '65.9\u202f%', 'success rate, below 90\u202f%'],
    ['success_rate', 0.89999, 0.9, '89.9\u202f%', 'success rate, below 90\u202f%'],
    ['error_rate', 0.10001, 0.1, '10.1\u202f%', 'error rate, above 10\u202f%'],
    ['silent_minutes', 7, 5, '7\u202fmin', 'without events, limit 5\u202fmin'],
    ['lateness_cuts', 12_400, 0, '12.4\u202fK', 'windows cut short, above 0'],
  ] as const)('%s of %d against %d: never rounded onto its threshold', (metric, value, limit, text, side) => {
    const one = alert('a', { metric, metric_value: value, threshold_value: limit });
    expect([alertValue(one), alertLimit(one)]).toEqual([text, side]);
  });

  test('what it rests on, and that late data has corrected it', () => {
    expect(alertRemarks(alert('a'))).toEqual(['512 downloads']);
    const content = {
      dimension: 'content',
      dimension_key: 'movie-1',
      attempts: null,
      corrections: 2,
    } as const;
    expect(alertRemarks(alert('a', content))).toEqual(['content movie-1', 'corrected twice by late data']);
    expect(alertRemarks(alert('a', { attempts: 1, corrections: 1 }))).toEqual([
      '1 download',
      'corrected once by late data',
    ]);
  });

  test.each([
    ['healthy', 'healthy again'],
    ['corrected', 'late data undid its cause'],
    ['rule_changed', 'its rule has changed'],
    ['closed', 'closed by a person'],
    [null, ''],
  ] as const)('over because: %s', (resolution, text) => {
    expect(resolutionText(alert('a', { resolution }))).toBe(text);
  });

  test('a period has an end once there is one', () => {
    expect(alertPeriod(alert('a', { pending_since: at(-3) }))).toMatch(/^\d\d:57$/);
    expect(alertPeriod(over('a', 1, { pending_since: at(-3) }))).toMatch(/^\d\d:57 to \d\d:01$/);
  });
});

describe('what a screen reader is told', () => {
  test('what begins to fire and what is over, and no acknowledgement, correction or tick', () => {
    const before = byId(alert('a'), alert('b'));
    expect(alertNews(before, byId(alert('a', { acknowledged: true, corrections: 1 }), alert('b')))).toEqual(
      [],
    );
    const after = byId(
      over('a', 0, { message: 'A fails.' }),
      alert('b'),
      alert('c', { message: 'C fails.' }),
    );
    expect(alertNews(before, after)).toEqual([
      'Critical alert: C fails.',
      'Resolved, healthy again: A fails.',
    ]);
  });

  test('what was over before the page heard of it is no news; what leaves sight is none either', () => {
    expect(alertNews(byId(), byId(over('a', -5)))).toEqual([]);
    expect(alertNews(byId(over('a', -5)), byId())).toEqual([]);
  });

  test('an alert that fires again is news again', () => {
    expect(alertNews(byId(over('a', -5)), byId(alert('a', { message: 'Again.' })))).toEqual([
      'Critical alert: Again.',
    ]);
  });
});

describe('spans', () => {
  // minutes  0    2    4    6    8    now
  // warning  |--------------|
  // critical      |----|
  // info                         |-------->
  const spans = alertSpans([
    over('warning', 6, { severity: 'WARNING', pending_since: at(0) }),
    over('critical', 4, { severity: 'CRITICAL', pending_since: at(2) }),
    alert('info', { severity: 'INFO', pending_since: at(8) }),
  ]);
  const time = (minutes: number): number => noon + minutes * 60_000;

  test('each moment is shaded once, in the worst severity', () => {
    const stretches = spanStretches(spans).map(({ severity, from, until }) => [
      severity,
      (from - noon) / 60_000,
      (until - noon) / 60_000,
    ]);
    expect(stretches).toEqual([
      ['WARNING', 0, 2],
      ['CRITICAL', 2, 4],
      ['WARNING', 4, 6],
      ['INFO', 8, Number.POSITIVE_INFINITY],
    ]);
    expect(spanStretches([])).toEqual([]);
  });

  test('spans of one severity that touch or overlap are one stretch', () => {
    const same = alertSpans([
      over('a', 3, { pending_since: at(0) }),
      over('b', 5, { pending_since: at(2) }),
      over('c', 7, { pending_since: at(5) }),
    ]);
    expect(spanStretches(same)).toEqual([{ severity: 'CRITICAL', from: time(0), until: time(7) }]);
    const apart = alertSpans([
      over('a', 3, { pending_since: at(0) }),
      over('b', 7, { pending_since: at(5) }),
    ]);
    expect(spanStretches(apart)).toHaveLength(2);
  });

  test('a slot meets the alerts that were on in it, the worst first; ends are half-open', () => {
    const within = (from: number, until: number) => ids(alertsWithin(spans, time(from), time(until)));
    expect(within(2, 3)).toEqual(['critical', 'warning']);
    expect(within(4, 5)).toEqual(['warning']);
    expect(within(6, 8)).toEqual([]);
    expect(within(90, 91)).toEqual(['info']);
  });
});

describe('the headline', () => {
  const say = (...firing: AlertRow[]) => serviceState([], 100, firing);

  test.each([
    ['1 alert is firing in EU-London', [alert('a')]],
    ['2 alerts are firing in EU-London', [alert('a'), alert('b')]],
    ['2 alerts are firing in 2 regions', [alert('a'), alert('b', { region: 'EU-Paris' })]],
  ])('%s', (headline, firing) => {
    expect(say(...firing).headline).toBe(headline);
  });

  test('is as grave as the gravest alert', () => {
    expect(say(alert('a', { severity: 'WARNING' }), alert('b')).kind).toBe('failing');
    expect(say(alert('a', { severity: 'WARNING' }), alert('b', { severity: 'INFO' })).kind).toBe('warning');
    expect(say(alert('b', { severity: 'INFO' })).kind).toBe('notice');
  });

  test('what regions do now comes first, and the alerts beside it', () => {
    expect(serviceState([], 0, [alert('a')]).headline).toBe(
      'No events in the last 5 minutes, 1 alert firing',
    );
  });

  test('says how many of several are acknowledged', () => {
    const seen = alert('b', { acknowledged: true });
    expect(say(alert('a'), seen).remark).toBe('1 of 2 acknowledged.');
    expect(say(seen).remark).toBe('Acknowledged.');
    expect(say(alert('a')).remark).toBe('');
  });
});
