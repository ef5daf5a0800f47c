import type { KeyParts } from '../../core/access/key-format.ts';
import {
  credentialOutageMs,
  keyCacheMs,
  keysCachedMax,
  keyUseNotedMs,
  strangeKeysCachedMax,
} from '../../core/protocol/limits.ts';
import { Believed, remember } from '../../storage/believed.ts';
import { type CheckedKey, type IngestKey, noteKeyUse, readKey } from '../../storage/key-store.ts';

type Shown = Pick<KeyParts, 'id' | 'secret'>;

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
  /** By id, the secret that was last shown and was right, with its digest. */
  readonly #shown = new Map<string, { readonly secret: string; readonly digest: Uint8Array }>();
  /** When this isolate noted a key's use last, ms. */
  readonly #noted = new Map<string, number>();

  /** Throws what D1 throws: a key that cannot be checked, and was not lately, is not taken for good. */
  async find(db: D1Database, id: string, nowMs: number): Promise<CheckedKey | null> {
    return await this.#believed.find(id, nowMs, () => readKey(db, id));
  }

  /** The digest of a secret that was right before, which is half of what checking a key costs; null for another one. */
  digestShown({ id, secret }: Shown): Uint8Array | null {
    const shown = this.#shown.get(id);
    return shown && isSameText(shown.secret, secret) ? shown.digest : null;
  }

  noteShown({ id, secret }: Shown, digest: Uint8Array): void {
    if (this.#shown.get(id)?.digest !== digest) remember(this.#shown, keysCachedMax, id, { secret, digest });
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

/** In constant time: how long it takes says nothing of where two differ. */
function isSameText(one: string, other: string): boolean {
  let differs = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) differs |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return differs === 0;
}
