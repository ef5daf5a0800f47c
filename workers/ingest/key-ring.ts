import {
  keyCacheMs,
  keysCachedMax,
  keyUseNotedMs,
  strangeKeysCachedMax,
} from '../../core/protocol/limits.ts';
import { type CheckedKey, type IngestKey, noteKeyUse, readKey } from '../../storage/key-store.ts';

interface Cached<T> {
  readonly value: T;
  readonly atMs: number;
}

/**
 * The keys that an isolate has met, at most keyCacheMs old, so that a revocation is known everywhere by then. Ids
 * without a key are remembered too, apart from the others: a flood of made-up ones displaces only its like.
 */
export class KeyRing {
  readonly #known = new Map<string, Cached<CheckedKey>>();
  readonly #strange = new Map<string, Cached<null>>();
  /** When this isolate noted a key's use last, ms. */
  readonly #noted = new Map<string, number>();

  /**
   * Throws what D1 throws: a key that cannot be checked is not taken for good. Only results are kept, not promises: a
   * request must not wait for the I/O of another.
   */
  async find(db: D1Database, id: string, nowMs: number): Promise<CheckedKey | null> {
    const cached = this.#known.get(id) ?? this.#strange.get(id);
    // A clock that was set back must not keep a key for ever.
    if (cached && Math.abs(nowMs - cached.atMs) < keyCacheMs) return cached.value;
    const value = await readKey(db, id);
    this.#known.delete(id);
    this.#strange.delete(id);
    if (value) remember(this.#known, keysCachedMax, id, { value, atMs: nowMs });
    else remember(this.#strange, strangeKeysCachedMax, id, { value, atMs: nowMs });
    return value;
  }

  /** Writes down that a key is used, at most once a minute; null where there is nothing to write. */
  noteUse(db: D1Database, { id, lastUsedAtMs }: IngestKey, nowMs: number): Promise<void> | null {
    const notedMs = Math.max(this.#noted.get(id) ?? 0, lastUsedAtMs ?? 0);
    if (nowMs - notedMs < keyUseNotedMs) return null;
    this.#noted.delete(id);
    remember(this.#noted, keysCachedMax, id, nowMs);
    return noteKeyUse(db, id, nowMs);
  }

  get size(): number {
    return this.#known.size + this.#strange.size;
  }
}

/** Maps keep the order of insertion: the first is the one that was read longest ago. */
function remember<T>(map: Map<string, T>, most: number, id: string, entry: T): void {
  map.set(id, entry);
  if (map.size > most) map.delete(map.keys().next().value as string);
}
