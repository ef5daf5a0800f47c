// A picture that is held, while what is heard goes on.
import { expect, test } from 'vitest';
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import type { LiveBreakdown } from '../../core/protocol/live.ts';
import { createStore } from '../../site/live/store.ts';
import { resolvedAlert, scriptedAlert } from '../support/scripted-alerts.ts';
import { delta, noon, snapshot } from './frames.ts';
import { fakeStorePorts } from './store-ports.ts';

const breakdown: LiveBreakdown = {
  region: '*',
  from_minute: noon / 60_000,
  active_contents: 7,
  contents: [],
  devices: [],
  content_types: [],
};

function start() {
  const clock = fakeStorePorts();
  const store = createStore(clock);
  let state: LiveState | null = null;
  const hear = (frame: Parameters<typeof applyFrame>[1]): void => {
    state = applyFrame(state, frame).state;
    store.heard.events.state(state);
  };
  store.heard.events.link({ kind: 'live' });
  const pass = (ms: number): void => {
    clock.now += ms;
    store.heard.tick();
  };
  return { store, hear, pass };
}

const viewers = (count: number) => ({ regions: { A: { viewers: count } } });

test('the picture stands still, says how far it is behind, and jumps to now', () => {
  const { store, hear, pass } = start();
  hear(snapshot({ A: { viewers: 1 } }));
  pass(2_000);
  store.pause.toggle();
  pass(3_000);
  hear(delta(1, 2, { at: noon + 5_000, ...viewers(9) }));
  pass(1_000);
  expect(store.figures.value.viewers).toBe(1);
  expect(store.moment.value).toEqual({ asOf: noon + 2_000, behindMs: 0 });
  expect(store.pause.behindMs.value).toBe(4_000);
  expect(store.stale.value).toBe(false);
  store.pause.toggle();
  expect(store.pause.picture.value).toBeNull();
  expect(store.figures.value.viewers).toBe(9);
  expect(store.moment.value.asOf).toBe(noon + 6_000);
  expect(store.pause.behindMs.value).toBe(0);
});

test('before the first frame there is nothing to hold', () => {
  const { store } = start();
  store.pause.toggle();
  expect(store.pause.picture.value).toBeNull();
});

test('alerts that began to fire meanwhile are counted, those that were on are not', () => {
  const { store, hear } = start();
  hear(snapshot({ A: {} }, { alerts: [scriptedAlert('old', noon)] }));
  store.pause.toggle();
  expect(store.pause.missedAlerts.value).toBe(0);
  const young = scriptedAlert('young', noon);
  hear(delta(1, 2, { t: 'alert', alerts: [young, scriptedAlert('old', noon, { corrections: 1 })] }));
  expect(store.pause.missedAlerts.value).toBe(1);
  expect(store.alerts.value.firing.map(({ id }) => id)).toEqual(['old']);
  hear(delta(2, 3, { t: 'alert', alerts: [resolvedAlert(young, noon)] }));
  expect(store.pause.missedAlerts.value).toBe(0);
});

test('a frame that does not touch alerts or breakdown leaves what follows from them as it is', () => {
  const { store, hear } = start();
  hear(snapshot({ A: {} }, { alerts: [scriptedAlert('a', noon)], breakdown }));
  const before = [store.alerts.value, store.spans.value, store.stretches.value, store.breakdown.value];
  hear(delta(1, 2, { at: noon + 200, ...viewers(3) }));
  const after = [store.alerts.value, store.spans.value, store.stretches.value, store.breakdown.value];
  for (const [i, value] of after.entries()) expect(value).toBe(before[i]);
});

test('a breakdown counts only for what the page is filtered to', () => {
  const { store, hear } = start();
  hear(snapshot({ A: {} }, { breakdown }));
  expect(store.figures.value.titles).toBe(7);
  store.choose({ region: 'A' });
  expect(store.breakdown.value).toBeNull();
  expect(store.figures.value.titles).toBeNull();
  hear(delta(1, 2, { breakdown: { ...breakdown, region: 'A', active_contents: 3 } }));
  expect(store.figures.value.titles).toBe(3);
});
