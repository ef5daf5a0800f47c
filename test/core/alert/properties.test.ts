import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AlertBase,
  emptyBase,
  foldAlerts,
  type JudgedWindow,
  trackId,
} from '../../../core/alert/fold.ts';
import { highError, latenessCut, lowSuccess, m0, noData, Shard, window } from './alert-fixture.ts';

const rules = [
  lowSuccess,
  { ...lowSuccess, version: 2, threshold: 0.5, resolveThreshold: 0.6, fromMinute: m0 + 12 },
  highError,
  noData,
  latenessCut,
  { ...lowSuccess, id: 'BY_CONTENT', dimension: 'content' as const, windows: 2, attemptsMin: 2 },
];

const downloads = fc
  .tuple(fc.constantFrom(0, 10, 20, 40), fc.constantFrom(0, 0.08, 0.095, 0.2, 1))
  .map(([all, share]) => [all, Math.round(all * share)] as const);
/** Half of the minutes are empty, some for long. */
const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
const windows = minutes.chain((list) =>
  fc.tuple(
    ...list.map((minute) =>
      fc
        .tuple(downloads, downloads, downloads)
        .map(([all, a, b]): JudgedWindow => window(m0 + minute, all, { a, b })),
    ),
  ),
);
const closings = fc.array(
  fc.record({
    trackId: fc.constantFrom(
      ...rules.map(({ id, version }) =>
        trackId({ ruleId: id, ruleVersion: version, key: id === 'BY_CONTENT' ? 'a' : null }),
      ),
    ),
    minute: fc.integer({ min: m0, max: m0 + 32 }),
  }),
  { maxLength: 3 },
);
const cuts = fc.constantFrom([], [[m0 + 4, 1] as const], [[m0 + 4, 2] as const, [m0 + 9, 1] as const]);
const received = fc.uniqueArray(fc.integer({ min: m0, max: m0 + 30 }), { maxLength: 3 });
const through = m0 + 32;

test('[ALR-1] folded in pieces, whatever the pieces, is folded in one go', () => {
  const cutAt = fc.uniqueArray(fc.integer({ min: m0, max: through }), { maxLength: 5 });
  fc.assert(
    fc.property(windows, closings, cuts, received, cutAt, (list, closed, cut, heard, ends) => {
      const begin: AlertBase = { ...emptyBase(m0 - 1), cuts: cut, received: heard };
      const input = { windows: list, rules, closings: closed };
      const whole = foldAlerts(begin, { ...input, throughMinute: through });
      let base = begin;
      let episodes = foldAlerts(base, { ...input, throughMinute: m0 - 1 }).episodes;
      const over = [];
      for (const end of [...ends.sort((a, b) => a - b), through]) {
        ({ base, episodes } = foldAlerts(base, { ...input, throughMinute: end }));
        over.push(...episodes.filter(({ resolved }) => resolved));
      }
      expect(base).toEqual(whole.base);
      const all = [...over, ...episodes.filter(({ resolved }) => !resolved)];
      expect(new Set(all.map((one) => JSON.stringify(one)))).toEqual(
        new Set(whole.episodes.map((one) => JSON.stringify(one))),
      );
    }),
    { numRuns: 300 },
  );
});

/** What happens to a shard: a window gets its data, time passes, it dies, a base is stored, D1 confirms. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'arrive' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'judge' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'advance' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'keep' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'confirm' } as const) },
);

test('[ALR-1] whatever the order of arrival and whenever the shard dies, the alerts end as the same, once', () => {
  fc.assert(
    fc.property(windows, fc.array(happening, { maxLength: 60 }), (list, happenings) => {
      const direct = new Shard(...rules);
      for (const one of list) direct.windows.set(one.minute - m0, one);
      direct.judge(32);

      const shard = new Shard(...rules);
      const told = new Map<string, string>();
      const waiting = [...list];
      let now = -1;
      let dead = -1;
      const hear = () => {
        for (const record of shard.book.records) {
          const created = `${record.createdAtMs}`;
          expect(told.get(record.id) ?? created, record.id).toBe(created);
          told.set(record.id, created);
        }
      };
      const judge = () => {
        shard.judge(now);
        expect(shard.judge(now)).toBe(false);
        hear();
      };
      const arrive = () => {
        // Only what still lives may arrive late.
        const next = waiting.findIndex(({ minute }) => minute - m0 > dead);
        const [one] = next < 0 ? [] : waiting.splice(next, 1);
        if (one) shard.windows.set(one.minute - m0, one);
      };
      for (const { kind } of happenings) {
        if (kind === 'arrive') arrive();
        if (kind === 'judge') {
          now = Math.min(32, now + 3);
          judge();
        }
        if (kind === 'crash' && now >= 0) shard.crash();
        if (kind === 'confirm') shard.confirmAll();
        if (kind === 'keep') shard.keep();
        if (kind === 'advance' && waiting.every(({ minute }) => minute - m0 > dead + 1) && dead + 1 < now) {
          judge();
          shard.advance(++dead);
        }
      }
      while (waiting.some(({ minute }) => minute - m0 > dead)) arrive();
      now = 32;
      judge();
      const livesOf = (of: Shard, since: number) =>
        of.book.records
          .filter(({ resolution }) => resolution !== 'corrected')
          .filter(({ resolvedMinute }) => (resolvedMinute ?? m0 + 99) > m0 + since)
          .map((record) =>
            [
              record.ruleId,
              record.ruleVersion,
              record.dimensionKey,
              record.windowMinute,
              record.resolvedMinute,
              record.resolution,
            ].join(),
          )
          .sort();
      expect(livesOf(shard, dead)).toEqual(livesOf(direct, dead));
    }),
    { numRuns: 300 },
  );
});
