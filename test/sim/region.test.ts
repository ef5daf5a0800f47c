// The shard's state machine against a naive recount, over seeded histories of redelivery, disorder, lateness, silence,
// clock jumps, deaths and outages. SIM_SEED, SIM_HISTORIES and SIM_STEPS choose others than those of the commit.
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import keptSeeds from './kept-seeds.json' with { type: 'json' };
import { baseSeed, describeFound, emptyTotals, tryHistory } from './search.ts';

const seed = baseSeed();
const histories = Number(process.env.SIM_HISTORIES ?? 1500);
const steps = Number(process.env.SIM_STEPS ?? 200);
const perTest = 500;
const totals = emptyTotals();

console.info(`simulation: ${histories} histories of ${steps} steps, SIM_SEED=${seed}`);

describe('[LOG-2, LOG-4, LOG-5, LOG-5b, LAK-1, WIN-2, WIN-3, WIN-4, WIN-5, WIN-6, WIN-7, WIN-8, DUP-1, DUP-2, ALR-1] a shard', () => {
  test.each(keptSeeds)('does not do again: $why', (kept) => {
    const found = tryHistory(kept.seed, kept.steps);
    expect(found && describeFound(found)).toBeNull();
  });

  test.each(Array.from({ length: Math.ceil(histories / perTest) }, (_, i) => i * perTest))(
    'is what a naive recount says, in the histories from %i on',
    async (from) => {
      for (let i = from; i < Math.min(from + perTest, histories); i++) {
        const found = tryHistory((seed + i) >>> 0, steps, totals);
        if (found) expect.fail(describeFound(found));
        // The runner wants to hear from the test now and then.
        if (i % 50 === 0) await setImmediate();
      }
    },
    300_000,
  );

  test.runIf(histories >= 500)('has met everything that the histories are for', () => {
    expect(Object.entries(totals).filter(([, count]) => count < histories / 10)).toEqual([]);
  });

  afterAll(() => console.info(`simulation: ${JSON.stringify(totals)}`));
});
