import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentitySet } from '../../../core/window/identity-set.ts';
import { IntervalSet } from '../../../core/window/interval-set.ts';

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
