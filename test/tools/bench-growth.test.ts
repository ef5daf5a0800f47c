import { expect, test } from 'vitest';
import { Core, growthRegions, regionName } from '../../tools/bench-growth.ts';
import { Bodies } from '../../tools/bench-traffic.ts';

const nowMs = 1_800_000_000_000;
const namesOf = (count: number) => Array.from({ length: count }, (_, n) => regionName(n + 1));

test.each([1, 12, 200])(
  'LOG-3: a batch of POSTs that mix %i regions is one call and one row a shard',
  async (regions) => {
    const core = new Core(growthRegions(200));
    const bodies = new Bodies();
    for (let batch = 0; batch < 3; batch++) {
      const posts = Array.from({ length: 4 }, () => bodies.make(namesOf(regions), 400, nowMs));
      expect(await core.take(posts, nowMs + batch)).toEqual({
        shards: regions,
        rows: regions,
        calls: regions,
      });
    }
  },
);

test('a body whose region is unknown is not passed over', async () => {
  const core = new Core(growthRegions(2));
  await expect(core.take([new Bodies().make(['Atlantis'], 3, nowMs)], nowMs)).rejects.toThrow(
    'not all was accepted',
  );
});
