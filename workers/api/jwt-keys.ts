import type { JwtAlgorithm } from '../../core/access/jwt-claims.ts';
import { jwksBytesMax, jwksCacheMs, jwksRefetchMs, jwksWaitMsMax } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { logForRequest } from './request-scope.ts';

/** How WebCrypto imports and verifies by each. */
export const cryptoOf = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const satisfies Record<JwtAlgorithm, object>;

const rsaBitsMin = 2048;

interface Held {
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly fetchedAtMs: number;
}

/** By address and algorithm. Only results are kept, not promises: a request must not wait for the I/O of another. */
const cache = new Map<string, Held>();

/** The issuer's key of that id; null where it has none, or where its keys cannot be had. */
export async function issuerKey(
  url: string,
  algorithm: 'RS256' | 'ES256',
  keyId: string,
  nowMs: number,
): Promise<CryptoKey | null> {
  const name = `${algorithm} ${url}`;
  const held = cache.get(name);
  const ageMs = held ? Math.abs(nowMs - held.fetchedAtMs) : Number.POSITIVE_INFINITY;
  const known = held?.keys.get(keyId);
  if (known && ageMs < jwksCacheMs) return known;
  // Whoever makes up ids of keys must not make us ask the issuer each time.
  if (held && ageMs < jwksRefetchMs) return known ?? null;
  const keys = await fetchKeys(url, algorithm);
  // An issuer that is away for a moment does not sign everybody out, but what it says no more ends some time.
  const fetched = keys ?? (ageMs < 2 * jwksCacheMs ? held?.keys : undefined);
  if (keys) cache.set(name, { keys, fetchedAtMs: nowMs });
  return fetched?.get(keyId) ?? null;
}

async function fetchKeys(
  url: string,
  algorithm: 'RS256' | 'ES256',
): Promise<ReadonlyMap<string, CryptoKey> | null> {
  try {
    const signal = AbortSignal.timeout(jwksWaitMsMax);
    // A redirect would be another address than the configured one.
    const response = await fetch(url, { redirect: 'manual', signal });
    const text = response.status === 200 ? await response.text() : '';
    if (text === '' || text.length > jwksBytesMax)
      throw new Error(`answered ${response.status}, ${text.length} B`);
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (!Array.isArray(keys)) throw new Error('has no keys');
    const imported = await Promise.all(keys.map((key: unknown) => importedKey(key, algorithm)));
    return new Map(imported.filter((entry) => entry !== null));
  } catch (error) {
    logForRequest('error', 'jwks_unread', { url, ...errorFields(error) });
    return null;
  }
}

/** Null for a key of another kind or use: one that cannot be read does not sink the others. */
async function importedKey(
  value: unknown,
  algorithm: 'RS256' | 'ES256',
): Promise<[string, CryptoKey] | null> {
  const jwk = value as (JsonWebKey & { readonly kid?: unknown }) | null;
  if (typeof jwk?.kid !== 'string' || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? algorithm) !== algorithm)
    return null;
  try {
    const { kid, kty, n, e, crv, x, y } = jwk;
    const own = algorithm === 'RS256' ? { kty, n, e } : { kty, crv, x, y };
    const key = await crypto.subtle.importKey('jwk', own as JsonWebKey, cryptoOf[algorithm], false, [
      'verify',
    ]);
    const bits = (key.algorithm as { readonly modulusLength?: number }).modulusLength ?? rsaBitsMin;
    return bits >= rsaBitsMin ? [kid, key] : null;
  } catch {
    return null;
  }
}
