/** Crockford's base32 in lower case: no letter that is mistaken for a digit. Read strictly: one text for one value. */
export const base32Digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** `length` digits from as many random bytes: the low five bits of each. */
export function randomDigits(random: Uint8Array, length: number): string {
  let text = '';
  for (const byte of random.subarray(0, length)) text += base32Digits[byte & 31];
  return text;
}

/** An unsigned integer of 32 bits as seven digits. */
export function base32Uint32(value: number): string {
  let text = '';
  for (let rest = value >>> 0, i = 0; i < 7; i++, rest = Math.floor(rest / 32)) {
    text = base32Digits[rest % 32] + text;
  }
  return text;
}
