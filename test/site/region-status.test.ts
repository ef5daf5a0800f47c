// Which regions are in trouble, and how the first line of the page says so.

import { describe, expect, test } from 'vitest';
import { type AlertRow, alertRow } from '../../core/alert/alert-row.ts';
import { applyFrame } from '../../core/live/live-state.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { LiveRegion } from '../../core/protocol/live.ts';
import { liveFrame } from '../../site/live/frame.ts';
import { judgedMs, regionSummaries } from '../../site/live/region-summary.ts';
import { serviceState } from '../../site/live/service-state.ts';
import { buildAlert } from '../support/alert-record.ts';
import { cell, noon, snapshot, stateOf } from './frames.ts';

const minute = noon / windowMs;

/** `downloads` in the last pane, `failed` of them failed; last event received `ago` ms before noon. */
function region(downloads: number, failed: number, ago = 1_000, paneStart = noon - paneMs): LiveRegion {
  const values = {
    events: Math.max(1, downloads),
    downloads,
    downloads_failed: failed,
    downloads_succeeded: downloads - failed,
  };
  return {
    last_received_at: noon - ago,
    panes: [cell(paneStart, values)],
    minutes: [cell(Math.floor(paneStart / windowMs), values)],
  };
}

const statusOf = (state: LiveRegion, asOf = noon) =>
  regionSummaries(stateOf({ A: state }, asOf), liveFrame, asOf)[0]?.status;

describe('the status of a region', () => {
  test.each([
    ['below nine in ten', region(100, 11), 'failing'],
    ['nine in ten exactly', region(100, 10), 'healthy'],
    ['20 downloads are enough to judge', region(20, 3), 'failing'],
    ['19 are not', region(19, 19), 'healthy'],
    ['all well', region(500, 0), 'healthy'],
    ['silent for a minute exactly', region(10, 0, 60_000), 'healthy'],
    ['silent for longer', region(10, 0, 60_001), 'silent'],
    ['failing, and then silent', region(100, 50, 90_000), 'failing'],
    ['nothing ever', {}, 'idle'],
  ] as const)('%s', (_, state, status) => {
    expect(statusOf(state)).toBe(status);
  });

  describe('by its alerts', () => {
    const alert = (change: Partial<AlertRow>) => ({
      ...alertRow(buildAlert({ region: 'A' }), null),
      ...change,
    });
    const withAlert = (state: LiveRegion, change: Partial<AlertRow>) => {
      const live = applyFrame(null, snapshot({ A: state }, { alerts: [alert(change)], at: noon })).state;
      return regionSummaries(live, liveFrame, noon)[0]?.status;
    };
    const resolvedAt = (ms: number) => ({
      state: 'resolved' as const,
      resolution: 'healthy' as const,
      resolved_at: new Date(ms).toISOString(),
    });
    const failedBefore = region(100, 50, 1_000, noon - 3 * windowMs);

    test('the headline says that it has recovered, and does not call it the weakest', () => {
      const alerts = [alert(resolvedAt(noon - windowMs))];
      const live = applyFrame(
        null,
        snapshot({ A: failedBefore, B: region(100, 8) }, { alerts, at: noon }),
      ).state;
      const state = serviceState(regionSummaries(live, liveFrame, noon), 200, []);
      expect(state).toMatchObject({ kind: 'healthy', remark: 'A has recovered.' });
      expect(state.regions.map(({ name }) => name)).toEqual(['B']);
    });

    test.each([
      ['a critical one that fires is a failure', region(500, 0), {}, 'failing'],
      ['of another kind is none', region(500, 0), { metric: 'silent_minutes' }, 'healthy'],
      ['a warning is none by itself', region(500, 0), { severity: 'WARNING' }, 'healthy'],
      ['a failure ends with the alert', failedBefore, resolvedAt(noon - windowMs), 'healthy'],
      ['but not one that goes on', region(100, 50), resolvedAt(noon - windowMs), 'failing'],
      [
        'nor with an alert that was a mistake',
        failedBefore,
        { ...resolvedAt(noon), resolution: 'corrected' },
        'failing',
      ],
    ] as const)('%s', (_, state, change, status) => {
      expect(withAlert(state, change)).toBe(status);
    });
  });

  test('a failure is judged for 5 minutes', () => {
    const failure = region(100, 50, 1_000, noon - judgedMs);
    expect(statusOf(failure)).toBe('failing');
    expect(statusOf(failure, noon + 1)).toBe('healthy');
  });

  test('a region whose last event is an hour old is idle', () => {
    const last = { last_received_at: noon - 59 * windowMs, minutes: [cell(minute - 59, { events: 1 })] };
    expect(statusOf(last)).toBe('silent');
    expect(statusOf(last, noon + windowMs + 1)).toBe('idle');
  });

  test('trouble comes first, then traffic, then the name', () => {
    const regions = {
      idle: {},
      small: region(3, 0),
      B: region(50, 0),
      A: region(50, 0),
      silent: region(10, 0, 70_000),
      failing: region(30, 20),
    };
    const names = regionSummaries(stateOf(regions), liveFrame, noon).map(({ name }) => name);
    expect(names).toEqual(['failing', 'silent', 'A', 'B', 'small', 'idle']);
  });

  test('a region of the registry without any state is there, and idle', () => {
    const state = { ...stateOf({ A: {} }), regions: new Map() };
    expect(regionSummaries(state, liveFrame, noon)).toMatchObject([
      { name: 'A', status: 'idle', lastEventMs: null },
    ]);
  });

  test('the trend has half minutes up to the open pane', () => {
    const panes = [
      cell(noon, { events: 99 }),
      cell(noon - paneMs, { events: 2 }),
      cell(noon - 3 * paneMs, { events: 3 }),
    ];
    const before = cell(noon - 4 * paneMs, { events: 7 });
    const [summary] = regionSummaries(stateOf({ A: { panes: [...panes, before] } }), liveFrame, noon);
    expect(summary?.trend).toHaveLength(30);
    expect(summary?.trend.slice(-2)).toEqual([7, 5]);
  });
});

