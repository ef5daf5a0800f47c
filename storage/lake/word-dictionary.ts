/** Which values a column of integers has, each numbered where it first comes: what its dictionary page holds. */
export interface WordDictionary {
  /** The distinct values, one behind the other. */
  readonly words: Uint32Array;
  readonly count: number;
}

/**
 * The distinct values of `count` integers of `width` words each, and in `codes` the number of each; null as soon as there
 * are more than `max`. `slots` is written over; it has a power of two above 2 * max of them.
 */
export function wordDictionary(
  words: Uint32Array,
  count: number,
  width: 1 | 2,
  max: number,
  codes: Uint32Array,
  slots: Uint16Array,
): WordDictionary | null {
  const mask = slots.length - 1;
  slots.fill(0);
  const distinct = new Uint32Array(max * width);
  let size = 0;
  const high = width - 1;
  for (let k = 0; k < count; k++) {
    const lo = words[k * width] as number;
    // Of one word, the same again.
    const hi = words[k * width + high] as number;
    let slot = slotOf(lo, hi) & mask;
    let code = slots[slot] as number;
    while (code > 0) {
      const at = (code - 1) * width;
      if (distinct[at] === lo && distinct[at + high] === hi) break;
      slot = (slot + 1) & mask;
      code = slots[slot] as number;
    }
    if (code === 0) {
      if (size === max) return null;
      distinct[size * width] = lo;
      distinct[size * width + high] = hi;
      code = ++size;
      slots[slot] = code;
    }
    codes[k] = code - 1;
  }
  return { words: distinct.subarray(0, size * width), count: size };
}

/** Mixed as MurmurHash ends, since lows alone go up by steps. */
function slotOf(lo: number, hi: number): number {
  let hash = Math.imul(lo ^ Math.imul(hi, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
