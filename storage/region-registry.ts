import { drizzle } from 'drizzle-orm/d1';
import { regionNumber } from '../core/protocol/ids.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { readShardPlan, type ShardPlan, shardPlanText, shardsOf } from '../core/protocol/shard-plan.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { Believed } from './believed.ts';
import { NotMigratedError, needsMigration } from './migrated.ts';
import { regions } from './schema.ts';
import { StoredDataError } from './stored-data-error.ts';

/** A new region is known everywhere after this; until then its records are rejected as unknown. */
export const registryCacheMs = 60_000;

type Entries = readonly RegionEntry[];

/** One for each database binding of this isolate. */
const registries = new WeakMap<D1Database, Believed<Entries>>();
/** There is one registry in a database. */
const theOne = 'regions';

// Numbers are never reused and regions never taken away: what was said once stays right, however long D1 is away.
const limits = { freshMs: registryCacheMs, outageMs: Number.POSITIVE_INFINITY, countMax: 1, strangersMax: 0 };

/**
 * The regions by number, at most registryCacheMs old, or as D1 told them last while it does not answer: events are
 * taken and counted all the same. Throws NotMigratedError where there is no registry yet, and what D1 throws where it
 * has never answered this isolate.
 */
export async function loadRegions(db: D1Database, nowMs: number): Promise<Entries> {
  const registry = registries.get(db) ?? new Believed<Entries>(limits);
  registries.set(db, registry);
  return (await registry.find(theOne, nowMs, async () => await readRegions(db))) ?? [];
}

/** As D1 has them now, which is believed from here on. Throws what D1 throws, and then believes what it did before. */
export async function renewRegions(db: D1Database, nowMs: number): Promise<Entries> {
  const registry = new Believed<Entries>(limits);
  const entries = await registry.find(theOne, nowMs, async () => await readRegions(db));
  registries.set(db, registry);
  return entries ?? [];
}

/** The registry was changed in this isolate: it is read anew by whoever asks next. */
export function forgetRegions(db: D1Database): void {
  registries.delete(db);
}

async function readRegions(db: D1Database): Promise<Entries> {
  const rows = await needsMigration(() => drizzle(db).select().from(regions).orderBy(regions.number));
  if (rows.length === 0) throw new NotMigratedError();
  return rows.map(({ shard_plan: plan, ...entry }) => ({
    ...entry,
    number: regionNumber(entry.number),
    ...planOf(entry.number, plan),
  }));
}

/** Of most regions there is nothing to say. */
function planOf(number: number, text: string): Pick<RegionEntry, 'shardPlan'> {
  const shardPlan = readShardPlan(text);
  if (!shardPlan) throw new StoredDataError('regions', number, 'its shard_plan is no plan of shards');
  return shardPlan.length === 0 ? {} : { shardPlan };
}

/** False where it is another plan by now than the one that the new one was made of. */
export async function putShardPlan(
  db: D1Database,
  number: number,
  { before, after }: { readonly before: ShardPlan; readonly after: ShardPlan },
): Promise<boolean> {
  const sql = 'UPDATE regions SET shard_plan = ?1 WHERE number = ?2 AND shard_plan = ?3';
  const { meta } = await db.prepare(sql).bind(shardPlanText(after), number, shardPlanText(before)).run();
  forgetRegions(db);
  return meta.changes > 0;
}

/** Every shard of a region that may hold something, as D1 has it now. Throws StoredDataError. */
export async function readShardsOf(db: D1Database, number: number): Promise<ShardAddress[]> {
  const query = db.prepare('SELECT shard_plan AS plan FROM regions WHERE number = ?1').bind(number);
  const row = await needsMigration(() => query.first<{ plan: string }>());
  return shardsOf([{ number, ...planOf(number, row?.plan ?? '[]') }]);
}
