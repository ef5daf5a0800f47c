/**
 * Keys of producers (KEY-1): `mq_ENV_ID_SECRETCRC`. The prefix lets scanners of leaked secrets find them; the checksum
 * refuses a mistyped one without a lookup. Pure; the caller brings the randomness.
 */
import { assert } from '../protocol/assert.ts';
import { base32Digits, base32Uint32, randomDigits } from './base32.ts';
import { crc32 } from './crc32.ts';

/** A key of a local run is none of a deployment. */
export type KeyEnvironment = 'local' | 'live';

export interface KeyParts {
  readonly environment: KeyEnvironment;
  /** Public: in lists, logs and the audit log. 60 bits. */
  readonly id: string;
  /** Digits of base32, five bits each: 130 bits. */
  readonly secret: string;
}

const keyIdLength = 12;
const secretLength = 26;
/** How many random bytes make a key. */
export const keyRandomBytes = keyIdLength + secretLength;

const form = new RegExp(
  `^(mq_(local|live)_([${base32Digits}]{${keyIdLength}})_([${base32Digits}]{${secretLength}}))([${base32Digits}]{7})$`,
);

/** A new key of keyRandomBytes random bytes. */
export function makeKey(environment: KeyEnvironment, random: Uint8Array): KeyParts {
  assert(random.length === keyRandomBytes, 'a key is made of keyRandomBytes');
  return {
    environment,
    id: randomDigits(random, keyIdLength),
    secret: randomDigits(random.subarray(keyIdLength), secretLength),
  };
}

export function formatKey({ environment, id, secret }: KeyParts): string {
  const text = `mq_${environment}_${id}_${secret}`;
  return text + base32Uint32(crc32(text));
}

/** Null for what was never a key: another form, or a checksum that does not fit. */
export function parseKey(text: string): KeyParts | null {
  const [, body = '', environment = '', id = '', secret = '', sum] = form.exec(text) ?? [];
  if (sum === undefined || base32Uint32(crc32(body)) !== sum) return null;
  return { environment: environment as KeyEnvironment, id, secret };
}
