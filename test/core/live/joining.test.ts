// LIV-1 and LIV-3 of the hub's machine: what a frame holds, when it goes, and what a waking and a sleeping hub do.
import { describe, expect, test } from 'vitest';

import {
  frameEveryMs,
  leaseMs,
  leaseRenewMs,
  liveAlertsMs,
  pullWaitMsMax,
} from '../../../core/protocol/limits.ts';
import { closeCodes } from '../../../core/protocol/live.ts';
import {
  answer,
  counters,
  framesTo,
  frameTo,
  packedWindow,
  registry,
  startMinute,
  startMs,
  TestHub,
  typesOf,
} from './hub-fixture.ts';

describe('a waking hub', () => {
  test('[LIV-3] asks for the registry, then for every shard, the last hour and the alerts, and shows nothing before', () => {
    const hub = new TestHub();
    expect(typesOf(hub.take({ type: 'connected', viewer: 'a' }))).toEqual(['load_registry', 'alarm']);
    const asked = hub.take({ type: 'registry', regions: registry });
    expect(asked.slice(0, 5)).toEqual([
      { type: 'pull', address: { regionNumber: 1, shard: 0 }, untilMs: startMs + leaseMs },
      { type: 'pull', address: { regionNumber: 2, shard: 0 }, untilMs: startMs + leaseMs },
      { type: 'pull', address: { regionNumber: 7, shard: 0 }, untilMs: startMs + leaseMs },
      {
        type: 'read_history',
        shards: registry.map(({ number }) => ({ regionNumber: number, shard: 0 })),
        fromMinute: startMinute - 60,
        wholeFromMinute: startMinute - 15,
        toMinute: startMinute + 1,
      },
      { type: 'read_alerts', sinceMs: startMs - liveAlertsMs },
    ]);
    for (const { number } of registry) hub.take({ type: 'answer', answer: answer({ regionNumber: number }) });
    hub.take({ type: 'failed', job: { job: 'alerts' } });
    expect(typesOf(hub.effects)).not.toContain('send');
    expect(frameTo(hub.take({ type: 'history', windows: [], totals: [] }), 'a')).toMatchObject({
      t: 'snapshot',
      epoch: 'test.1',
      at: startMs,
      ack_every_ms: 2000,
      facts: registry.map(({ number: _number, ...facts }) => facts),
    });
  });

  test('[LIV-3] an update that comes while it pulls is in the first snapshot, whichever came first', () => {
    const hub = new TestHub();
    hub.take({ type: 'connected', viewer: 'a' });
    hub.take({ type: 'registry', regions: registry });
    expect(hub.commit(5)).toEqual([]);
    hub.take({ type: 'answer', answer: answer({ windows: [packedWindow(startMinute, 4, { x: 4 })] }) });
    hub.take({ type: 'failed', job: { job: 'shard', address: { regionNumber: 2, shard: 0 } } });
    hub.take({ type: 'failed', job: { job: 'shard', address: { regionNumber: 7, shard: 0 } } });
    hub.take({ type: 'alerts', alerts: [] });
    const frame = frameTo(hub.take({ type: 'history', windows: [], totals: [] }), 'a');
    expect(frame.regions['EU-London']?.panes?.map(([start, events]) => [start, events])).toEqual([
      [startMs, 5],
    ]);
    expect(frame.regions['ASIA-Tokyo']).toEqual({});
  });

  test('[LIV-3] a region that hangs holds up the first snapshot for two seconds, no longer', () => {
    const hub = new TestHub();
    hub.take({ type: 'connected', viewer: 'a' });
    hub.take({ type: 'registry', regions: registry });
    hub.take({ type: 'history', windows: [], totals: [] });
    const waiting = hub.take({ type: 'answer', answer: answer() });
    expect([...hub.effects, ...waiting]).toContainEqual({ type: 'wake', at: startMs + pullWaitMsMax });
    hub.now = startMs + pullWaitMsMax - 1;
    expect(framesTo(hub.take({ type: 'woken' }), 'a')).toEqual([]);
    hub.now++;
    expect(framesTo(hub.take({ type: 'woken' }), 'a').map(({ t }) => t)).toEqual(['snapshot']);
    const late = hub.take({ type: 'answer', answer: answer({ regionNumber: 2, viewers: 3 }) });
    hub.now += frameEveryMs;
    expect(frameTo([...late, ...hub.take({ type: 'woken' })], 'a').regions).toEqual({
      'ASIA-Tokyo': { viewers: 3, watermark: startMs - 5000, last_event_at: null, last_received_at: null },
    });
  });

  test('a source that fails is asked again by the alarm: after 1 s, 2 s, 4 s, at most a minute', () => {
    const hub = new TestHub();
    hub.take({ type: 'connected', viewer: 'a' });
    const waits = Array.from({ length: 8 }, () => {
      const alarm = hub
        .take({ type: 'failed', job: { job: 'registry' } })
        .find(({ type }) => type === 'alarm');
      const at = alarm?.type === 'alarm' ? alarm.at : (hub.hub.life?.alarmAt ?? 0);
      const wait = at - hub.now;
      hub.now = at;
      expect(typesOf(hub.take({ type: 'alarm' }))).toContain('load_registry');
      return wait;
    });
    // The renewal of leases after a minute asks for the registry as well.
    expect(waits.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });
});

describe('leases', () => {
  test('[LIV-3] are renewed every minute while there is a viewer', () => {
    const hub = new TestHub().ready('a');
    expect(hub.effects).toContainEqual({ type: 'alarm', at: startMs + leaseRenewMs });
    hub.ack('a');
    hub.now = startMs + leaseRenewMs;
    const renewed = hub.take({ type: 'alarm' });
    expect(renewed.filter(({ type }) => type === 'pull')).toHaveLength(registry.length);
    expect(renewed).toContainEqual({ type: 'alarm', at: startMs + 2 * leaseRenewMs });
  });

  test('[LIV-3] with them the last hour comes anew: a shard that died before its push no longer holds what died with it', () => {
    const hub = new TestHub().ready('a');
    hub.commit(4, 1, { minutes: [[startMinute - 11, counters(4)]] });
    hub.ack('a');
    // Row 5 was never pushed, and its window is in D1 alone by now.
    hub.now = startMs + leaseRenewMs;
    const renewed = hub.take({ type: 'alarm' });
    expect(renewed).toContainEqual(
      expect.objectContaining({ type: 'read_history', toMinute: startMinute + 2 }),
    );
    for (const { number } of registry) hub.take({ type: 'answer', answer: answer({ regionNumber: number }) });
    hub.effects = [];
    hub.now += 1000;
    hub.take({ type: 'history', windows: [packedWindow(startMinute - 11, 5, { x: 5 })], totals: [] });
    expect(frameTo(hub.effects, 'a')).toMatchObject({
      t: 'delta',
      regions: {
        'EU-London': { minutes: [[startMinute - 11, 5, 5, ...Array.from({ length: 13 }, () => 0)]] },
      },
    });
    // What D1 has in an older state than the hub changes nothing.
    hub.now += 1000;
    expect(
      typesOf(
        hub.take({ type: 'history', windows: [packedWindow(startMinute - 11, 3, { x: 3 })], totals: [] }),
      ),
    ).not.toContain('send');
  });

  test('[LIV-3] the last viewer takes the picture with it; the next one gets a new epoch', () => {
    const hub = new TestHub().ready('a', 'b');
    expect(hub.take({ type: 'disconnected', viewer: 'a' })).toEqual([]);
    expect(hub.take({ type: 'disconnected', viewer: 'b' })).toEqual([{ type: 'sleep' }]);
    expect(hub.hub.life).toBeNull();
    expect(hub.commit(1)).toEqual([]);
    expect(hub.take({ type: 'alarm' })).toEqual([]);
    expect(hub.take({ type: 'woken' })).toEqual([]);
    hub.effects = [];
    hub.ready('c');
    expect(frameTo(hub.effects, 'c').epoch).toBe('test.2');
  });

  test('a region that the registry gains is pulled, and its facts reach every viewer', () => {
    const hub = new TestHub().ready('a');
    const added = {
      number: 9,
      name: 'SA-Rio',
      continent: 'South America',
      latitude: -22.9,
      longitude: -43.2,
    };
    const effects = hub.take({ type: 'registry', regions: [...registry, added] });
    expect(effects).toContainEqual({
      type: 'pull',
      address: { regionNumber: 9, shard: 0 },
      untilMs: startMs + leaseMs,
    });
    hub.now += frameEveryMs;
    hub.take({ type: 'answer', answer: answer({ regionNumber: 9 }) });
    hub.take({ type: 'woken' });
    const frames = framesTo(hub.effects, 'a').filter((frame) => frame.t === 'snapshot');
    expect(frames.at(-1)?.facts.map(({ name }) => name)).toContain('SA-Rio');
  });
});

describe('frames are joined on the leading edge', () => {
  // updates  u1 .......... u2 u3 u4 ........
  // ms       0            50 60 70
  // frames   f(u1)                    200 f(u2 u3 u4)
  test('[LIV-3] the first goes at once, those within 200 ms go together', () => {
    const hub = new TestHub().ready('a');
    hub.now += 1000;
    expect(frameTo(hub.commit(1), 'a').t).toBe('delta');
    const leading = hub.now;
    hub.now += 50;
    expect(hub.commit(2)).toEqual([{ type: 'wake', at: leading + frameEveryMs }]);
    hub.now += 10;
    expect(hub.commit(3)).toEqual([]);
    hub.now += 10;
    expect(hub.commit(4)).toEqual([]);
    hub.now = leading + frameEveryMs;
    const joined = frameTo(hub.take({ type: 'woken' }), 'a');
    expect(joined.regions['EU-London']).toMatchObject({ viewers: 4 });
    expect(joined.regions['EU-London']?.panes).toHaveLength(1);
  });

  test.each([
    [frameEveryMs - 1, 'wake'],
    [frameEveryMs, 'send'],
  ])('[LIV-3] %i ms after a frame an update leads to: %s', (ms, effect) => {
    const hub = new TestHub().ready('a');
    hub.now += 1000;
    hub.commit(1);
    hub.now += ms;
    expect(typesOf(hub.commit(2))).toEqual([effect]);
  });

  test('a clock that is set back delays no frame', () => {
    const hub = new TestHub().ready('a');
    hub.ack('a');
    hub.now += 3_600_000;
    hub.commit(1);
    hub.now -= 3_000_000;
    expect(typesOf(hub.commit(2))).toEqual(['send']);
  });

  test('an update that says nothing new makes no frame', () => {
    const hub = new TestHub().ready('a');
    hub.commit(1);
    hub.now += 1000;
    hub.commit(1);
    hub.now += 1000;
    expect(hub.commit(1)).toEqual([]);
  });
});

describe('what a frame holds', () => {
  test('[LIV-1] absolute values of all that changed in (prev, seq], and nothing else', () => {
    const hub = new TestHub().ready('a');
    hub.now += 1000;
    hub.commit(1, 1, { minutes: [[startMinute, counters(10)]] });
    hub.now += 1000;
    const frame = frameTo(hub.commit(2, 1, { panes: [[startMs + 10_000, counters(20)]] }), 'a');
    if (frame.t !== 'delta') throw new Error('not a delta');
    expect(frame.seq).toBe(frame.prev + 1);
    expect(frame.regions).toEqual({
      'EU-London': { viewers: 2, panes: [[startMs + 10_000, 20, 20, ...Array<number>(13).fill(0)]] },
    });
  });

  test('contents go only to whom they were promised', () => {
    const hub = new TestHub().ready('a', 'b');
    hub.say('b', { t: 'subscribe', regions: '*', contents: true });
    hub.now += 1000;
    const effects = hub.commit(1, 1, { contents: [[startMinute, 'film', counters(3)]] });
    expect(frameTo(effects, 'a').regions['EU-London']).not.toHaveProperty('contents');
    expect(frameTo(effects, 'b').regions['EU-London']?.contents).toEqual([
      [startMinute, 'film', 3, 3, 0, 0, 0],
    ]);
  });

  test('[LIV-1] a viewer of other regions hears nothing, and its next frame continues its own state', () => {
    const hub = new TestHub().ready('a', 'b');
    const subscribed = hub.say('b', { t: 'subscribe', regions: ['ASIA-Tokyo', 'ASIA-Tokyo'] });
    const snapshot = frameTo(subscribed, 'b');
    expect(Object.keys(snapshot.regions)).toEqual(['ASIA-Tokyo']);
    for (let row = 1; row <= 3; row++) {
      hub.now += 1000;
      expect(framesTo(hub.commit(row), 'b')).toEqual([]);
    }
    hub.now += 1000;
    const frame = frameTo(hub.commit(4, 1, { regionNumber: 2 }), 'b');
    expect(frame).toMatchObject({
      t: 'delta',
      prev: snapshot.seq,
      regions: { 'ASIA-Tokyo': { viewers: 4 } },
    });
  });

  test('the shards of a region are shown as one', () => {
    const hub = new TestHub().ready('a');
    hub.now += 1000;
    hub.commit(5, 1, { watermark: startMs - 9000, lastEventAt: startMs - 1 });
    hub.now += 1000;
    const frame = frameTo(hub.commit(7, 1, { shard: 1, lastEventAt: startMs + 3 }), 'a');
    expect(frame.regions['EU-London']).toMatchObject({ viewers: 12, last_event_at: startMs + 3 });
    expect(frame.regions['EU-London']).not.toHaveProperty('watermark');
    expect(frame.regions['EU-London']?.panes).toEqual([[startMs, 12, 12, ...Array<number>(13).fill(0)]]);
  });
});

describe('what a viewer says', () => {
  test('a subscription that it has already brings nothing; a new one is remembered and brings a snapshot', () => {
    const hub = new TestHub().ready('a');
    expect(hub.say('a', { t: 'subscribe', regions: '*', contents: false })).toEqual([]);
    const effects = hub.say('a', { t: 'subscribe', regions: ['US-Virginia', 'EU-London'] });
    expect(effects[0]).toEqual({
      type: 'remember',
      viewer: 'a',
      subscription: { regions: ['EU-London', 'US-Virginia'], contents: false, breakdown: null },
    });
    expect(frameTo(effects, 'a').t).toBe('snapshot');
  });

  test('an unknown region is named, and the subscription stays', () => {
    const hub = new TestHub().ready('a');
    const effects = hub.say('a', { t: 'subscribe', regions: ['EU-London', 'EU-Atlantis'] });
    expect(framesTo(effects, 'a')).toEqual([
      {
        t: 'error',
        code: 'unknown_region',
        message: 'there is no region "EU-Atlantis"; the subscription stays as it was',
      },
    ]);
    expect(hub.hub.viewers.get('a')?.subscription.regions).toBe('*');
  });

  test.each([
    [20, 'send'],
    [21, 'close'],
  ])('after %i bad frames in a minute the answer is: %s', (count, last) => {
    const hub = new TestHub().ready('a', 'b');
    const effects = Array.from({ length: count }, () =>
      hub.take({ type: 'message', viewer: 'a', text: '{' }),
    );
    expect(typesOf(effects.at(-1) ?? [])).toEqual([last]);
    if (last === 'close') expect(effects.at(-1)).toMatchObject([{ viewer: 'a', code: closeCodes.badFrames }]);
    hub.now += 60_000;
    expect(typesOf(hub.take({ type: 'message', viewer: 'a', text: null }))).toEqual(
      last === 'close' ? [] : ['send'],
    );
  });
});
