import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { type PartAddress, partName } from '../../core/lake/part-name.ts';
import { listedNames, listParts, savePart } from '../../storage/part-store.ts';

const hour = 500_000;
const address: PartAddress = {
  region: 'EU-London',
  shard: 0,
  incarnation: 1_800_000_000_000,
  firstRow: 3,
  lastRow: 9,
  hour,
  kind: 'counted',
};
const content = { events: 7, bytes: 100, digest: 'ab', formatVersion: 1, fromMs: 1, toMs: 2 };

it('[LAK-1] a part is listed once, and found by region and hour in the order of the log', async () => {
  await savePart(env.DB, 40, address, content, 0);
  await savePart(env.DB, 40, address, { ...content, digest: 'other' }, 1);
  await savePart(env.DB, 40, { ...address, kind: 'late', firstRow: 1, lastRow: 2 }, content, 0);
  await savePart(env.DB, 40, { ...address, hour: hour + 1 }, content, 0);
  await savePart(env.DB, 41, { ...address, region: 'US-Dallas' }, content, 0);
  const parts = await listParts(env.DB, 40, hour, hour + 1);
  expect(parts.map(({ firstRow, kind, digest }) => [firstRow, kind, digest])).toEqual([
    [1, 'late', 'ab'],
    [3, 'counted', 'ab'],
  ]);
  const { region: _, ...rest } = address;
  const name = partName(address);
  expect(parts[1]).toEqual({
    ...rest,
    ...content,
    name,
    regionNumber: 40,
    sealedAt: '1970-01-01T00:00:00.000Z',
  });
  expect(await listParts(env.DB, 40, hour, hour + 2)).toHaveLength(3);
  expect(await listedNames(env.DB, [name, 'no such part'])).toEqual(new Set([name]));
});
