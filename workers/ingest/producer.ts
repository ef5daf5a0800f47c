/** Who sends: the account of the key that a request shows (KEY-3, KEY-4). */
import { parseKey } from '../../core/access/key-format.ts';
import { shownKey } from '../../core/access/shown-key.ts';
import { type IngestKey, secretDigest } from '../../storage/key-store.ts';
import type { Env } from '../env.ts';
import type { KeyRing } from './key-ring.ts';

export interface Producer {
  readonly ok: true;
  /** Part of the identity of its events (IDN-1). */
  readonly account: string;
  readonly key: IngestKey;
}

/** Of a key that is whole and whose id exists: whose it is meant to be, and why it is refused. For the audit log. */
export interface RefusedKey {
  readonly id: string;
  readonly reason: 'other_environment' | 'wrong_secret' | 'revoked' | 'expired';
}

export interface ProducerRefusal {
  readonly ok: false;
  readonly detail: string;
  /** Null for what could be anyone's. */
  readonly key: RefusedKey | null;
}

/**
 * Checks the key that a request shows. A refusal says what is wrong as far as anyone could see it from the key itself;
 * whether a key was revoked or has expired only its holder is told, and an unknown id and a wrong secret look the same.
 * Throws what D1 throws.
 */
export async function producerOf(
  request: Request,
  { ENVIRONMENT: environment, DB: db }: Pick<Env, 'ENVIRONMENT' | 'DB'>,
  keys: KeyRing,
  nowMs: number,
): Promise<Producer | ProducerRefusal> {
  const shown = shownKey(request.headers, request.url);
  if (shown === null) return refused("events are sent with a producer's key");
  const parts = parseKey(shown);
  if (!parts) return refused('the key is not whole: characters are missing, too many or wrong');
  const digest = keys.digestShown(parts) ?? (await secretDigest(parts.secret));
  const found = await keys.find(db, parts.id, nowMs);
  const known = (reason: RefusedKey['reason']) => found && { id: found.key.id, reason };
  if (parts.environment !== (environment === 'local' ? 'local' : 'live')) {
    const detail = `the key is of another environment: this is not mq_${parts.environment}_`;
    return refused(detail, known('other_environment'));
  }
  // An id that nobody has is compared too, so that time tells it from a wrong secret as little as words do.
  if (!sameDigest(digest, found?.digest ?? noDigest) || !found)
    return refused('there is no such key', known('wrong_secret'));
  keys.noteShown(parts, digest);
  const { key } = found;
  if (key.revokedAtMs !== null) return refused('the key was revoked', known('revoked'));
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs)
    return refused('the key has expired', known('expired'));
  return { ok: true, account: key.account, key };
}

const noDigest = new Uint8Array(32);

const refused = (detail: string, key: RefusedKey | null = null): ProducerRefusal => ({
  ok: false,
  detail,
  key,
});

/** In constant time: how long it takes says nothing of where two differ. */
function sameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return crypto.subtle.timingSafeEqual(one, other);
}
