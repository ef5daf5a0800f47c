const digits = '0123456789abcdef';
const pairs = Array.from({ length: 256 }, (_, byte) => `${digits[byte >> 4]}${digits[byte & 15]}`);

/** JSON carries bytes to and from SQL as hex: unhex() and hex() are its only binary forms. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += pairs[byte];
  return hex;
}

/** Value of each hex digit by its character code; 255 for what is none. */
const values = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = digits.indexOf(String.fromCharCode(code).toLowerCase());
  return value < 0 ? 255 : value;
});

/** Reads hex digits of either case; null when `hex` is anything else. */
export function fromHex(hex: string): Uint8Array | null {
  if (hex.length % 2 !== 0) return null;
  const bytes = new Uint8Array(hex.length / 2);
  let seen = 0;
  for (let i = 0; i < bytes.length; i++) {
    const high = values[hex.charCodeAt(2 * i)] ?? 255;
    const low = values[hex.charCodeAt(2 * i + 1)] ?? 255;
    seen |= high | low;
    bytes[i] = (high << 4) | low;
  }
  return seen > 15 ? null : bytes;
}
