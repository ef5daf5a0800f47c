// LIV-2: who is behind, what that means, and how encoding is shared.
import { describe, expect, test } from 'vitest';
import { ackIntervalMs } from '../../../core/live/viewer.ts';
import {
  ackEveryMs,
  acksPerSecondMax,
  clientFramesPerSecondMax,
  viewerBehindBytesMax,
  viewerBehindMsMax,
  viewerStalledMsMax,
} from '../../../core/protocol/limits.ts';
import { closeCodes } from '../../../core/protocol/live.ts';
import { counters, framesTo, frameTo, startMinute, startMs, TestHub, typesOf } from './hub-fixture.ts';

/** A ready hub whose viewer has acknowledged the snapshot and got one frame since, at hub.now. */
function oneFrameAhead(...viewers: string[]): TestHub {
  const hub = new TestHub().ready(...viewers);
  hub.ack(...viewers);
  hub.now += 1000;
  hub.commit(1);
  return hub;
}

describe('how often viewers acknowledge', () => {
  test.each([
    [1, ackEveryMs],
    [1000, ackEveryMs],
    [1001, ackEveryMs + 2],
    [32_768, 65_536],
  ])('[LIV-2] %i viewers: every %i ms', (viewers, ms) => {
    expect(ackIntervalMs(viewers)).toBe(ms);
    expect(viewers * 1000).toBeLessThanOrEqual(ms * acksPerSecondMax);
  });
});

describe('a viewer that does not acknowledge', () => {
  // frame     f ......... 5,000 ms ......... 5,001 ms
  // update                  u -> frame         u -> nothing
  test.each([
    [viewerBehindMsMax, 1],
    [viewerBehindMsMax + 1, 0],
  ])('[LIV-2] %i ms after a frame gets %i more', (ms, count) => {
    const hub = oneFrameAhead('a');
    hub.now += ms;
    expect(framesTo(hub.commit(2), 'a')).toHaveLength(count);
  });

  test.each([
    ['5 s late', viewerBehindMsMax + 1],
    ['almost stalled', viewerStalledMsMax],
  ])('[LIV-2] %s, it gets the newest state as soon as it has caught up, and only then', (_, ms) => {
    const hub = new TestHub().ready('a');
    hub.ack('a');
    hub.now += 1000;
    hub.commit(1);
    hub.now += 300;
    const second = frameTo(hub.commit(2), 'a');
    hub.now += ms - 300;
    expect(hub.commit(3, 1, { panes: [[startMs + 10_000, counters(3)]] })).not.toContainEqual(
      expect.objectContaining({ type: 'send' }),
    );
    hub.commit(4);
    expect(hub.say('a', { t: 'ack', seq: second.seq - 1 })).toEqual([]);
    const next = frameTo(hub.say('a', { t: 'ack', seq: second.seq }), 'a');
    expect(next).toMatchObject({ t: 'delta', prev: second.seq });
    expect(next.regions['EU-London']?.panes?.map(([start, events]) => [start, events])).toEqual([
      [startMs + 10_000, 3],
      [startMs, 4],
    ]);
  });

  test.each([
    [viewerStalledMsMax, []],
    [viewerStalledMsMax + 1, [{ type: 'close', viewer: 'a', code: closeCodes.tooSlow }]],
  ])('[LIV-2] %i ms after a frame leads to %j', (ms, effects) => {
    const hub = oneFrameAhead('a', 'b');
    hub.ack('b');
    hub.now += ms;
    const closed = hub.commit(2).filter((effect) => effect.type === 'close');
    expect(closed).toMatchObject(effects);
    expect(closed.every(({ reason }) => reason.includes('30 s'))).toBe(true);
    expect(hub.hub.viewers.has('a')).toBe(effects.length === 0);
  });

  test('[LIV-2] it is closed by the alarm when no update comes any more', () => {
    const hub = oneFrameAhead('a', 'b');
    const sentAt = hub.now;
    hub.now += viewerBehindMsMax + 1;
    hub.ack('b');
    const alarm = hub.commit(2).find(({ type }) => type === 'alarm');
    expect(alarm).toEqual({ type: 'alarm', at: sentAt + viewerStalledMsMax + 1 });
    hub.now = sentAt + viewerStalledMsMax + 1;
    expect(typesOf(hub.take({ type: 'alarm' }))).toContain('close');
  });

  test('[LIV-2] with many viewers its time is stretched as their acknowledgements are', () => {
    const many = Array.from({ length: 2000 }, (_, i) => `v${i}`);
    const hub = oneFrameAhead(...many);
    hub.ack(...many.slice(1));
    hub.now += viewerBehindMsMax + 2000;
    expect(framesTo(hub.commit(2), 'v0')).toHaveLength(1);
    hub.now++;
    expect(framesTo(hub.commit(3), 'v0')).toEqual([]);
    expect(framesTo(hub.effects, 'v0')[1]).toMatchObject({ t: 'delta', ack_every_ms: 4000 });
  });
});

