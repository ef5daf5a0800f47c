import {
  credentialOutageMs,
  keyCacheMs,
  keysCachedMax,
  keyUseNotedMs,
  strangeKeysCachedMax,
} from '../../core/protocol/limits.ts';
import { Believed, remember } from '../../storage/believed.ts';
import { type CheckedKey, type IngestKey, noteKeyUse, readKey } from '../../storage/key-store.ts';

/**
 * The keys that an isolate has met, at most keyCacheMs old, so that a revocation is known everywhere by then; while D1
 * does not answer, producers that were known go on.
 */
export class KeyRing {
  readonly #believed = new Believed<CheckedKey>({
    freshMs: keyCacheMs,
    outageMs: credentialOutageMs,
    countMax: keysCachedMax,
    strangersMax: strangeKeysCachedMax,
  });
  /** When this isolate noted a key's use last, ms. */
  readonly #noted = new Map<string, number>();

  /** Throws what D1 throws: a key that cannot be checked, and was not lately, is not taken for good. */
  async find(db: D1Database, id: string, nowMs: number): Promise<CheckedKey | null> {
    return await this.#believed.find(id, nowMs, () => readKey(db, id));
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
    return this.#believed.size;
  }
}
