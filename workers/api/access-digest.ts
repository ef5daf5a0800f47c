/** Digests of secrets: what is stored in their place, and how the two are compared. */
import { fromHex, toHex } from '../../storage/hex.ts';

/** SHA-256 in hex. Enough for secrets of 128 random bits and more, which nobody can list; not for passwords. */
export async function digestOf(secret: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))));
}

/** Takes the same time wherever they differ. */
export function isSameDigest(a: string, b: string): boolean {
  const [bytesOfA, bytesOfB] = [fromHex(a), fromHex(b)];
  if (bytesOfA?.length !== 32 || bytesOfB?.length !== 32) return false;
  return crypto.subtle.timingSafeEqual(bytesOfA, bytesOfB);
}