describe('bytes that are not acknowledged', () => {
  /** Content frames until the viewer has exactly `bytes` unacknowledged, then one update more. */
  function nextFrames(bytes: number): number {
    const hub = new TestHub().ready('a');
    hub.say('a', { t: 'subscribe', regions: ['EU-London'], contents: true });
    // One character more of an id is one byte more of a frame; the first frame also has what never changes again.
    const say = (row: number, length: number) => {
      hub.now += 1000;
      return hub.commit(row, 1, { contents: [[startMinute, 'x'.repeat(length), counters(1)]] });
    };
    say(1, 2);
    hub.ack('a');
    say(2, 1);
    const viewer = hub.hub.viewers.get('a');
    say(3, bytes - 2 * (viewer?.unackedBytes ?? 0) + 1);
    expect(viewer?.unackedBytes).toBe(bytes);
    hub.now += 1000;
    return framesTo(hub.commit(4), 'a').length;
  }

  test.each([
    [viewerBehindBytesMax, 1],
    [viewerBehindBytesMax + 1, 0],
  ])('[LIV-2] with %i of them a viewer gets %i frames more', (bytes, frames) => {
    expect(nextFrames(bytes)).toBe(frames);
  });

  test('are counted as UTF-8', () => {
    const hub = new TestHub().ready('a');
    hub.say('a', { t: 'subscribe', regions: '*', contents: true });
    hub.ack('a');
    hub.now += 1000;
    const effects = hub.commit(1, 1, { contents: [[startMinute, '映画', counters(1)]] });
    const [send] = effects.flatMap((effect) => (effect.type === 'send' ? [effect.text] : []));
    expect(hub.hub.viewers.get('a')?.unackedBytes).toBe(Buffer.byteLength(send ?? ''));
  });
});

describe('a viewer that floods the hub', () => {
  const resync = (hub: TestHub, count: number) =>
    Array.from({ length: count }, () => hub.say('a', { t: 'resync' })).flat();

  test.each([
    [clientFramesPerSecondMax, 0],
    [clientFramesPerSecondMax + 1, 1],
  ])('%i frames a second, though each could be taken: %i refused', (count, refused) => {
    const hub = new TestHub().ready('a');
    const errors = framesTo(resync(hub, count), 'a').filter(({ t }) => t === 'error');
    expect(errors).toHaveLength(refused);
    for (const error of errors) expect(error).toMatchObject({ code: 'too_many_frames' });
  });

  test('is closed; one that spreads them over the seconds is not', () => {
    const hub = new TestHub().ready('a', 'b');
    for (let i = 0; i < 10; i++, hub.now += 1000) resync(hub, clientFramesPerSecondMax);
    expect(hub.hub.viewers.has('a')).toBe(true);
    const effects = resync(hub, 1000);
    expect(effects.at(-1)).toMatchObject({ type: 'close', code: closeCodes.badFrames });
    expect([...hub.hub.viewers.keys()]).toEqual(['b']);
  });
});

