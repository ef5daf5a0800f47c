/** An issuer of tokens with real keys, and its address as the Worker fetches it. */
import { vi } from 'vitest';

export const algorithms = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

export const textBytes = (text: string) => new TextEncoder().encode(text);

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

export const segmentOf = (value: unknown): string => base64url(textBytes(JSON.stringify(value)));

export interface KeyPair {
  readonly sign: CryptoKey;
  readonly jwk: JsonWebKey;
}

export async function keyPair(algorithm: 'RS256' | 'ES256', bits = 2048): Promise<KeyPair> {
  const rsa = { ...algorithms.RS256, modulusLength: bits, publicExponent: Uint8Array.from([1, 0, 1]) };
  const pair = (await crypto.subtle.generateKey(algorithm === 'RS256' ? rsa : algorithms.ES256, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  return {
    sign: pair.privateKey,
    jwk: (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey,
  };
}

export async function secretKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', textBytes(secret), algorithms.HS256, false, ['sign']);
}

/** A token with exactly this header, signed by `how`. */
export async function signed(
  header: object,
  claims: unknown,
  key: CryptoKey,
  how: keyof typeof algorithms,
): Promise<string> {
  const text = `${segmentOf(header)}.${segmentOf(claims)}`;
  return `${text}.${base64url(new Uint8Array(await crypto.subtle.sign(algorithms[how], key, textBytes(text))))}`;
}

/** Answers `url` with the keys, and counts; any other address is refused as the network would. */
export function serveKeys(url: string, keys: () => readonly unknown[] | Response) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (asked) => {
    if (asked !== url) throw new Error('nobody is there');
    const served = keys();
    return Promise.resolve(served instanceof Response ? served : Response.json({ keys: served }));
  });
}
