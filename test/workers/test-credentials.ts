/** A producer's key and an admin that every database of a test in workerd has, so that locks need no setting up. */
import type { env } from 'cloudflare:workers';
import { formatKey, makeKey } from '../../core/access/key-format.ts';
import { makeSignInToken } from '../../core/access/sign-in-token.ts';
import { keyRateMax } from '../../core/protocol/limits.ts';
import { toHex } from '../../storage/hex.ts';

const keyParts = makeKey('local', new Uint8Array(38).fill(7));
const adminId = 'test-admin';

export const testKey = formatKey(keyParts);
/** Account of the key. */
const testAccount = 'local';
export const testAdminToken = makeSignInToken(adminId, new Uint8Array(26).fill(9));
const testAdminName = 'Test admin';

/** Whoever shows nothing else asks as the admin, and sends events with the key. */
export function credentialed(request: Request): Request {
  if (request.headers.has('authorization') || request.headers.has('cookie')) return request;
  const isEvents = new URL(request.url).pathname === '/v1/events';
  request.headers.set('authorization', `Bearer ${isEvents ? testKey : testAdminToken}`);
  return request;
}

export async function addTestCredentials(db: typeof env.DB): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT OR IGNORE INTO ingest_keys
         (id, account, name, digest, events_per_second, bytes_per_second, created_at, created_by)
         VALUES (?1, ?2, 'test', ?3, ?4, ?4, '2026-01-01T00:00:00.000Z', 'test')`,
      )
      .bind(keyParts.id, testAccount, await sha256(keyParts.secret), keyRateMax),
    db
      .prepare(
        `INSERT OR IGNORE INTO people (id, name, role, token_digest, created_at, created_by)
         VALUES (?1, ?2, 'admin', ?3, '2026-01-01T00:00:00.000Z', 'test')`,
      )
      .bind(adminId, testAdminName, await sha256(testAdminToken)),
  ]);
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
