// LIV-4: server-sent events.
import { describe, expect, test } from 'vitest';
import type { Subscription } from '../../../core/live/subscription.ts';
import { sseEveryMs, sseHeartbeatMs, sseLifeMs, viewerStalledMsMax } from '../../../core/protocol/limits.ts';
import type { SnapshotFrame } from '../../../core/protocol/live.ts';
import { counters, type TestHub as Hub, startMs, TestHub, typesOf } from './hub-fixture.ts';

const everything: Subscription = { regions: '*', contents: false, breakdown: null };

/** A ready hub, and a reader that has read its first state. */
function reading(subscription = everything): Hub {
  const hub = new TestHub();
  hub.take({ type: 'reader_came', reader: 'r', subscription });
  drain(hub);
  hub.ready();
  drain(hub);
  hub.effects = [];
  return hub;
}

const drain = (hub: Hub) => hub.take({ type: 'reader_drained', reader: 'r' });

function written(hub: Hub): string[] {
  return hub.effects.splice(0).flatMap((effect) => (effect.type === 'write' ? [effect.text] : []));
}

/** Carries out what the hub asked to be woken for, until `at`; the reader reads at once. */
function pass(hub: Hub, at: number): { at: number; text: string }[] {
  const texts: { at: number; text: string }[] = [];
  for (let wakeAt = hub.hub.life?.wakeAt; wakeAt && wakeAt <= at; wakeAt = hub.hub.life?.wakeAt) {
    hub.now = Math.max(hub.now, wakeAt);
    hub.take({ type: 'woken' });
    for (const text of written(hub)) texts.push({ at: hub.now - startMs, text });
    drain(hub);
  }
  hub.now = at;
  return texts;
}

describe('a reader of server-sent events', () => {
  test('[LIV-4] is told to come again after a second, then gets the latest state as soon as there is one', () => {
    const hub = new TestHub();
    hub.take({ type: 'reader_came', reader: 'r', subscription: { ...everything, regions: ['EU-London'] } });
    expect(written(hub)).toEqual(['retry: 1000\n\n']);
    drain(hub);
    hub.ready();
    const [event = ''] = written(hub);
    expect(event).toMatch(/^event: snapshot\nid: test\.1:\d+\ndata: \{.*\}\n\n$/);
    const frame = JSON.parse(/data: (.*)/.exec(event)?.[1] ?? '') as SnapshotFrame;
    expect(frame.t).toBe('snapshot');
    expect(Object.keys(frame.regions)).toEqual(['EU-London']);
  });

  test('[LIV-4] gets at most one state a second, the newest', () => {
    const hub = reading();
    hub.commit(1, 3);
    hub.now += 500;
    hub.commit(9);
    expect(written(hub)).toEqual([]);
    const texts = pass(hub, startMs + 2 * sseEveryMs);
    expect(texts.map(({ at }) => at)).toEqual([sseEveryMs]);
    expect(texts[0]?.text).toContain('"viewers":9');
  });

  test('[LIV-4] gets nothing where nothing that it sees has changed, but a comment every 15 s', () => {
    const hub = reading({ ...everything, regions: ['ASIA-Tokyo'] });
    hub.now += sseEveryMs;
    hub.commit(1, 3);
    expect(written(hub)).toEqual([]);
    expect(pass(hub, startMs + 2 * sseHeartbeatMs)).toEqual([
      { at: sseHeartbeatMs, text: ': still here\n\n' },
      { at: 2 * sseHeartbeatMs, text: ': still here\n\n' },
    ]);
  });

  test('[LIV-4] is told of what only cells have changed by, though every viewer has it already', () => {
    const hub = reading();
    hub.take({ type: 'connected', viewer: 'a' });
    hub.ack('a');
    hub.now += sseEveryMs;
    hub.commit(1, 1, { viewers: 3 });
    drain(hub);
    written(hub);
    hub.now += 500;
    hub.commit(2, 1, { viewers: 3, panes: [[startMs + 10_000, counters(77)]] });
    expect(pass(hub, hub.now + sseEveryMs).map(({ text }) => text.includes('77'))).toEqual([true]);
  });

  test('[LIV-4] that is slow gets the newest state when it has read the one before, and none between', () => {
    const hub = reading();
    hub.now += sseEveryMs;
    hub.commit(1);
    expect(written(hub)).toHaveLength(1);
    for (let row = 2; row < 9; row++) {
      hub.now += sseEveryMs;
      hub.commit(row);
    }
    expect(written(hub)).toEqual([]);
    drain(hub);
    const texts = written(hub);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('"viewers":8');
  });

  test.each([
    [viewerStalledMsMax, []],
    [viewerStalledMsMax + 1, ['end', 'sleep']],
  ])('[LIV-4] that has read nothing for %i ms: %j', (ms, ended) => {
    const hub = reading();
    hub.now += sseEveryMs;
    hub.commit(1);
    hub.now += ms;
    expect(typesOf(hub.take({ type: 'woken' })).filter((type) => type === 'end' || type === 'sleep')).toEqual(
      ended,
    );
  });

  test('[LIV-4] is closed after five minutes, and the hub sleeps', () => {
    const hub = reading();
    pass(hub, startMs + sseLifeMs - 1);
    expect(hub.hub.readers.size).toBe(1);
    hub.effects = [];
    hub.now++;
    expect(typesOf(hub.take({ type: 'woken' }))).toEqual(['end', 'sleep']);
  });

  test('[LIV-4] gets alerts and its breakdown with the state', () => {
    const hub = reading({ ...everything, breakdown: '*' });
    hub.now += sseEveryMs;
    hub.commit(1, 1, { contents: [[startMs / 60_000, 'film', [1, 1]]] });
    expect(written(hub)[0]).toContain('"breakdown":{"region":"*"');
  });

  test('[LIV-4, LIV-2] shares the text with all who see the same', () => {
    const hub = reading();
    for (let i = 0; i < 50; i++) {
      hub.take({ type: 'reader_came', reader: `r${i}`, subscription: everything });
      hub.take({ type: 'reader_drained', reader: `r${i}` });
    }
    hub.now += sseEveryMs;
    const before = hub.hub.life?.frames.encodedTotal ?? 0;
    hub.commit(1);
    expect(written(hub).filter((text) => text.startsWith('event')).length).toBeGreaterThan(50);
    expect(hub.hub.life?.frames.encodedTotal).toBe(before + 2);
  });

  test('[LIV-3, LIV-4] keeps the hub awake without a viewer; the last one that leaves lets it sleep', () => {
    const hub = reading();
    hub.take({ type: 'connected', viewer: 'a' });
    expect(typesOf(hub.take({ type: 'disconnected', viewer: 'a' }))).not.toContain('sleep');
    expect(typesOf(hub.take({ type: 'reader_left', reader: 'r' }))).toEqual(['sleep']);
  });
});
