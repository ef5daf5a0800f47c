// The same histories where caps that real ones seldom reach are small: most windows have more keys than they may hold
// by name, large calls take several log rows, and what is sealed takes many plans. Constants are all that the naive recount shares with core/window.
import { expect, test, vi } from 'vitest';
import { baseSeed, describeFound, emptyTotals, tryHistory } from './search.ts';

vi.mock('../../core/protocol/limits.ts', async (original) => ({
  ...(await original<typeof import('../../core/protocol/limits.ts')>()),
  dimensionKeysMax: 2,
  logRowBytesMax: 9000,
  sealEventsMin: 12,
  sealEventsMax: 8,
  sealPartsMax: 2,
  trimRowsMax: 3,
  spareRowsMax: 2,
}));

test('[WIN-6, LOG-3, LAK-1] with two keys a dimension, rows of 9 KB and plans of two parts a shard is what a naive recount says', () => {
  const totals = emptyTotals();
  for (let i = 0; i < 300; i++) {
    const found = tryHistory((baseSeed() + i) >>> 0, 200, totals);
    if (found) expect.fail(`${describeFound(found)}\n(with the caps of small-caps.test.ts)`);
  }
  expect(totals.histories).toBe(300);
}, 300_000);
