import { describe, expect, test } from 'vitest';
import { dayBar, durationText } from '../../tools/producer/day-bar.ts';
import { type ProducerSettings, readSettings } from '../../tools/producer/settings.ts';

const now = Date.UTC(2026, 10, 21, 6, 30, 5);

function settings(...args: string[]): ProducerSettings {
  const reading = readSettings(args, now);
  if (reading.kind !== 'run') throw new Error(JSON.stringify(reading));
  return reading.settings;
}

const failure = (...args: string[]): string => {
  const reading = readSettings(args, now);
  return reading.kind === 'wrong' ? reading.message : `${reading.kind}, not wrong`;
};
const iso = (ms: number): string => new Date(ms).toISOString();

describe('what a person asks of the producer', () => {
  test('nothing: live, for good, from this minute on', () => {
    const { fromMs, untilMs, day, scenarios, regions, rate } = settings();
    expect([fromMs, untilMs, day, scenarios, regions.length, rate]).toEqual([
      now - 5_000,
      Infinity,
      null,
      [],
      12,
      200,
    ]);
  });

  test('a piece of the past and an end', () => {
    const { fromMs, untilMs } = settings('--back-fill', '9', '--seconds', '60');
    expect([fromMs, untilMs]).toEqual([now - 545_000, now + 60_000]);
  });

  test('a day, whole or from where the last run has stopped; its scenarios go by its clock', () => {
    const whole = settings('--day', '2026-11-20', '--rate', '20', '--scenario', 'outage');
    expect([iso(whole.fromMs), iso(whole.untilMs)]).toEqual([
      '2026-11-20T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ]);
    expect(whole.day).toEqual({ name: '2026-11-20', dueFromMs: whole.fromMs });
    expect(whole.scenarios[0]?.story).toContain('from 00:01:00 to 00:06:00');
    const rest = settings(
      '--day=2026-11-20',
      '--from',
      '2026-11-20T13:00:00.250Z',
      '--at',
      '14:00',
      '--scenario=silent',
    );
    expect(rest.fromMs).toBe(whole.fromMs);
    expect(iso(rest.day?.dueFromMs ?? 0)).toBe('2026-11-20T13:00:00.250Z');
    expect(rest.scenarios[0]?.story).toContain('from 14:00:00 UTC on');
  });

  test('today ends now', () => {
    expect(settings('--day', '2026-11-21').untilMs).toBe(now);
  });

  test.each([
    [['--day', '2026-11-22'], /has not begun/],
    [['--day', '2026-02-30'], /as in 2026-11-20/],
    [['--day', 'yesterday'], /as in 2026-11-20/],
    [['--day', '2026-11-20', '--seconds', '5'], /whole/],
    [['--day', '2026-11-20', '--back-fill', '5'], /whole/],
    [['--day', '2026-11-20', '--from', '2026-11-19T23:00'], /--from/],
    [['--day', '2026-11-20', '--from', 'noon'], /--from/],
    [['--from', '2026-11-20T10:00'], /--day/],
    [['--to', 'day.ndjson'], /--day/],
    [['--rate', '0'], /--rate .* 0\.1/],
    [['--rate', 'Infinity'], /--rate/],
    [['--senders', 'x'], /--senders .* "x"/],
    [['--without', 'EU-Rome'], /EU-Rome.*EU-Paris/],
    [['--scenario', 'flood'], /flood.*outage/s],
    [['--url', '127.0.0.1:8787'], /--url/],
    [['--url', 'ftp://a'], /--url/],
    [['--speed', '9'], /--speed/],
    [['more'], /more/],
  ])('%j is refused with a word on why', (args, message) => {
    expect(failure(...args)).toMatch(message);
  });

  test('the list names every scenario and region, the help every option', () => {
    const text = (arg: string) => {
      const reading = readSettings([arg], now);
      return reading.kind === 'show' ? reading.text : '';
    };
    for (const word of ['normal', 'outage', 'viral', 'messy', 'silent', 'EU-London', 'OC-Sydney'])
      expect(text('--list')).toContain(word);
    const options =
      'url rate flat seed senders batch seconds back-fill day from to without key scenario region at for list';
    for (const name of options.split(' ')) expect(text('--help')).toContain(`--${name} `);
  });
});

describe('the bar of a day', () => {
  const day = Date.UTC(2026, 10, 20);
  const hour = 3_600_000;

  test('shows where it is and, by the speed of this run, how long it will take', () => {
    const bar = { beganMs: day, endMs: day + 24 * hour };
    expect(dayBar(bar, day, day, 0)).toBe('[--------------------] 0.0 % · at 00:00:00 · beginning');
    expect(dayBar(bar, day, day + 6 * hour, 60_000)).toBe(
      '[#####---------------] 25.0 % · at 06:00:00 · 3 min 00 s left',
    );
    const resumed = { beganMs: day + 12 * hour, endMs: day + 24 * hour };
    expect(dayBar(resumed, day, day + 18 * hour, 10_000)).toContain('75.0 % · at 18:00:00 · 10 s left');
    expect(dayBar(bar, day, day + 24 * hour, 60_000)).toContain(`[${'#'.repeat(20)}] 100.0 %`);
  });

  test.each([
    [12_000, '12 s'],
    [185_000, '3 min 05 s'],
    [3_725_000, '1 h 02 min'],
  ])('%i ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
