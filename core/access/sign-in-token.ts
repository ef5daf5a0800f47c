/**
 * What a person signs in with (ACC-3): `mqp_ID_SECRETCRC`, in the digits of producers' keys. ID names the person, so
 * that the row is found without looking for the secret; the checksum refuses a mistyped token without a lookup.
 */
import { assert } from '../protocol/assert.ts';
import { base32Digits, base32Uint32, randomDigits } from './base32.ts';
import { crc32 } from './crc32.ts';

/** Digits of base32, five bits each: 130 bits. */
const secretLength = 26;
/** How many random bytes make a token. */
export const tokenRandomBytes = secretLength;
const personIdLength = 12;
/** How many random bytes make the id of a person. */
export const personIdRandomBytes = personIdLength;

const form = new RegExp(`^(mqp_([0-9a-z-]{1,32})_[${base32Digits}]{${secretLength}})([${base32Digits}]{7})$`);

export function makePersonId(random: Uint8Array): string {
  assert(random.length === personIdRandomBytes, 'an id is made of personIdRandomBytes');
  return randomDigits(random, personIdLength);
}

/** A new token of tokenRandomBytes random bytes for the person of that id. */
export function makeSignInToken(personId: string, random: Uint8Array): string {
  assert(random.length === tokenRandomBytes, 'a token is made of tokenRandomBytes');
  const text = `mqp_${personId}_${randomDigits(random, secretLength)}`;
  return text + base32Uint32(crc32(text));
}

/** The person that it names; null for what was never a token. Whether it is right, its digest says. */
export function personIdOf(token: string): string | null {
  const [, body = '', id, sum] = form.exec(token) ?? [];
  return id !== undefined && base32Uint32(crc32(body)) === sum ? id : null;
}
