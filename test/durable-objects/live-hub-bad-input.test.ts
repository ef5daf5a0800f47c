// What viewers may do to a hub, over real sockets: each is answered, none harms another.
import { describe, expect, it } from 'vitest';
import {
  badFramesPerMinuteMax,
  clientFrameBytesMax,
  clientFramesPerSecondMax,
} from '../../core/protocol/limits.ts';
import { minuteOf } from '../../core/window/time.ts';
import { alarmOf, commit, connect, freshHub, region } from './hub-fixture.ts';

describe('a viewer that sends what cannot be taken', () => {
  it('keeps its connection through garbage, a megabyte and bytes, but not for long', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    const frames: [string | ArrayBuffer, string][] = [
      ['{"t":', 'bad_frame'],
      ['[]', 'bad_frame'],
      ['x'.repeat(clientFrameBytesMax), 'bad_frame'],
      ['x'.repeat(clientFrameBytesMax + 1), 'frame_too_large'],
      ['x'.repeat(2 ** 20), 'frame_too_large'],
      [new Uint8Array([1, 2, 3]).buffer, 'bad_frame'],
    ];
    for (const [data, code] of frames) {
      const count = viewer.texts.length;
      viewer.send(data);
      await viewer.until(() => viewer.texts.length > count);
      expect(viewer.error()).toBe(code);
    }
    const before = viewer.texts.length;
    viewer.say({ t: 'resync' });
    await viewer.until(() => viewer.texts.length > before);
    expect(viewer.closed).toBeNull();
    for (let i = 0; i < badFramesPerMinuteMax; i++) viewer.send('garbage');
    expect(await viewer.until(() => viewer.closed)).toMatchObject({ code: 1008 });
    expect(await alarmOf(stub)).toBeNull();
  });

  it('that sends a thousand messages a second, good or bad, is told why and closed; others see all', async () => {
    for (const text of ['garbage', '{"t":"resync"}', '{"t":"ack","seq":0}']) {
      const { stub } = freshHub();
      const place = await region(9);
      const minute = minuteOf(Date.now());
      const other = await connect(stub);
      const held = await other.until(() => other.state && (other.eventsOf(place.name, minute) ?? 0) + 1);
      const viewer = await connect(stub);
      await viewer.until(() => viewer.state);
      for (let i = 0; i < 1000; i++) viewer.send(text);
      expect(await viewer.until(() => viewer.closed)).toMatchObject({ code: 1008 });
      expect(viewer.error()).toBe(text === 'garbage' ? 'bad_frame' : 'too_many_frames');
      expect(viewer.texts.length).toBeLessThan(badFramesPerMinuteMax + 10);
      await commit(place, 2, { timeMs: minute * 60_000 });
      await other.until(() => other.eventsOf(place.name, minute) === held + 1);
      expect(other.closed).toBeNull();
    }
    expect(clientFramesPerSecondMax).toBeLessThan(1000);
  });

  it('that subscribes to 10,000 regions, or to one that does not exist, keeps what it has', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub);
    const before = await viewer.until(() => viewer.state);
    const many = Array.from({ length: 10_000 }, (_, i) => `EU-${i}`);
    const refused: [unknown, string][] = [
      [{ t: 'subscribe', regions: many }, 'frame_too_large'],
      [{ t: 'subscribe', regions: ['EU-Atlantis'] }, 'unknown_region'],
      [{ t: 'subscribe', regions: '*', breakdown: 'EU-Atlantis' }, 'unknown_region'],
    ];
    for (const [frame, code] of refused) {
      viewer.texts.length = 0;
      viewer.say(frame);
      expect(await viewer.until(() => viewer.error())).toBe(code);
    }
    expect(viewer.state?.regions.size).toBe(before.regions.size);
    const place = await region(10);
    await commit(place, 1);
    await viewer.until(() => viewer.eventsOf(place.name, minuteOf(Date.now())));
  });

  it('that names as many regions as a frame has room for, before the hub knows any, is remembered', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub);
    const names = Array.from({ length: 500 }, (_, i) => `E${1000 + i}`);
    const frame = { t: 'subscribe', regions: names };
    expect(JSON.stringify(frame).length).toBeGreaterThan(clientFrameBytesMax * 0.9);
    viewer.say(frame);
    await viewer.until(() => viewer.state);
    const count = viewer.texts.length;
    viewer.say({ t: 'resync' });
    await viewer.until(() => viewer.texts.length > count);
    expect(viewer.closed).toBeNull();
  });
});
