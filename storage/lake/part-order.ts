import type { LakeRows } from '../../core/lake/lake-rows.ts';
import type { TextColumn } from '../../core/protocol/chunk.ts';

const digitBits = 11;
const digits = 2 ** digitBits;

/**
 * Indices of a range, by content type, user, and the order of the log. Sorted digit by digit from the lowest on: a
 * comparison of three columns took ten times as long.
 */
export function sortedRange({ columns }: LakeRows, from: number, to: number): Uint32Array {
  const { contentType, user } = columns;
  let order: Uint32Array = new Uint32Array(to - from);
  const ranks = new Uint32Array(to);
  const rank = ranksOf(contentType);
  for (let i = from; i < to; i++) {
    order[i - from] = i;
    ranks[i] = rank[contentType.codes[i] as number] as number;
  }
  for (const half of [user.lo, user.hi]) {
    for (let shift = 0; shift < 32; shift += digitBits) order = byDigit(order, half, shift);
  }
  for (let shift = 0; contentType.texts.length >>> shift > 0; shift += digitBits) {
    order = byDigit(order, ranks, shift);
  }
  return order;
}

/** Of a code, in the order of its texts; of null before all. */
function ranksOf({ texts }: TextColumn): Uint32Array {
  const inOrder = texts.map((text, i) => ({ text, code: i + 1 }));
  inOrder.sort((a, b) => (a.text < b.text ? -1 : 1));
  const rank = new Uint32Array(texts.length + 1);
  for (const [n, { code }] of inOrder.entries()) rank[code] = n + 1;
  return rank;
}

/** The same indices by one digit of what they stand for; equal ones stay as they were. */
function byDigit(order: Uint32Array, values: Uint32Array, shift: number): Uint32Array {
  const next = new Uint32Array(digits);
  for (let k = 0; k < order.length; k++) {
    const digit = ((values[order[k] as number] as number) >>> shift) & (digits - 1);
    next[digit] = (next[digit] as number) + 1;
  }
  for (let digit = 0, at = 0; digit < digits; digit++) {
    const count = next[digit] as number;
    if (count === order.length) return order;
    next[digit] = at;
    at += count;
  }
  const sorted = new Uint32Array(order.length);
  for (let k = 0; k < order.length; k++) {
    const index = order[k] as number;
    const digit = ((values[index] as number) >>> shift) & (digits - 1);
    const at = next[digit] as number;
    sorted[at] = index;
    next[digit] = at + 1;
  }
  return sorted;
}
