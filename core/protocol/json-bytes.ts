/** Steps through the bytes of JSON. Each says where it came to, or -1 where something is in its way. */

const QUOTE = 0x22;

/** ASCII that may stand in a text as it is. */
export const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== 0x5c ? 1 : 0,
);

/** The first place from `at` on without white space. */
export function blankEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  let byte = bytes[end]!;
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++end]!;
  return end;
}

/** The first byte from `at` on that is no ASCII of a text without escapes: its closing quote, most often. */
export function asciiEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isPlain[bytes[end]!] === 1) end++;
  return end;
}

/** The closing quote of a text that goes on at `at`; -1 if it is not UTF-8, has escapes or never ends. */
export function utf8End(bytes: Uint8Array, at: number): number {
  let end = asciiEnd(bytes, at);
  while (bytes[end] !== QUOTE) {
    const length = bytes[end]! < 0xc2 ? 0 : utf8Length(bytes, end);
    if (length === 0) return -1;
    end = asciiEnd(bytes, end + length);
  }
  return end;
}

/** UTF-16 units of valid UTF-8: every character has one, and those of four bytes two. */
export function unitsOf(bytes: Uint8Array, from: number, to: number): number {
  let units = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2;
  }
  return units;
}

/** Bytes of the character at `at`, which is not ASCII; 0 where it is not valid UTF-8. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  // Nothing is NaN: a byte beyond the end is not 0x80, and no comparison with it holds.
  if (!isTail(bytes[at + 1]!)) return 0;
  if (first < 0xe0) return 2;
  if (!isTail(bytes[at + 2]!)) return 0;
  if (first < 0xf0) {
    // Neither longer than it need be, nor half of a surrogate pair.
    return (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f) ? 0 : 3;
  }
  if (!isTail(bytes[at + 3]!) || first > 0xf4) return 0;
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? 0 : 4;
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Behind a word that stands at `at`. */
export function wordEnd(bytes: Uint8Array, at: number, word: Uint8Array): number {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return -1;
  return at + word.length;
}

/** The comma or closing bracket behind any value, valid or not. */
export function valueEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = quoteAfter(bytes, at + 1);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
    } else if (byte === 0x5d || byte === 0x7d || byte === 0x2c) {
      if (depth === 0) return at;
      if (byte !== 0x2c) depth--;
    }
  }
  return -1;
}

/** Commas and opening brackets of JSON: about as many as it has values. */
export function countValues(bytes: Uint8Array, from: number, to: number): number {
  let values = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = quoteAfter(bytes, at + 1);
    else if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values++;
  }
  return values;
}

function quoteAfter(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}
