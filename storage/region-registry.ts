import { drizzle } from 'drizzle-orm/d1';
import { regionNumber } from '../core/protocol/ids.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { Believed } from './believed.ts';
import { NotMigratedError, needsMigration } from './migrated.ts';
import { regions } from './schema.ts';

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
  const entries = await needsMigration(() => drizzle(db).select().from(regions).orderBy(regions.number));
  if (entries.length === 0) throw new NotMigratedError();
  for (const entry of entries) regionNumber(entry.number);
  return entries;
}
