// What the page derives from frames and time.
import { describe, expect, test } from 'vitest';
import { applyFrame } from '../../core/live/live-state.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { LiveRegion } from '../../core/protocol/live.ts';
import { createStore } from '../../site/live/store.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';
import { cell, delta, noon, snapshot, stateOf } from './frames.ts';
import { fakeStorePorts } from './store-ports.ts';

const minute = noon / windowMs;

/** A store on a clock of its own, with one snapshot at noon. */
function storeWith(regions: Record<string, LiveRegion>) {
  const clock = fakeStorePorts();
  const store = createStore(clock);
  store.heard.events.link({ kind: 'live' });
  store.heard.events.state(stateOf(regions));
  const pass = (ms: number): void => {
    clock.now += ms;
    store.heard.tick();
  };
  return { store, pass, clock };
}

describe('figures', () => {
  test('events a second glide: the pane that the minute cuts counts by its part, the open one whole', () => {
    // 11:58:50 |100| 11:59:00 |60 x 5| 11:59:50 |60| 12:00:00 |30 so far|      at 12:00:05
    const full = [1, 2, 3, 4, 5].map((i) => cell(noon - i * paneMs, { events: 60 }));
    const panes = [cell(noon - 6 * paneMs, { events: 100 }), ...full, cell(noon, { events: 30 })];
    const { store, pass } = storeWith({ A: { panes } });
    expect(store.figures.value.eventsPerSecond).toBe((100 + 300) / 60);
    pass(5_000);
    expect(store.figures.value.eventsPerSecond).toBe((50 + 300 + 30) / 60);
  });

  test('views and downloads are those of the last hour, whole minutes', () => {
    const minutes = [
      cell(minute - 60, { views: 100, downloads: 50 }),
      cell(minute - 59, { views: 3, downloads: 1 }),
      cell(minute, { views: 4, downloads: 2 }),
    ];
    const { store, pass } = storeWith({ A: { minutes } });
    expect(store.figures.value).toMatchObject({ views: 107, downloads: 53 });
    pass(1);
    expect(store.figures.value).toMatchObject({ views: 7, downloads: 3 });
    pass(windowMs);
    expect(store.figures.value).toMatchObject({ views: 4, downloads: 2 });
  });

  test('a slow download is a success, one without a status is not, and without downloads there is no rate', () => {
    const panes = [
      cell(noon - paneMs, { downloads: 10, downloads_succeeded: 6, downloads_slow: 2, downloads_failed: 1 }),
    ];
    const { store, pass } = storeWith({ A: { panes }, B: {} });
    expect(store.figures.value).toMatchObject({ successRate: 0.8, downloadsJudged: 10, failedJudged: 1 });
    store.choose({ region: 'B' });
    expect(store.figures.value.successRate).toBeNull();
    store.choose({ region: null });
    pass(5 * 60_000);
    expect(store.figures.value.successRate).toBeNull();
  });

  test('freshness is the newest receipt against the frame, whatever the clocks say', () => {
    const { store } = storeWith({
      A: { last_received_at: noon - 900 },
      B: { last_received_at: noon - 120 },
      C: {},
    });
    expect(store.figures.value.freshnessMs).toBe(120);
    store.choose({ region: 'A' });
    expect(store.figures.value.freshnessMs).toBe(900);
    store.choose({ region: 'C' });
    expect(store.figures.value.freshnessMs).toBeNull();
  });

  test('viewers are summed, and the filter narrows every figure', () => {
    const { store } = storeWith({ A: { viewers: 5 }, B: { viewers: 7 } });
    expect(store.figures.value.viewers).toBe(12);
    store.choose({ region: 'B' });
    expect(store.figures.value.viewers).toBe(7);
    store.choose({ region: 'nowhere' });
    expect(store.figures.value).toMatchObject({ viewers: 0, eventsPerSecond: 0, freshnessMs: null });
  });
});

