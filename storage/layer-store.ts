/** Which layer D1's figures of a range are of (API-1b): an hour that the batch layer has computed is the batch layer's. */
import { packedKey } from '../core/protocol/region.ts';
import type { ShardAddress } from '../core/window/verdict.ts';

export interface Layers {
  readonly stream: boolean;
  readonly batch: boolean;
}

/** A row of windows or an hour's row: what answers of ranges are made of. */
const layersSql = `SELECT
    max(b.key IS NULL AND (${hasWindows()} OR ${hasHour()})) AS stream,
    max(b.key IS NOT NULL AND (${hasWindows()} OR ${hasHour()})) AS batch
  FROM json_each(?1) r LEFT JOIN batch_hours b ON b.key = r.value ->> '$[2]'`;

function hasWindows(): string {
  return `EXISTS (SELECT 1 FROM region_windows w
    WHERE w.key >= r.value ->> '$[0]' AND w.key < r.value ->> '$[1]')`;
}

function hasHour(): string {
  return `EXISTS (SELECT 1 FROM region_hours h WHERE h.key = r.value ->> '$[3]')`;
}

/** By probes of keys, some for each hour of each shard: whatever the range holds, few rows are read. */
export async function readLayers(
  db: D1Database,
  shards: readonly ShardAddress[],
  fromMinute: number,
  toMinute: number,
): Promise<Layers> {
  const probes = shards.flatMap(({ regionNumber, shard }) => {
    const [first, end] = [Math.floor(fromMinute / 60), Math.ceil(toMinute / 60)];
    return Array.from({ length: end - first }, (_, n) => {
      const hour = first + n;
      return [
        packedKey(regionNumber, shard, Math.max(fromMinute, hour * 60)),
        packedKey(regionNumber, shard, Math.min(toMinute, hour * 60 + 60)),
        packedKey(regionNumber, 0, hour),
        packedKey(regionNumber, shard, hour),
      ];
    });
  });
  const row = await db.prepare(layersSql).bind(JSON.stringify(probes)).first<Record<keyof Layers, number>>();
  return { stream: row?.stream === 1, batch: row?.batch === 1 };
}