describe('the state of the service', () => {
  const say = (regions: Record<string, LiveRegion>, events = 100) =>
    serviceState(regionSummaries(stateOf(regions), liveFrame, noon), events, []);

  test.each([
    ['All 2 regions are healthy', { A: region(5, 0), B: region(5, 0) }],
    ['The region is healthy', { A: region(5, 0) }],
    ['All 2 active regions are healthy', { A: region(5, 0), B: region(5, 0), C: {} }],
    ['The one active region is healthy', { A: region(5, 0), C: {} }],
    ['1 of 2 regions is failing downloads', { A: region(50, 20), B: region(5, 0) }],
    ['2 of 3 regions are failing downloads', { A: region(50, 20), B: region(50, 6), C: {} }],
    ['1 of 2 regions is silent', { A: region(5, 0, 99_000), B: region(5, 0) }],
  ])('%s', (headline, regions) => {
    expect(say(regions).headline).toBe(headline);
  });

  test('no events at all come before silence, and failure before both', () => {
    expect(say({ A: region(5, 0, 99_000) }, 0)).toMatchObject({
      kind: 'empty',
      headline: 'No events in the last 5 minutes',
    });
    expect(say({ A: region(50, 20, 99_000) }, 0).kind).toBe('failing');
  });

  test('failing regions are named, silent and idle ones beside them', () => {
    const state = say({ A: region(50, 20), B: region(5, 0, 99_000), C: region(5, 0, 99_000) });
    expect(state.regions.map(({ name }) => name)).toEqual(['A']);
    expect(state.remark).toBe('B and C are silent.');
    const idle = Object.fromEntries(['I', 'J', 'K', 'L', 'M'].map((name) => [name, {}]));
    expect(say({ A: region(5, 0), ...idle }).remark).toBe(
      'No events in the last hour from I, J, K and 2 more.',
    );
  });

  test('when all is well, the weakest region is named, if enough was downloaded there', () => {
    const state = say({ A: region(100, 1), B: region(100, 4), C: region(10, 5) });
    expect(state.regions.map(({ name }) => name)).toEqual(['B']);
  });
});
