// LIV-5 of breakdowns: what they hold, and when they go.
import { describe, expect, test } from 'vitest';
import {
  breakdownContentsMax,
  breakdownEveryMs,
  breakdownMinutes,
  pullWaitMsMax,
} from '../../../core/protocol/limits.ts';
import type { LiveBreakdown } from '../../../core/protocol/live.ts';
import type { RegionUpdate } from '../../../core/window/region-answer.ts';
import {
  answer,
  counted,
  framesTo,
  frameTo,
  packedWindow,
  startMinute,
  TestHub,
  update,
} from './hub-fixture.ts';

type KeyRow = RegionUpdate['contents'][number];

/** A ready hub with a viewer of nothing but a breakdown. */
function watching(breakdown: string, ...viewers: string[]): TestHub {
  const hub = new TestHub().ready('a', ...viewers);
  for (const viewer of ['a', ...viewers]) hub.say(viewer, { t: 'subscribe', regions: [], breakdown });
  hub.ack('a', ...viewers);
  // Past what it asked to be woken for while it was getting ready.
  hub.now += pullWaitMsMax;
  hub.take({ type: 'woken' });
  hub.now += breakdownEveryMs;
  return hub;
}

const views = (minute: number, key: string, count: number): KeyRow => [
  minute,
  key,
  counted({ events: count, views: count }),
];

const downloads = (minute: number, key: string, count: number, succeeded = 0, slow = 0): KeyRow => [
  minute,
  key,
  counted({ events: count, downloads: count, downloads_succeeded: succeeded, downloads_slow: slow }),
];

function commitContents(hub: TestHub, row: number, ...contents: KeyRow[]): LiveBreakdown | undefined {
  return breakdownTo(hub, hub.take({ type: 'update', update: update(row, { contents }) }));
}

function breakdownTo(hub: TestHub, effects: ReturnType<TestHub['take']>, viewer = 'a') {
  hub.ack(viewer);
  const [frame] = framesTo(effects, viewer);
  return frame && frame.t !== 'error' ? frame.breakdown : undefined;
}

const ranking = (breakdown?: LiveBreakdown) =>
  breakdown?.contents.map(({ content_id: id, rank, rank_before: before }) => [id, rank, before]);

describe('what a breakdown holds', () => {
  test('[LIV-5] contents by downloads, then views, then events, then id, each with its rank before', () => {
    const hub = watching('EU-London');
    const before = startMinute - breakdownMinutes;
    const breakdown = commitContents(
      hub,
      1,
      views(startMinute, 'd', 3),
      downloads(startMinute, 'a', 1),
      downloads(startMinute - 4, 'b', 2),
      views(startMinute, 'c', 3),
      views(before, 'c', 1),
      views(before, 'd', 9),
      downloads(before - breakdownMinutes + 1, 'a', 1),
      downloads(before - breakdownMinutes, 'b', 1),
    );
    expect(breakdown?.from_minute).toBe(startMinute - 4);
    expect(breakdown?.active_contents).toBe(4);
    expect(ranking(breakdown)).toEqual([
      ['b', 1, null],
      ['a', 2, 1],
      ['c', 3, 3],
      ['d', 4, 2],
    ]);
  });

  test('[LIV-5, WIN-6] what was folded away has no rank and is not active', () => {
    const hub = watching('*');
    const breakdown = commitContents(hub, 1, views(startMinute, '__other__', 9), views(startMinute, 'a', 1));
    expect(breakdown).toMatchObject({ active_contents: 1, contents: [{ content_id: 'a', rank: 1 }] });
  });

  test('[LIV-5] at most ten contents, and the number of all of them', () => {
    const hub = watching('*');
    const all = Array.from({ length: breakdownContentsMax + 1 }, (_, i) => views(startMinute, `c${i}`, 1));
    const breakdown = commitContents(hub, 1, ...all);
    expect(breakdown?.active_contents).toBe(breakdownContentsMax + 1);
    expect(breakdown?.contents).toHaveLength(breakdownContentsMax);
  });

  test('[LIV-5] devices and content types by events, with their success rates', () => {
    const hub = watching('EU-London');
    const fields = {
      devices: [views(startMinute, 'phone', 3), downloads(startMinute - 1, 'tv', 4, 2, 1)],
      contentTypes: [views(startMinute, 'movie', 7), views(startMinute - breakdownMinutes, 'music', 9)],
    };
    const breakdown = breakdownTo(hub, hub.take({ type: 'update', update: update(1, fields) }));
    expect(breakdown?.devices).toEqual([
      { key: 'tv', events: 4, views: 0, downloads: 4, success_rate: 0.75 },
      { key: 'phone', events: 3, views: 3, downloads: 0, success_rate: null },
    ]);
    hub.now += breakdownEveryMs;
    const only = { viewers: 1, devices: [views(startMinute, 'phone', 4)] };
    const next = breakdownTo(hub, hub.take({ type: 'update', update: update(2, only) }));
    expect(next?.devices).toMatchObject([{ key: 'phone', events: 4 }, { key: 'tv' }]);
    expect(breakdown?.content_types).toEqual([
      { key: 'movie', events: 7, views: 7, downloads: 0, success_rate: null },
    ]);
  });

  test('[LIV-5] titles, of an update or of a whole window; the newer word stays', () => {
    const hub = watching('EU-London');
    const contents = [views(startMinute, 'a', 1)];
    const titled = (title: string | null) => [[startMinute, 'a', title, 'movie']] as const;
    hub.take({ type: 'update', update: update(5, { contents, titles: titled('New') }) });
    hub.take({ type: 'update', update: update(4, { contents, titles: titled('Old') }) });
    const window = { ...packedWindow(startMinute - 1, 3, { b: 1 }), titles: [['b', 'B', null]] as const };
    hub.now += breakdownEveryMs;
    const told = breakdownTo(hub, hub.take({ type: 'answer', answer: answer({ windows: [window] }) }));
    expect(told?.contents).toMatchObject([
      { content_id: 'a', title: 'New', content_type: 'movie' },
      { content_id: 'b', title: 'B', content_type: null },
    ]);
    hub.now += breakdownEveryMs;
    const renamed = update(6, { viewers: 5, contents, titles: titled('Newer') });
    expect(breakdownTo(hub, hub.take({ type: 'update', update: renamed }))?.contents[0]?.title).toBe('Newer');
  });

  test('[LIV-5] of one region only that region, of * all of them', () => {
    const hub = watching('EU-London', 'b');
    hub.say('b', { t: 'subscribe', regions: [], breakdown: '*' });
    hub.now += breakdownEveryMs;
    hub.take({ type: 'update', update: update(1, { contents: [views(startMinute, 'x', 1)] }) });
    hub.now += breakdownEveryMs;
    const other = update(1, { regionNumber: 2, contents: [views(startMinute, 'x', 2)] });
    const effects = hub.take({ type: 'update', update: other });
    expect(framesTo(effects, 'a')).toEqual([]);
    expect(breakdownTo(hub, effects, 'b')?.contents).toMatchObject([{ content_id: 'x', events: 3 }]);
  });
});

