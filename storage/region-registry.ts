import { drizzle } from 'drizzle-orm/d1';
import { regionNumber } from '../core/protocol/ids.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { NotMigratedError, needsMigration } from './migrated.ts';
import { regions } from './schema.ts';

/** A new region is known everywhere after this; until then its records are rejected as unknown. */
export const registryCacheMs = 60_000;

interface Cached {
  readonly entries: readonly RegionEntry[];
  readonly atMs: number;
}

/** One entry per database binding of this isolate. */
const cache = new WeakMap<D1Database, Cached>();

/**
 * The regions by number, at most registryCacheMs old. Only results are kept, not promises: a request must not wait
 * for the I/O of another. Throws NotMigratedError where there is no registry yet.
 */
export async function loadRegions(db: D1Database, nowMs: number): Promise<readonly RegionEntry[]> {
  const cached = cache.get(db);
  // A clock that was set back must not keep the entries for ever.
  if (cached && Math.abs(nowMs - cached.atMs) < registryCacheMs) return cached.entries;
  const entries = await needsMigration(() => drizzle(db).select().from(regions).orderBy(regions.number));
  if (entries.length === 0) throw new NotMigratedError();
  for (const entry of entries) regionNumber(entry.number);
  cache.set(db, { entries, atMs: nowMs });
  return entries;
}

/** The next question asks D1: somebody knows that there is something new. */
export function forgetRegions(db: D1Database): void {
  const cached = cache.get(db);
  // Kept for lastKnownRegions, and too old for anything else.
  if (cached) cache.set(db, { ...cached, atMs: Number.NEGATIVE_INFINITY });
}

/** The regions as D1 told them last, however long ago; null where it never did. For when it does not answer. */
export function lastKnownRegions(db: D1Database): readonly RegionEntry[] | null {
  return cache.get(db)?.entries ?? null;
}