describe('acknowledgements and resyncs', () => {
  test('an acknowledgement of a number that was never sent counts for nothing', () => {
    const hub = oneFrameAhead('a');
    const before = hub.hub.viewers.get('a')?.unackedBytes;
    expect(hub.say('a', { t: 'ack', seq: 99_999 })).toEqual([]);
    expect(hub.hub.viewers.get('a')?.unackedBytes).toBe(before);
  });

  test('[LIV-1] a resync brings a snapshot, also to a viewer that is too far behind for a delta', () => {
    const hub = oneFrameAhead('a');
    hub.now += viewerBehindMsMax + 1;
    expect(framesTo(hub.commit(2), 'a')).toEqual([]);
    expect(frameTo(hub.say('a', { t: 'resync' }), 'a')).toMatchObject({ t: 'snapshot' });
  });

  test('while a snapshot is under way a resync changes nothing: nobody queues without bound', () => {
    const hub = oneFrameAhead('a');
    expect(typesOf(hub.say('a', { t: 'resync' }))).toEqual(['send']);
    for (let i = 0; i < 40; i++) expect(hub.say('a', { t: 'resync' })).toEqual([]);
    hub.ack('a');
    expect(typesOf(hub.say('a', { t: 'resync' }))).toEqual(['send']);
  });
});

describe('sharing', () => {
  test('[LIV-2] a frame is encoded once for all with the same prev and subscription', () => {
    const viewers = Array.from({ length: 100 }, (_, i) => `v${i}`);
    const hub = new TestHub().ready(...viewers);
    const encoded = () => hub.hub.life?.frames.encodedTotal;
    expect(encoded()).toBe(1);
    for (const viewer of viewers.slice(90)) hub.say(viewer, { t: 'subscribe', regions: ['EU-London'] });
    expect(encoded()).toBe(2);
    for (let row = 1; row <= 5; row++) {
      hub.now += 1000;
      hub.ack(...viewers);
      const frames = hub.commit(row).filter(({ type }) => type === 'send');
      expect(frames).toHaveLength(100);
      expect(encoded()).toBe(2 + 2 * row);
    }
  });

  test('[LIV-2] viewers that are behind share what reaches further back, too', () => {
    const hub = oneFrameAhead('a', 'b', 'c', 'd');
    hub.now += viewerBehindMsMax + 1;
    hub.ack('c', 'd');
    hub.commit(2);
    const before = hub.hub.life?.frames.encodedTotal ?? 0;
    hub.ack('a', 'b');
    expect(hub.hub.life?.frames.encodedTotal).toBe(before);
    hub.now += 1000;
    hub.commit(3);
    expect(hub.hub.life?.frames.encodedTotal).toBe(before + 1);
  });

  test('[LIV-1] viewers that left off at different frames get each what continues its own', () => {
    const hub = new TestHub().ready('a', 'b');
    hub.ack('a', 'b');
    hub.now += 1000;
    hub.commit(1);
    // `c` connects after a change that was not yet sent to the others: its snapshot has it, their next frame too.
    hub.now += 50;
    hub.commit(2);
    hub.take({ type: 'connected', viewer: 'c' });
    hub.now += 10;
    hub.commit(3);
    hub.now += 200;
    const effects = hub.take({ type: 'woken' });
    const reach = ['a', 'b', 'c'].map((viewer) => {
      const frame = frameTo(effects, viewer);
      return frame.t === 'delta' ? frame.seq - frame.prev : null;
    });
    expect(reach).toEqual([2, 2, 1]);
  });

  test('the journal is as long as the slowest viewer needs, and no longer', () => {
    const hub = oneFrameAhead('a', 'b');
    hub.now += viewerBehindMsMax + 1;
    for (let row = 2; row <= 11; row++) {
      hub.ack('b');
      hub.commit(row);
      hub.now += 300;
    }
    expect(hub.hub.life?.journal).toHaveLength(10);
    hub.ack('a');
    hub.commit(12);
    expect(hub.hub.life?.journal).toHaveLength(0);
  });
});
