/** More digits are not exact, and their text may not be the one that JavaScript writes. */
const digitsMax = 15;
const tens = Array.from({ length: digitsMax + 1 }, (_, i) => 10 ** i);

/** Reads numbers without sign and exponent, of so few digits that their value is exact. */
export class PlainNumber {
  value = 0;
  isWhole = false;

  /** Behind the number at `at`; -1 for any other. */
  read(bytes: Uint8Array, from: number): number {
    let at = from;
    let value = 0;
    let digit = bytes[at]! ^ 0x30;
    for (; digit <= 9; digit = bytes[++at]! ^ 0x30) value = value * 10 + digit;
    const digits = at - from;
    if (digits === 0 || digits > digitsMax || (digits > 1 && bytes[from] === 0x30)) return -1;
    this.isWhole = bytes[at] !== 0x2e;
    if (!this.isWhole) {
      const first = ++at;
      for (digit = bytes[at]! ^ 0x30; digit <= 9; digit = bytes[++at]! ^ 0x30) value = value * 10 + digit;
      const decimals = at - first;
      if (decimals === 0 || digits + decimals > digitsMax) return -1;
      // Both are exact, so that the quotient is the double nearest to the decimal fraction.
      value /= tens[decimals]!;
    }
    this.value = value;
    return at;
  }

  /** As read, for whole numbers alone. */
  readWhole(bytes: Uint8Array, from: number): number {
    const end = this.read(bytes, from);
    return this.isWhole ? end : -1;
  }
}
