import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Shard, t0 } from './shard-fixture.ts';

const amount = fc.option(fc.nat(1_000_000_000_000), { nil: null });
const anEvent = fc.record({
  timeMs: fc.integer({ min: t0, max: t0 + 119_999 }),
  type: fc.nat(7),
  status: fc.nat(3),
  userHi: fc.nat(20),
  sessionLo: fc.nat(20),
  contentId: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }),
  durationMs: amount,
  completionMilli: amount,
  speedKbps: amount,
  bytes: amount,
});
const events = fc.array(anEvent, { minLength: 1, maxLength: 40 });

test('[ING-7, WIN-2] windows are the same whatever the order in which their events come, and in how many calls', () => {
  fc.assert(
    fc.property(events, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 5 }), (list, random, size) => {
      const known = list.map((event, i) => ({ ...event, identityHi: i + 1 }));
      const shuffled = known
        .map((event) => [random.next().value as number, event] as const)
        .sort(([a], [b]) => a - b)
        .map(([, event]) => event);
      const [first, second] = [new Shard(t0 + 120_000), new Shard(t0 + 120_000)];
      first.receive(t0 + 120_000, first.chunk(t0, ...known));
      for (let i = 0; i < shuffled.length; i += size) {
        second.receive(t0 + 120_000, second.chunk(t0, ...shuffled.slice(i, i + size)));
      }
      const [one, other] = [first, second].map(({ region }) =>
        region.answer(t0 + 120_000).windows.map((window) => ({
          ...window,
          revision: null,
          // Keys stand in the order of their first appearance, which is not a sum.
          dimensions: window.dimensions.content.toSorted(([a], [b]) => (a < b ? -1 : 1)),
        })),
      );
      expect(other).toEqual(one);
    }),
  );
});
