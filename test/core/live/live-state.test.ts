// The viewer's reducer by itself; hub-simulation.test.ts holds it against the hub.
import { describe, expect, test } from 'vitest';
import { applyFrame, emptyLiveState, type LiveState } from '../../../core/live/live-state.ts';
import { parseServerFrame } from '../../../core/live/server-frame.ts';
import { liveMinutesMs, livePanesMs } from '../../../core/protocol/limits.ts';
import type { DeltaFrame, SnapshotFrame } from '../../../core/protocol/live.ts';
import { startMinute, startMs } from './hub-fixture.ts';

const snapshot: SnapshotFrame = {
  t: 'snapshot',
  epoch: 'e',
  seq: 4,
  at: startMs,
  ack_every_ms: 2000,
  facts: [{ name: 'EU-London', continent: 'Europe', latitude: 51.5, longitude: -0.1 }],
  regions: {
    'EU-London': { viewers: 3, watermark: startMs, panes: [[startMs, 1, 2]], minutes: [[startMinute, 1, 2]] },
    'ASIA-Tokyo': {},
  },
  alerts: [],
};
const delta: DeltaFrame = {
  t: 'delta',
  epoch: 'e',
  prev: 4,
  seq: 6,
  at: startMs + 200,
  ack_every_ms: 2000,
  regions: { 'EU-London': { panes: [[startMs, 5, 6]], last_event_at: startMs } },
};

function stateAfter(...frames: (SnapshotFrame | DeltaFrame)[]): LiveState {
  return frames.reduce<LiveState>((state, frame) => applyFrame(state, frame).state, emptyLiveState);
}

describe('a viewer', () => {
  test('[LIV-1] takes a delta of its own state and asks for a snapshot on any other', () => {
    const state = stateAfter(snapshot);
    const taken = applyFrame(state, delta);
    expect(taken.resync).toBe(false);
    expect(taken.state).toMatchObject({ epoch: 'e', seq: 6, at: startMs + 200 });
    expect(taken.state.regions.get('EU-London')).toMatchObject({ viewers: 3, lastEventAt: startMs });
    expect(taken.state.regions.get('EU-London')?.panes).toEqual(new Map([[startMs, [5, 6]]]));
    for (const other of [
      { ...delta, prev: 3 },
      { ...delta, prev: 5 },
      { ...delta, epoch: 'f' },
    ]) {
      expect(applyFrame(state, other)).toEqual({ state, resync: true });
    }
    expect(applyFrame(null, delta)).toEqual({ state: emptyLiveState, resync: true });
    expect(applyFrame(taken.state, delta).resync).toBe(true);
  });

  test('[DUP-2] takes a snapshot of a new epoch whole, though its seq is lower', () => {
    const fresh = stateAfter(snapshot, delta, {
      ...snapshot,
      epoch: 'f',
      seq: 1,
      regions: { 'ASIA-Tokyo': {} },
    });
    expect([...fresh.regions.keys()]).toEqual(['ASIA-Tokyo']);
    expect(fresh).toMatchObject({ epoch: 'f', seq: 1 });
  });

  test('keeps what a frame did not touch as the same object, and changes no state in place', () => {
    const before = stateAfter(snapshot);
    const now = applyFrame(before, delta).state;
    expect(now.regions.get('ASIA-Tokyo')).toBe(before.regions.get('ASIA-Tokyo'));
    expect(now.regions.get('EU-London')?.minutes).toBe(before.regions.get('EU-London')?.minutes);
    expect(before.regions.get('EU-London')?.panes).toEqual(new Map([[startMs, [1, 2]]]));
  });

  // pane        [startMs .. +10 s)            sight at `at`: (at - 15 min .. at]
  // its end     startMs + 10 s, in sight until at = startMs + 10 s + 15 min, exclusive
  test.each([
    [livePanesMs + 10_000 - 1, 1, 1],
    [livePanesMs + 10_000, 0, 1],
    [liveMinutesMs + 60_000 - 1, 0, 1],
    [liveMinutesMs + 60_000, 0, 0],
  ])(
    '%i ms later has %i panes and %i minutes in sight, though its region is silent',
    (ms, panes, minutes) => {
      const state = stateAfter(snapshot, {
        ...delta,
        at: startMs + ms,
        regions: { 'ASIA-Tokyo': { viewers: 1 } },
      });
      expect(state.regions.get('EU-London')?.panes.size).toBe(panes);
      expect(state.regions.get('EU-London')?.minutes.size).toBe(minutes);
    },
  );

  test('takes a null for a time that was known', () => {
    const known = stateAfter(snapshot, delta);
    const frame = { ...delta, prev: 6, seq: 7, regions: { 'EU-London': { last_event_at: null } } };
    expect(applyFrame(known, frame).state.regions.get('EU-London')?.lastEventAt).toBeNull();
  });

  test('is not moved by the word that its own frame was bad', () => {
    const state = stateAfter(snapshot);
    expect(applyFrame(state, { t: 'error', code: 'bad_frame', message: 'm' })).toEqual({
      state,
      resync: false,
    });
  });
});

describe('the text of a frame', () => {
  test.each([snapshot, delta, { t: 'error', code: 'bad_frame', message: 'm' } as const])(
    '%j is read',
    (frame) => {
      expect(parseServerFrame(JSON.stringify(frame))).toEqual(frame);
    },
  );

  test.each([
    '',
    'pong',
    'null',
    '[]',
    '{"t":"alert"}',
    '{"t":"delta","epoch":"e","seq":1}',
    '{"t":"toString"}',
  ])('%s is no frame that this client knows', (text) => {
    expect(parseServerFrame(text)).toBeNull();
  });
});
