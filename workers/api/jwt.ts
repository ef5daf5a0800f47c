/** Bearer tokens and Access assertions: one verifier (ACC-4). */
import type { Person } from '../../core/access/caller.ts';
import { judgeJwtClaims, judgeJwtHeader } from '../../core/access/jwt-claims.ts';
import { jwtBytesMax } from '../../core/protocol/limits.ts';
import type { JwtIssuer } from './access-settings.ts';
import { cryptoOf, issuerKey } from './jwt-keys.ts';

export type Verified =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly detail: string };

const segments = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

export async function verifyJwt(
  token: string,
  issuer: JwtIssuer,
  via: 'bearer' | 'access',
  nowMs: number,
): Promise<Verified> {
  if (token.length > jwtBytesMax) return refused('it is too long');
  const [, header = '', claims = '', signature = ''] = segments.exec(token) ?? [];
  if (signature === '') return refused('it has another form');
  const judged = judgeJwtHeader(jsonOf(header), issuer.algorithm);
  if (!judged.ok) return refused(judged.detail);
  const key = await keyOf(issuer, judged.keyId, nowMs);
  const bytes = bytesOf(signature);
  const signed = new TextEncoder().encode(`${header}.${claims}`);
  if (!key || !bytes || !(await crypto.subtle.verify(cryptoOf[issuer.algorithm], key, bytes, signed)))
    return refused('its signature is not of the issuer');
  const read = judgeJwtClaims(jsonOf(claims), issuer, nowMs);
  if (!read.ok) return refused(read.detail);
  return { ok: true, person: { kind: 'person', ...read.person, via, sessionId: null } };
}

async function keyOf({ keys, algorithm }: JwtIssuer, keyId: string | null, nowMs: number) {
  if ('secret' in keys) {
    const bytes = new TextEncoder().encode(keys.secret);
    return await crypto.subtle.importKey('raw', bytes, cryptoOf.HS256, false, ['verify']);
  }
  if (keyId === null || algorithm === 'HS256') return null;
  return await issuerKey(keys.url, algorithm, keyId, nowMs);
}

function jsonOf(segment: string): unknown {
  const bytes = bytesOf(segment);
  try {
    return bytes
      ? JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
      : undefined;
  } catch {
    return undefined;
  }
}

/** Null for what is not base64url. */
function bytesOf(segment: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

const refused = (detail: string): Verified => ({ ok: false, detail: `The token is not taken: ${detail}.` });