describe('when a breakdown goes', () => {
  test('[LIV-5] at most once a second, and once more for what came meanwhile', () => {
    const hub = watching('*');
    expect(commitContents(hub, 1, views(startMinute, 'a', 1))?.active_contents).toBe(1);
    const madeAt = hub.now;
    hub.now += 300;
    expect(hub.hub.life?.wakeAt).toBeNull();
    expect(commitContents(hub, 2, views(startMinute, 'b', 1))).toBeUndefined();
    expect(hub.hub.life?.wakeAt).toBe(madeAt + breakdownEveryMs);
    hub.now = madeAt + breakdownEveryMs;
    expect(breakdownTo(hub, hub.take({ type: 'woken' }))?.active_contents).toBe(2);
    hub.now += breakdownEveryMs;
    expect(hub.take({ type: 'woken' })).toEqual([]);
  });

  test('[LIV-5] only where it has changed, and at once to who comes', () => {
    const hub = watching('*');
    commitContents(hub, 1, views(startMinute, 'a', 1));
    hub.now += breakdownEveryMs;
    expect(framesTo(hub.commit(2), 'a')).toEqual([]);
    hub.take({ type: 'connected', viewer: 'b' });
    const told = frameTo(hub.say('b', { t: 'subscribe', regions: [], breakdown: '*' }), 'b');
    expect(told).toMatchObject({ t: 'snapshot', breakdown: { active_contents: 1 } });
  });

  test('[LIV-5] a minute that leaves changes it with the next frame', () => {
    const hub = watching('*');
    commitContents(hub, 1, views(startMinute - 4, 'a', 1), views(startMinute, 'b', 1));
    hub.now += 60_000;
    const breakdown = breakdownTo(hub, hub.commit(2));
    expect(breakdown?.from_minute).toBe(startMinute - 3);
    expect(ranking(breakdown)).toEqual([['b', 1, null]]);
  });

  test('[LIV-5] one that a new viewer finds changed reaches the others as well', () => {
    const hub = watching('*', 'b');
    commitContents(hub, 1, views(startMinute, 'a', 1));
    hub.ack('b');
    hub.now += 300_000;
    const effects = hub.take({ type: 'connected', viewer: 'c' });
    effects.push(...hub.say('c', { t: 'subscribe', regions: [], breakdown: '*' }));
    for (const viewer of ['a', 'b']) expect(breakdownTo(hub, effects, viewer)?.active_contents).toBe(0);
  });

  test('[LIV-5, LIV-2] is made and encoded once for all who want it', () => {
    const viewers = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const hub = watching('*', ...viewers);
    const before = hub.hub.life?.frames.encodedTotal ?? 0;
    commitContents(hub, 1, views(startMinute, 'a', 1));
    expect(hub.hub.life?.frames.encodedTotal).toBe(before + 1);
  });

  test('of an unknown region is refused; the subscription stays', () => {
    const hub = watching('EU-London');
    const effects = hub.say('a', { t: 'subscribe', regions: '*', breakdown: 'EU-Atlantis' });
    expect(framesTo(effects, 'a')).toMatchObject([{ t: 'error', code: 'unknown_region' }]);
    expect(hub.hub.viewers.get('a')?.subscription.breakdown).toBe('EU-London');
  });
});
