import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { hourPrefix } from '../../core/lake/part-name.ts';
import { holeOverdueMs, queueRetentionMs } from '../../core/protocol/limits.ts';
import { packedKey, type RegionEntry } from '../../core/protocol/region.ts';
import type { DoorHole } from '../../core/window/door-holes.ts';
import { readAlertsById } from '../../storage/alert-store.ts';
import { checkAccounts } from '../../storage/loss-check.ts';
import { loadRegions } from '../../storage/region-registry.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 21, 12, 12);
const now = Math.floor(nowMs / hourMs);

let paris: RegionEntry;
let holes: DoorHole[] = [];
let doors: string[] = [];

beforeEach(async () => {
  for (const table of ['alerts', 'door_holes', 'lake_parts', 'batch_hours', 'region_hours'])
    await env.DB.exec(`DELETE FROM ${table}`);
  paris = (await loadRegions(env.DB, Date.now())).find(({ name }) => name === 'EU-Paris') as RegionEntry;
  holes = [];
  doors = [];
});

const shard = () => ({
  doors: async () => Promise.resolve({ incarnation: 1, lastRow: -1, doors, holes }),
  logPage: async () => Promise.resolve([]),
});

const check = async (atMs = nowMs) =>
  (await checkAccounts({ db: env.DB, bucket: env.LAKE, shard }, [paris], atMs)).map(({ record }) => record);

async function part(name: string, hour: number, events: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO lake_parts (name, region_number, shard, incarnation, first_row, last_row, hour, kind, events, bytes,
      digest, format_version, from_ms, to_ms, sealed_at) VALUES (?1, ?2, 0, 1, 0, 9, ?3, 'counted', ?4, 1, '', 1, 0, 0, '')`,
  )
    .bind(name, paris.number, hour, events)
    .run();
}

async function batch(hour: number, events: number): Promise<void> {
  await env.DB.prepare(
    `INSERT OR REPLACE INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
      frozen, computed_at) VALUES (?1, 'r', 1, 1, '', ?2, 0, 0, 0, '')`,
  )
    .bind(packedKey(paris.number, 0, hour), events)
    .run();
}

describe('[ING-6d] the check of the accounts', () => {
  test('all is well: it says nothing', async () => {
    const name = `${hourPrefix(paris.name, now - 3)}part-0-1-0-9-counted.parquet`;
    await part(name, now - 3, 10);
    await env.LAKE.put(name, 'x');
    await batch(now - 3, 10);
    expect(await check()).toEqual([]);
  });

  test('a hole is kept when its shard forgets the door, and fires once nothing can bring it', async () => {
    const receivedAtMs = nowMs - holeOverdueMs - 1;
    const hour = Math.floor(receivedAtMs / hourMs);
    holes = [{ door: 'd', from: 3, to: 8, producer: 'tv', receivedAtMs }];
    doors = ['d'];
    expect(await check()).toEqual([]);
    // The shard has forgotten it; the queue too.
    holes = [];
    doors = [];
    const later = receivedAtMs + queueRetentionMs + 1;
    expect(await check(later)).toMatchObject([
      { id: `DATA_LOSS.1.${paris.number}.${hour}`, state: 'firing', metricValue: 5 },
    ]);
    expect(await check(later + hourMs)).toEqual([]);
    // Long after it is looked for no more, it fires: lost is lost, until a person closes it.
    expect(await check(later + 30 * 24 * hourMs)).toEqual([]);
    const [stored] = await readAlertsById(env.DB, [`DATA_LOSS.1.${paris.number}.${hour}`]);
    expect(stored?.record.state).toBe('firing');
    expect(stored?.record.message).toContain('5 events accepted and never seen');
  });

  test('batch and stream disagree: it fires, and is over when they agree again', async () => {
    const name = `${hourPrefix(paris.name, now - 5)}part-0-1-0-9-counted.parquet`;
    await part(name, now - 5, 100);
    await env.LAKE.put(name, 'x');
    await batch(now - 5, 98);
    expect(await check()).toMatchObject([{ state: 'firing', region: 'EU-Paris', metricValue: 2 }]);
    await batch(now - 5, 100);
    expect(await check(nowMs + hourMs)).toMatchObject([{ state: 'resolved', resolution: 'healthy' }]);
    expect(await check(nowMs + 2 * hourMs)).toEqual([]);
  });

  test('a part that D1 lists and R2 lacks fires, and is over when it is there again', async () => {
    const name = `${hourPrefix(paris.name, now - 25)}part-0-1-0-8-counted.parquet`;
    await part(name, now - 25, 7);
    expect(await check()).toMatchObject([{ state: 'firing', metricValue: 7 }]);
    // An hour later the check would look at other hours: one that fires is looked at again.
    expect(await check(nowMs + hourMs)).toEqual([]);
    await env.LAKE.put(name, 'x');
    expect(await check(nowMs + 2 * hourMs)).toMatchObject([{ state: 'resolved' }]);
  });
});
