// Parts of the lake in the runtime that writes and reads them: on R2, with its Zstandard.
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { type PartAddress, partName } from '../../core/lake/part-name.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { PartError } from '../../storage/lake/part-error.ts';
import { readPartFooter } from '../../storage/lake/part-footer.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import { anyLakeRows, eventsOf } from '../support/lake-rows.ts';

const t0 = 1_800_000_000_000;
const address: PartAddress = {
  region: 'EU-London',
  shard: 0,
  incarnation: 1_799_999_000_000,
  firstRow: 5,
  lastRow: 900,
  hour: t0 / 3_600_000,
  kind: 'counted',
};
const name = partName(address);

async function collect(parts: AsyncIterable<LakeRows>): Promise<LakeRows[]> {
  const groups: LakeRows[] = [];
  for await (const group of parts) groups.push(group);
  return groups;
}

describe('a part on R2', () => {
  test('[LAK-2] is read as it was written, every column, in the order of the log', async () => {
    const rows = anyLakeRows(1, 2_500, t0);
    const part = await encodePart(rows, address);
    await env.LAKE.put(name, part.bytes);
    const groups = await collect(readPart(r2PartSource(env.LAKE, name)));
    expect(groups.flatMap(eventsOf)).toEqual(eventsOf(rows));
    const footer = await readPartFooter(r2PartSource(env.LAKE, name));
    expect(footer).toMatchObject({ address, events: 2_500, digest: part.digest, formatVersion: 1 });
  });

  test('that is not there is said by its name', async () => {
    const missing = partName({ ...address, firstRow: 0 });
    const reading = collect(readPart(r2PartSource(env.LAKE, missing)));
    await expect(reading).rejects.toThrow(PartError);
    await expect(collect(readPart(r2PartSource(env.LAKE, missing)))).rejects.toThrow(missing);
  });

  test('that is cut short is said by its name, wherever it is cut', async () => {
    const part = await encodePart(anyLakeRows(2, 300, t0), address);
    for (const length of [0, 3, 8, 11, 500, part.bytes.length >> 1, part.bytes.length - 1]) {
      await env.LAKE.put(name, part.bytes.slice(0, length));
      await expect(collect(readPart(r2PartSource(env.LAKE, name)))).rejects.toThrow(name);
    }
  });
});
