/** Reads `2026-11-20T11:59:00Z`, with or without three digits behind a point, from the bytes of a text. */
export class PlainTime {
  /** Events of a request are of the same day, as a rule. */
  #day = 0;
  #dayStartMs = 0;

  /** Bytes of the time read last. */
  length = 0;

  /** Epoch ms of the time before a quote; -1 for any other form, for what is no time, and for years before 2000. */
  read(bytes: Uint8Array, from: number): number {
    this.length = bytes[from + 19] === 0x2e ? 24 : 20;
    const to = from + this.length;
    if (bytes[to] !== 0x22 || bytes[to - 1] !== 0x5a || bytes[from + 10] !== 0x54) return -1;
    if (bytes[from + 4] !== 0x2d || bytes[from + 7] !== 0x2d) return -1;
    if (bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a) return -1;
    const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
    const start = this.#startOfDay(year, pair(bytes, from + 5), pair(bytes, from + 8));
    const hour = pair(bytes, from + 11);
    const minute = pair(bytes, from + 14);
    const second = pair(bytes, from + 17);
    const fraction = this.length === 20 ? 0 : fractionMs(bytes, from + 19);
    if (start < 0 || hour > 23 || minute > 59 || second > 59 || fraction > 999) return -1;
    return start + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction;
  }

  #startOfDay(year: number, month: number, date: number): number {
    if (year < 2000 || year > 9999 || month > 12 || date > 31) return -1;
    const day = year * 512 + month * 32 + date;
    if (day === this.#day) return this.#dayStartMs;
    const start = Date.UTC(year, month - 1, date);
    if (new Date(start).getUTCMonth() !== month - 1 || new Date(start).getUTCDate() !== date) return -1;
    this.#day = day;
    this.#dayStartMs = start;
    return start;
  }
}

/** Far more than two or three digits can say. */
const noDigits = 1_000_000;

function pair(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! ^ 0x30;
  const low = bytes[at + 1]! ^ 0x30;
  return high <= 9 && low <= 9 ? high * 10 + low : noDigits;
}

function fractionMs(bytes: Uint8Array, at: number): number {
  const last = bytes[at + 3]! ^ 0x30;
  return bytes[at] === 0x2e && last <= 9 ? pair(bytes, at + 1) * 10 + last : noDigits;
}
