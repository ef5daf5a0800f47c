// Seeded randomness: the same seed and the same names give the same numbers on every machine.

/** A 32-bit hash of some numbers and strings, in order (FNV-1a over the parts, then murmur3's finaliser). */
function hash(...parts: readonly (number | string)[]): number {
  let h = 0x811c9dc5;
  for (const part of parts) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ 0x1f, 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** sfc32, a small fast generator that passes the usual test batteries. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(...parts: readonly (number | string)[]) {
    this.#a = hash('a', ...parts);
    this.#b = hash('b', ...parts);
    this.#c = hash('c', ...parts);
    for (let i = 0; i < 8; i++) this.#next();
  }

  #next(): number {
    const t = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** From `least` up to, not including, `most`. */
  between(least: number, most: number): number {
    return least + (this.#next() / 4_294_967_296) * (most - least);
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.between(0, items.length))] as T;
  }

  /** Around `median`, skewed to the right; sigma 0.5 puts nine tenths within a factor of 2.3. */
  skewed(median: number, sigma: number): number {
    // Irwin-Hall: twelve uniform numbers less six are close enough to a normal one.
    let normal = -6;
    for (let i = 0; i < 12; i++) normal += this.between(0, 1);
    return median * Math.exp(sigma * normal);
  }

  /** A UUID of version 4 by its looks. */
  uuid(): string {
    const hex = [0, 0, 0, 0].map(() => this.#next().toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** Picks among items by weight, in logarithmic time. */
export class Weighted<T> {
  readonly #items: readonly T[];
  readonly #upTo: readonly number[];

  constructor(items: readonly (readonly [T, number])[]) {
    let sum = 0;
    this.#items = items.map(([item]) => item);
    this.#upTo = items.map(([, weight]) => {
      sum += weight;
      return sum;
    });
  }

  pick(random: Random): T {
    const target = random.between(0, this.#upTo.at(-1) ?? 0);
    let low = 0;
    let high = this.#items.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return this.#items[low] as T;
  }
}
