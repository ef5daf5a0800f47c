/** What the catalogue calls contents, kept for a moment: live answers name them many times a second (CAT-3). */
import { catalogTitleCacheMs, catalogTitlesCachedMax } from '../../core/protocol/catalog-limits.ts';
import { needsMigration } from '../migrated.ts';

export interface CatalogTitle {
  readonly title: string | null;
  readonly genre: string | null;
}

interface Kept extends CatalogTitle {
  readonly readAtMs: number;
}

/** One a database binding of this isolate; of contents that the catalogue does not know too. */
const caches = new WeakMap<D1Database, Map<string, Kept>>();

const sql =
  'SELECT content_id, title, genre FROM movies WHERE content_id IN (SELECT value FROM json_each(?1))';

/** Of each id what the catalogue says, at most catalogTitleCacheMs old. Throws what D1 throws. */
export async function catalogTitles(
  db: D1Database,
  ids: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, CatalogTitle>> {
  const cache = caches.get(db) ?? new Map<string, Kept>();
  caches.set(db, cache);
  const isFresh = (kept: Kept | undefined) =>
    kept !== undefined && Math.abs(nowMs - kept.readAtMs) < catalogTitleCacheMs;
  const told = new Map<string, CatalogTitle>();
  const wanted: string[] = [];
  for (const id of ids) {
    const kept = cache.get(id);
    if (kept && isFresh(kept)) told.set(id, kept);
    else wanted.push(id);
  }
  if (wanted.length === 0) return told;
  const { results } = await needsMigration(() =>
    db.prepare(sql).bind(JSON.stringify(wanted)).all<CatalogTitle & { readonly content_id: string }>(),
  );
  const found = new Map(results.map((row) => [row.content_id, row]));
  for (const id of wanted) {
    const kept = {
      title: found.get(id)?.title ?? null,
      genre: found.get(id)?.genre ?? null,
      readAtMs: nowMs,
    };
    told.set(id, kept);
    // Behind all others: the first is the one that was read longest ago.
    cache.delete(id);
    cache.set(id, kept);
  }
  for (const id of cache.keys()) {
    if (cache.size <= catalogTitlesCachedMax) break;
    cache.delete(id);
  }
  return told;
}
