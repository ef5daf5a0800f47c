/**
 * Finds the elements of a JSON array or object without parsing them, so that one broken element (a NaN literal, say)
 * costs only itself. Knows strings, so that brackets and commas inside them do not count; knows depth, but not whether
 * an inner `[` was closed by a `}`: that element will not parse, and its neighbours are safe.
 */

/** Half-open range of a text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Container {
  /** What stands between the commas; empty for `[]`. In an object each is `"key": value`. */
  readonly parts: readonly Span[];
  /** Behind the closing bracket. */
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Splits the container that opens at `start`; null if it never closes. Stops after partsMax + 1 parts. */
export function splitContainer(text: string, start: number, partsMax: number): Container | null {
  const closer = text.charCodeAt(start) === openBracket ? closeBracket : closeBrace;
  const parts: Span[] = [];
  let from = start + 1;
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      at = stringEnd(text, at);
    } else if (unit === openBracket || unit === openBrace) {
      depth++;
    } else if (unit === closeBracket || unit === closeBrace) {
      if (depth === 0 && unit !== closer) return null;
      if (depth-- > 0) continue;
      if (parts.length > 0 || !isBlank(text, from, at)) parts.push({ from, to: at });
      return { parts, end: at + 1 };
    } else if (unit === comma && depth === 0) {
      parts.push({ from, to: at });
      from = at + 1;
      if (parts.length > partsMax) return { parts, end: at };
    }
  }
  return null;
}

/** Index of the quote that closes the string opened at `start`, or the text's length. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === backslash) at++;
    else if (unit === quote) return at;
  }
  return text.length;
}

/** Where the value of the member `name` begins in a split object; null if there is none. */
export function findMember(text: string, { parts }: Container, name: string): number | null {
  for (const { from, to } of parts) {
    const keyStart = skipBlank(text, from);
    if (text.charCodeAt(keyStart) !== quote) continue;
    const keyEnd = stringEnd(text, keyStart) + 1;
    const colon = skipBlank(text, keyEnd);
    if (text[colon] !== ':' || text.slice(keyStart + 1, keyEnd - 1) !== name) continue;
    const value = skipBlank(text, colon + 1);
    return value < to ? value : null;
  }
  return null;
}

/** The first index from `at` on that is no JSON white space. */
export function skipBlank(text: string, at: number): number {
  let next = at;
  while (next < text.length && isBlankUnit(text.charCodeAt(next))) next++;
  return next;
}

function isBlank(text: string, from: number, to: number): boolean {
  return skipBlank(text, from) >= to;
}

function isBlankUnit(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Whether the text holds more than `valuesMax` opening brackets and commas: about as many as it has values. */
export function hasMoreValues(text: string, valuesMax: number): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = stringEnd(text, at);
    else if (unit === comma || unit === openBracket || unit === openBrace) {
      if (++values > valuesMax) return true;
    }
  }
  return false;
}
