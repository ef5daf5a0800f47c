// DUP-2 in the hub: whatever order words of a region arrive in, older never overwrites newer.
import { describe, expect, test } from 'vitest';
import { livePanesMs } from '../../../core/protocol/limits.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import {
  answer,
  counters,
  packedWindow,
  revision,
  startMinute,
  startMs,
  TestHub,
  update,
} from './hub-fixture.ts';

const orders = [
  ['a later log row', revision(5), revision(4)],
  ['a later log', revision(0, 0, 2), revision(9, 0, 1)],
  ['a later generation', revision(0, 1, 1), revision(9, 0, 2)],
] as const;

function shown(hub: TestHub) {
  const region = hub.hub.life?.regions.get(1);
  const contents = [...(region?.keyed.content.values() ?? [])].flatMap((cells) => [...cells.values()]);
  return {
    panes: [...(region?.panes.values() ?? [])].map(({ start, values }) => [start, values[0]]),
    minutes: [...(region?.minutes.values() ?? [])].map(({ start, values }) => [start, values[0]]),
    contents: contents.map(({ key, values }) => [key, values[0]]),
    viewers: region?.fields.shown.get('viewers')?.value,
  };
}

describe('[DUP-2] the newer stays', () => {
  test.each(orders)('%s wins over an update that comes after it', (_, newer, older) => {
    const hub = new TestHub().ready('a');
    const said = (rev: typeof newer, count: number) =>
      update(count, {
        revision: rev,
        panes: [[startMs, counters(count)]],
        minutes: [[startMinute, counters(count)]],
        contents: [[startMinute, 'film', counters(count)]],
      });
    hub.take({ type: 'update', update: said(newer, 2) });
    const after = shown(hub);
    hub.take({ type: 'update', update: said(older, 7) });
    expect(shown(hub)).toEqual(after);
    expect(after).toEqual({
      panes: [[startMs, 2]],
      minutes: [[startMinute, 2]],
      contents: [['film', 2]],
      viewers: 2,
    });
  });

  test('an equal revision overwrites: it is the same state, said again', () => {
    const hub = new TestHub().ready('a');
    hub.commit(3);
    const again = update(3, { viewers: 9, at: startMs + 4, panes: [[startMs, counters(4)]] });
    hub.take({ type: 'update', update: again });
    expect(shown(hub)).toMatchObject({ viewers: 9, panes: [[startMs, 4]] });
    hub.take({ type: 'update', update: update(3, { viewers: 1, at: startMs + 2 }) });
    expect(shown(hub).viewers).toBe(9);
  });

  test('of D1, region and update, per minute and shard, the newest is shown and never a sum', () => {
    const sources: ((hub: TestHub) => void)[] = [
      (hub) => hub.take({ type: 'history', windows: [packedWindow(startMinute, 1, { x: 1 })], totals: [] }),
      (hub) =>
        hub.take({ type: 'answer', answer: answer({ windows: [packedWindow(startMinute, 2, { x: 2 })] }) }),
      (hub) => hub.take({ type: 'update', update: update(3, { minutes: [[startMinute, counters(3)]] }) }),
      (hub) => {
        const { counters: totals, ...rest } = packedWindow(startMinute, 0, {});
        hub.take({ type: 'history', windows: [], totals: [{ ...rest, counters: totals }] });
      },
    ];
    for (const order of permutations(sources)) {
      const hub = new TestHub().ready('a');
      for (const say of order) say(hub);
      expect(shown(hub)).toMatchObject({ minutes: [[startMinute, 3]], contents: [['x', 2]] });
    }
  });

  test('an answer that overtook an update does not take its fields back', () => {
    const hub = new TestHub().ready('a');
    hub.take({ type: 'update', update: update(3, { at: startMs + 10, viewers: 3 }) });
    const windows: PackedWindow[] = [packedWindow(startMinute, 2, { x: 2 })];
    hub.take({ type: 'answer', answer: answer({ at: startMs + 9, viewers: 2, windows }) });
    expect(shown(hub).viewers).toBe(3);
    hub.take({ type: 'answer', answer: answer({ at: startMs + 11, viewers: 5, windows }) });
    expect(shown(hub).viewers).toBe(5);
  });

  test('an answer of an older log does not count, however late its clock; one of a newer log does', () => {
    const hub = new TestHub().ready('a');
    hub.take({ type: 'update', update: update(3, { revision: revision(3, 0, 2), viewers: 3 }) });
    const windowOf = (incarnation: number) => ({
      ...packedWindow(startMinute, 2, {}),
      revision: revision(2, 0, incarnation),
    });
    hub.take({ type: 'answer', answer: answer({ at: startMs + 99, viewers: 8, windows: [windowOf(1)] }) });
    expect(shown(hub).viewers).toBe(3);
    hub.take({ type: 'answer', answer: answer({ at: startMs, viewers: 4, windows: [windowOf(3)] }) });
    expect(shown(hub).viewers).toBe(4);
  });
});

describe('[DUP-2] a window that was judged anew', () => {
  test('what it no longer holds becomes zero, unless something newer is known of it', () => {
    const hub = new TestHub().ready('a');
    hub.take({
      type: 'answer',
      answer: answer({ windows: [packedWindow(startMinute, 4, { x: 1, y: 2, z: 3 })] }),
    });
    hub.take({ type: 'update', update: update(9, { contents: [[startMinute, 'z', counters(5)]] }) });
    hub.take({ type: 'answer', answer: answer({ windows: [packedWindow(startMinute, 8, { x: 1 })] }) });
    expect(shown(hub).contents).toEqual([
      ['x', 1],
      ['y', 0],
      ['z', 5],
    ]);
  });
});

describe('what is out of sight', () => {
  test('is neither taken nor kept', () => {
    const hub = new TestHub().ready('a');
    hub.commit(1, 1, { panes: [[startMs - livePanesMs - 10_000, counters(1)]] });
    expect(shown(hub).panes).toEqual([]);
    hub.commit(2, 1, { panes: [[startMs - livePanesMs, counters(2)]] });
    expect(shown(hub).panes).toHaveLength(1);
    hub.ack('a');
    hub.now += 10_000;
    hub.commit(3, 1, { panes: [] });
    expect(shown(hub).panes).toEqual([]);
  });
});

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((item, i) => permutations(list.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
