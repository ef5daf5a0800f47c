/** Holes in the numbers of doors that are older than most (ING-6b), so that none is forgotten with its door. */
import type { DoorHole, DoorsAnswer } from '../core/window/door-holes.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { needsMigration } from './migrated.ts';

export interface StoredHole extends ShardAddress, DoorHole {}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const dropSql = `DELETE FROM door_holes WHERE region_number = ?1 AND shard = ?2
  AND door IN (SELECT value FROM json_each(?3))`;

const addSql = `INSERT INTO door_holes (region_number, shard, door, from_number, to_number, producer, received_at)
  SELECT ?1, ?2, value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]'
  FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING`;

/**
 * Notes what a shard says of its doors now, in the place of what it said before; holes of doors that it no longer knows
 * stay. `overdueMs`: only holes whose chunk behind was received before.
 */
export async function noteHoles(
  db: D1Database,
  { regionNumber, shard }: ShardAddress,
  { doors, holes }: DoorsAnswer,
  overdueMs: number,
): Promise<void> {
  const old = holes.filter(({ receivedAtMs }) => receivedAtMs < overdueMs);
  const rows = old.map(({ door, from, to, producer, receivedAtMs }) => [
    door,
    from,
    to,
    producer,
    isoTime(receivedAtMs),
  ]);
  await needsMigration(() =>
    db.batch([
      db.prepare(dropSql).bind(regionNumber, shard, JSON.stringify(doors)),
      db.prepare(addSql).bind(regionNumber, shard, JSON.stringify(rows)),
    ]),
  );
}

const readSql = `SELECT region_number, shard, door, from_number, to_number, producer, received_at FROM door_holes
  WHERE received_at >= ?1 AND received_at < ?2 AND region_number IN (SELECT value FROM json_each(?3))
  ORDER BY received_at LIMIT ?4`;

/** Holes whose chunk behind was received in a range of time (ms, half-open), oldest first. */
export async function readHoles(
  db: D1Database,
  regions: readonly number[],
  { fromMs, toMs, limit }: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
): Promise<StoredHole[]> {
  const rows = await needsMigration(() =>
    db
      .prepare(readSql)
      .bind(isoTime(fromMs), isoTime(toMs), JSON.stringify(regions), limit)
      .raw<[number, number, string, number, number, string, string]>(),
  );
  return rows.map(([regionNumber, shard, door, from, to, producer, at]) => ({
    regionNumber,
    shard,
    door,
    from,
    to,
    producer,
    receivedAtMs: Date.parse(at),
  }));
}
