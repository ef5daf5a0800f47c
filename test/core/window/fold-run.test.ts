import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistinctSketch } from '../../../core/aggregate/distinct-sketch.ts';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { decodeChunk, openChunk, readColumns } from '../../../core/protocol/chunk.ts';
import { epochMs } from '../../../core/protocol/ids.ts';
import { dimensionKeysMax } from '../../../core/protocol/limits.ts';
import { ChunkFold } from '../../../core/window/fold-chunk.ts';
import { RunFold } from '../../../core/window/fold-run.ts';
import { FoldSpace } from '../../../core/window/fold-space.ts';
import { IdentitySet } from '../../../core/window/identity-set.ts';
import { minuteRuns } from '../../../core/window/minute-runs.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { WindowTable } from '../../../core/window/window-table.ts';
import { Random } from '../../../tools/producer/random.ts';
import { buildChunk } from '../../support/build-chunk.ts';
import { anyEvent } from '../../support/lake-rows.ts';

const origin = { regionNumber: 1, shard: 0, generation: 0, incarnation: 1 };

/** Events of one chunk, some of which lie in other panes and minutes. */
function eventsOf(random: Random, spreadMs: number, contents: number): AcceptedEvent[] {
  return Array.from({ length: 1 + Math.floor(random.between(0, 300)) }, () => {
    const timeMs = 60_000_000 + Math.floor(random.between(0, spreadMs));
    const event = anyEvent(random, timeMs);
    const content = Math.floor(random.between(0, contents));
    return contents === 0 ? event : { ...event, timeMs: epochMs(timeMs), contentId: `film ${content}` };
  });
}

const packed = (table: WindowTable) => table.inTimeOrder().map((window) => window.pack(origin));

describe('a chunk counted by runs', () => {
  test.each([
    ['of one pane', 5_000, 0],
    ['of all panes of a minute', 60_000, 0],
    ['of several minutes', 400_000, 0],
    ['of more titles than a window keeps', 60_000, 3 * dimensionKeysMax],
  ])(
    '[WIN-2, WIN-6] %s gives what counting event by event gives, chunk after chunk',
    (name, spreadMs, contents) => {
      const random = new Random('runs', name);
      const [expected, table, space] = [new WindowTable(), new WindowTable(), new FoldSpace()];
      for (let row = 0; row < 40; row++) {
        const events = eventsOf(random, spreadMs, contents);
        const bytes = buildChunk(events);
        const isCounted = events.map(() => random.between(0, 1) < 0.9);
        const { columns } = decodeChunk(bytes);
        const oneByOne = new ChunkFold(columns, row);
        for (const [i, { timeMs }] of events.entries())
          if (isCounted[i]) oneByOne.count(expected.obtain(minuteOf(timeMs), row), i);
        const open = openChunk(bytes);
        const reused = readColumns(open, space.columns.begin());
        const fold = new RunFold(reused, events.length, row, space);
        for (const { minute, list, count } of minuteRuns(reused.timeMs, events.length, space.list)) {
          const counted = list.slice(0, count).filter((i) => isCounted[i]);
          if (counted.length > 0) fold.count(table.obtain(minute, row), counted, counted.length);
        }
        expect(packed(table)).toEqual(packed(expected));
      }
      expect(packed(table).length).toBe(Math.ceil(spreadMs / 60_000));
    },
  );
});

describe('runs of a chunk', () => {
  test('[WIN-1] hold each event once, by window, oldest first, in the order of the chunk', () => {
    const times = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, (timesMs) => {
        const timeMs = Float64Array.from([...timesMs, 7]);
        const runs = minuteRuns(timeMs, timesMs.length, new Uint16Array(2000));
        const minutes = [...new Set(timesMs.map(minuteOf))].sort((a, b) => a - b);
        const expected = minutes.map((minute) => {
          const own = timesMs.flatMap((ms, i) => (minuteOf(ms) === minute ? [i] : []));
          return { minute, own, greatestMs: Math.max(...own.map((i) => timesMs[i] as number)) };
        });
        const found = runs.map(({ minute, list, count, greatestMs }) => ({
          minute,
          own: [...list.subarray(0, count)],
          greatestMs,
        }));
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe('many at once', () => {
  const half = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  const batches = fc.array(fc.array(fc.tuple(half, half), { maxLength: 60 }), { maxLength: 6 });
  const columnsOf = (batch: readonly (readonly [number, number])[]) => ({
    hi: Uint32Array.from(batch, ([hi]) => hi),
    lo: Uint32Array.from(batch, ([, lo]) => lo),
    list: Uint16Array.from(batch, (_, i) => i),
  });

  test('[DUP-1] identities are new where one by one they are', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const [set, oneByOne] = [new IdentitySet(), new IdentitySet()];
        for (const batch of all) {
          const { hi, lo, list } = columnsOf(batch);
          const isNew = batch.flatMap(([h, l], i) => (oneByOne.add(h, l) ? [i] : []));
          expect([...list.subarray(0, set.addNew({ hi, lo }, list, batch.length))]).toEqual(isNew);
          expect(set.size).toBe(oneByOne.size);
        }
      }),
    );
  });

  test('[WIN-2] a sketch of distinct items is the same as one by one, sparse and dense', () => {
    fc.assert(
      fc.property(batches, fc.boolean(), (all, dense) => {
        const [sketch, oneByOne] = [new DistinctSketch(), new DistinctSketch()];
        const before = dense ? Array.from({ length: 600 }, (_, n) => [n * 2 ** 22, 1 + n] as const) : [];
        for (const batch of [before, ...all]) {
          const { hi, lo, list } = columnsOf(batch);
          sketch.addAll({ hi, lo }, list, batch.length);
          for (const [h, l] of batch) if (h !== 0 || l !== 0) oneByOne.add(h, l);
        }
        expect(sketch.toBytes()).toEqual(oneByOne.toBytes());
      }),
    );
  });
});