describe('series', () => {
  test('open slots are told from closed ones until the hold-back has passed', () => {
    const { store, pass } = storeWith({ A: { panes: [cell(noon - paneMs, { events: 5 })] } });
    const open = () => store.panes.value.times.slice(store.panes.value.closedCount);
    expect(open()).toEqual([noon - paneMs, noon]);
    pass(4_999);
    expect(open()).toEqual([noon - paneMs, noon]);
    pass(1);
    expect(open()).toEqual([noon]);
  });

  test('before the first cell is a gap, after it a slot without a cell is a zero; no downloads, no rate', () => {
    const panes = [
      cell(noon - 4 * paneMs, { events: 20, downloads: 4, downloads_succeeded: 3 }),
      cell(noon - 2 * paneMs, { events: 10 }),
    ];
    const { store } = storeWith({ A: { panes } });
    const { times, events, success } = store.panes.value;
    const from = times.indexOf(noon - 5 * paneMs);
    expect(events.slice(from)).toEqual([null, 2, 0, 1, 0, 0]);
    expect(success.slice(from)).toEqual([null, 0.75, null, null, null, null]);
  });

  test('regions add up, by pane and by minute, as rates a second', () => {
    const { store } = storeWith({
      A: { panes: [cell(noon, { events: 10 })], minutes: [cell(minute, { events: 60 })] },
      B: { panes: [cell(noon, { events: 20 })], minutes: [cell(minute, { events: 120 })] },
    });
    expect(store.panes.value.events.at(-1)).toBe(3);
    expect(store.minutes.value.events.at(-1)).toBe(3);
    store.choose({ region: 'A' });
    expect(store.minutes.value.events.at(-1)).toBe(1);
  });

  test('nothing at all is all gaps', () => {
    const { store } = storeWith({ A: {} });
    expect(new Set(store.panes.value.events)).toEqual(new Set([null]));
  });
});

describe('how far behind, and since when', () => {
  test('a frame that took longer than the quickest one is late by the difference, from 2 s on', () => {
    const { store, pass } = storeWith({ A: {} });
    pass(10_000);
    store.heard.events.state({ ...stateOf({ A: {} }), at: noon + 8_001 });
    expect(store.moment.value).toEqual({ asOf: noon + 8_001, behindMs: 0 });
    pass(1_000);
    store.heard.events.state({ ...stateOf({ A: {} }), at: noon + 9_000 });
    expect(store.moment.value.behindMs).toBe(2_000);
    expect(store.stale.value).toBe(false);
    pass(8_000);
    store.heard.events.state({ ...stateOf({ A: {} }), at: noon + 13_000 });
    expect(store.moment.value.behindMs).toBe(6_000);
    expect(store.stale.value).toBe(true);
  });

  test('time goes on without frames, but not past an unanswered ping', () => {
    const { store, pass } = storeWith({ A: {} });
    store.heard.events.heard();
    pass(60_000);
    expect(store.moment.value).toEqual({ asOf: noon + 60_000, behindMs: 0 });
    store.heard.events.heard();
    store.heard.events.pinged();
    pass(5_000);
    // The ping left at the moment of the last word, so only a later one can be unanswered.
    expect(store.moment.value.behindMs).toBe(0);
    store.heard.events.pinged();
    pass(3_000);
    expect(store.moment.value).toEqual({ asOf: noon + 60_000, behindMs: 8_000 });
  });

  test('a lost connection stops the time of the numbers; a new one starts it again', () => {
    const { store, pass } = storeWith({ A: {} });
    pass(3_000);
    store.heard.events.link({ kind: 'reconnecting', retryAt: 0, attempts: 1, trouble: null });
    pass(60_000);
    expect(store.moment.value.asOf).toBe(noon + 3_000);
    expect(store.stale.value).toBe(true);
    store.heard.events.link({ kind: 'live' });
    store.heard.events.state({ ...stateOf({ A: {} }), at: noon + 63_000 });
    expect(store.moment.value).toEqual({ asOf: noon + 63_000, behindMs: 0 });
    expect(store.stale.value).toBe(false);
  });
});

