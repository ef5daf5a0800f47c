import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentitySet } from '../../../core/window/identity-set.ts';
import { IntervalSet } from '../../../core/window/interval-set.ts';
import { SessionTable } from '../../../core/window/session-table.ts';

describe('the set of identities', () => {
  it('[DUP-1] says of each identity whether it is new, as a Set of texts does', () => {
    // Few low halves, so that slots clash and probes run on.
    const identity = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 7 }));
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 400 }), (identities) => {
        const set = new IdentitySet();
        const oracle = new Set<string>();
        for (const [hi, lo] of identities) {
          // 0/0 shares its place with 0/1 (a chance of 1 in 2^64).
          const key = hi === 0 && lo === 0 ? '0/1' : `${hi}/${lo}`;
          expect(set.add(hi, lo)).toBe(!oracle.has(key));
          oracle.add(key);
        }
        expect(set.size).toBe(oracle.size);
      }),
    );
  });

  it('keeps what it holds while it grows', () => {
    const set = new IdentitySet();
    const addAll = (): number => {
      let added = 0;
      for (let i = 0; i < 100_000; i++) if (set.add(i, Math.imul(i, 2_654_435_761) >>> 0)) added++;
      return added;
    };
    expect([addAll(), addAll(), set.size]).toEqual([100_000, 0, 100_000]);
  });
});

describe('the set of intervals', () => {
  const interval = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
    .map(([from, length]) => [from, from + length] as const);

  it('[LOG-4] holds exactly the numbers that were added, in as few intervals as can be', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 30 }), interval, (added, [from, to]) => {
        const set = new IntervalSet();
        const oracle = new Set<number>();
        for (const [start, end] of added) {
          set.add(start, end);
          for (let n = start; n < end; n++) oracle.add(n);
        }
        const asked = Array.from({ length: to - from }, (_, i) => from + i);
        expect(set.intersects(from, to)).toBe(asked.some((n) => oracle.has(n)));
        if (asked.length > 0) expect(set.containsAll(from, to)).toBe(asked.every((n) => oracle.has(n)));
        const starts = [...oracle].filter((n) => !oracle.has(n - 1));
        expect(set.bounds.length).toBe(2 * starts.length);
        expect(new IntervalSet(set.bounds).bounds).toEqual(set.bounds);
      }),
    );
  });
});

describe('the table of sessions', () => {
  it('[WIN-2] holds what a Map holds, and drops only what is over', () => {
    // Few keys, some beside each other, so that probes run on; whole tables too.
    const key = fc.integer({ min: 0, max: 900 }).map((n) => (n % 3) * 2 ** 51 + Math.floor(n / 3));
    const step = fc.tuple(key, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 200 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const table = new SessionTable(150);
        const oracle = new Map<number, number>();
        for (const [named, value, dice] of steps) {
          // 0 shares its place with 1.
          const asKey = named || 1;
          const isOver = (held: number): boolean => held < 200 && dice > 100;
          const isTaken = table.set(named, value, isOver);
          if (!isTaken) expect([table.size, oracle.has(asKey)]).toEqual([150, false]);
          if (isTaken) oracle.set(asKey, value);
          if (dice < 3) table.drop((held) => held < 500);
          // What went was over; what is there is as it was put.
          for (const [had, held] of oracle) {
            const found = table.get(had);
            if (found === undefined) oracle.delete(had);
            expect(found === held || (found === undefined && held < 500)).toBe(true);
          }
          let size = 0;
          table.forEach(() => {
            size++;
          });
          expect([size, table.size]).toEqual([oracle.size, oracle.size]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('what a shard holds most of', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** Buffers are given back a little later than what held them. */
  const held = async (): Promise<number> => {
    for (let times = 0; times < 3; times++) {
      collect();
      await sleep(20);
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const bytesEach = async (count: number, made: () => object): Promise<number> => {
    const before = await held();
    const kept = made();
    const bytes = ((await held()) - before) / count;
    expect(kept).toBeDefined();
    return bytes;
  };
  const spread = (i: number): number => Math.imul(i + 1, 2_654_435_761) >>> 0;

  it.each([150_000, 400_000, 650_000])('[WIN-8] %i identities take 12 to 18 bytes each', async (count) => {
    const bytes = await bytesEach(count, () => {
      const set = new IdentitySet();
      for (let i = 0; i < count; i++) set.add(i, spread(i));
      return set;
    });
    expect(bytes).toBeGreaterThan(11);
    expect(bytes).toBeLessThan(19);
  });

  it('sessions take some 30 bytes each', async () => {
    const count = 500_000;
    const bytes = await bytesEach(count, () => {
      const table = new SessionTable(count);
      for (let i = 0; i < count; i++) table.set(spread(i) * 2 ** 21, 2, () => false);
      return table;
    });
    expect(bytes).toBeLessThan(33);
  });
});
