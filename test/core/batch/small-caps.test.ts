// The same where a window holds two keys a dimension by name: what folds into the rest does not depend on the grouping.
import { test, vi } from 'vitest';
import { Random } from '../../sim/random.ts';
import { baseSeed } from '../../sim/search.ts';
import { computeAll, playWorkload } from './workload.ts';

vi.mock('../../../core/protocol/limits.ts', async (original) => ({
  ...(await original<typeof import('../../../core/protocol/limits.ts')>()),
  dimensionKeysMax: 2,
}));

test('[WIN-6, BAT-1] beyond the cap of keys the first in the order of counting stay by name, however parts are grouped', () => {
  for (let n = 0; n < 40; n++) {
    const seed = (baseSeed() + n) >>> 0;
    computeAll(playWorkload(seed).logged, new Random(seed ^ 0x3c6ef372), `seed ${seed}`);
  }
}, 120_000);
