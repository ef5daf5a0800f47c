/**
 * The cookie that a sign-in leaves: a random secret, of which D1 holds the digest. Scripts cannot read it, other sites
 * cannot send it, and on https no other host or path of the domain can set it (`__Host-`).
 */
import { toHex } from '../../storage/hex.ts';
import { isLoopback } from './loopback.ts';

const secretBytes = 32;
const secretForm = /^[0-9a-f]{64}$/;

/** Null where the address is neither https nor a loopback one: a secret does not go in the open. */
export function cookieName(url: string): string | null {
  if (new URL(url).protocol === 'https:') return '__Host-marquee';
  return isLoopback(url) ? 'marquee' : null;
}

export function newSecret(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(secretBytes)));
}

/** The secrets of the cookies of that name: more than one is no honest browser's. What is no secret is an empty text. */
export function shownSecrets(request: Request): string[] {
  const name = cookieName(request.url);
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const values = pairs.flatMap((pair) =>
    name !== null && pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : [],
  );
  return values.filter((value) => value !== '').map((value) => (secretForm.test(value) ? value : ''));
}

/** `Set-Cookie`; an empty secret with 0 takes the cookie back. */
export function sessionCookie(url: string, secret: string, maxAgeMs: number): string {
  const name = cookieName(url);
  const secure = name === 'marquee' ? '' : '; Secure';
  return `${name}=${secret}; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=Strict${secure}`;
}