test('a delta of one region moves the figures', () => {
  const { store } = storeWith({ A: { viewers: 1 } });
  const first = applyFrame(null, snapshot({ A: { viewers: 1 } })).state;
  store.heard.events.state(applyFrame(first, delta(1, 2, { regions: { A: { viewers: 4 } } })).state);
  expect(store.figures.value.viewers).toBe(4);
});

describe('what the socket does not tell', () => {
  const at = (minutesBack: number) => minute - minutesBack;
  const picture = (minutes: readonly (readonly number[])[], toMs: number, step = 1) => ({
    at: toMs,
    step_minutes: step,
    facts: [{ name: 'A', continent: 'Europe', latitude: 0, longitude: 0 }],
    regions: { A: { minutes } },
    breakdown: { active_contents: null, contents: null, devices: [], content_types: null },
  });

  test('[LIV-6] until it has come the picture before stays, and fades; then all of it changes at once', async () => {
    const { store, clock } = storeWith({ A: { minutes: [cell(minute, { views: 9 })] } });
    clock.answer = () => picture([cell(at(1), { events: 60, views: 4 })], noon);
    expect(store.figures.value.views).toBe(9);
    store.choose({ device_type: 'tv' });
    expect(store.figures.value.views).toBe(9);
    expect(store.stale.value).toBe(true);
    expect(store.panes.value.span.slotMs).toBe(paneMs);
    await clock.pass(0);
    expect(store.figures.value).toMatchObject({ views: 4, viewers: null, freshnessMs: null, titles: null });
    expect(store.panes.value.span.slotMs).toBe(windowMs);
    expect(store.stale.value).toBe(false);
  });

  test('it is asked again, its end alone; a failure fades it, and it comes back', async () => {
    const { store, clock } = storeWith({ A: {} });
    clock.answer = () => picture([cell(at(30), { views: 5 })], noon);
    store.choose({ device_type: 'tv' });
    await clock.pass(0);
    clock.answer = () => picture([cell(minute, { views: 2 })], noon);
    await clock.pass(2_000);
    expect(store.figures.value.views).toBe(7);
    clock.answer = () => undefined;
    await clock.pass(2_000);
    expect([store.stale.value, store.feed.failure.value]).toEqual([true, 'No.']);
    clock.answer = () => picture([], noon);
    await clock.pass(4_000);
    expect([store.stale.value, store.figures.value.views]).toEqual([false, 7]);
    clock.isSleeping = true;
    const asked = clock.asked.length;
    await clock.pass(10_000);
    expect(clock.asked.length).toBe(asked);
  });

  test('a region fails by a part of it only where chance does not explain it: red is for alerts', async () => {
    const failed = async (downloads: number, arrived: number) => {
      const { store, clock } = storeWith({ A: {} });
      const counts = { events: downloads, downloads, downloads_succeeded: arrived };
      clock.answer = () => picture([cell(at(1), counts)], noon);
      store.choose({ device_type: 'tv' });
      await clock.pass(0);
      return store.summaries.value[0]?.status;
    };
    expect(await failed(80, 68)).toBe('healthy');
    expect(await failed(80, 60)).toBe('failing');
  });

  test('a past minute stands still, knows no viewers, and calls nothing by what came later', async () => {
    const { store, clock, pass } = storeWith({ A: { viewers: 3 } });
    const past = noon - 3_600_000;
    clock.answer = (path) =>
      path.startsWith('/api/stats/alerts')
        ? [scriptedAlert('later', noon)]
        : picture([cell(past / windowMs - 1, { events: 60, views: 8 })], past);
    store.choose({ at: '2026-11-21T10:59Z' });
    await clock.pass(0);
    expect(store.moment.value.asOf).toBe(past - 1);
    expect(store.figures.value).toMatchObject({ views: 8, viewers: null });
    pass(5_000);
    expect(store.moment.value.asOf).toBe(past - 1);
    expect(store.panes.value.closedCount).toBe(store.panes.value.times.length);
    expect([...store.alerts.value.firing, ...store.alerts.value.resolved]).toEqual([]);
  });
});
