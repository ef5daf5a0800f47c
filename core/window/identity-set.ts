/**
 * A set of 64-bit identities given as two unsigned 32-bit halves: open addressing, linear probing, load at most one
 * half. 8 bytes a slot instead of a JavaScript Set's 40 and more. Identities are uniformly random (a PRF), so the low
 * half serves as the hash.
 */
export class IdentitySet {
  #halves = new Uint32Array(2 * 64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an identity; false when it was there already. */
  add(hi: number, lo: number): boolean {
    // 0/0 marks an empty slot; the one identity in 2^64 that is 0/0 stands in for 0/1.
    const low = hi === 0 && lo === 0 ? 1 : lo;
    if (!this.#insert(hi, low)) return false;
    this.#size++;
    if (this.#size * 4 > this.#halves.length) this.#grow();
    return true;
  }

  has(hi: number, lo: number): boolean {
    const low = hi === 0 && lo === 0 ? 1 : lo;
    const halves = this.#halves;
    const mask = halves.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const heldHi = halves[2 * slot];
      const heldLo = halves[2 * slot + 1];
      if (heldHi === 0 && heldLo === 0) return false;
      if (heldHi === hi && heldLo === low) return true;
    }
  }

  /** In no order. */
  forEach(visit: (hi: number, lo: number) => void): void {
    const halves = this.#halves;
    for (let i = 0; i < halves.length; i += 2) {
      const [hi, lo] = [halves[i] as number, halves[i + 1] as number];
      if (hi !== 0 || lo !== 0) visit(hi, lo);
    }
  }

  #insert(hi: number, lo: number): boolean {
    const halves = this.#halves;
    const mask = halves.length / 2 - 1;
    for (let slot = lo & mask; ; slot = (slot + 1) & mask) {
      const heldHi = halves[2 * slot];
      const heldLo = halves[2 * slot + 1];
      if (heldHi === 0 && heldLo === 0) {
        halves[2 * slot] = hi;
        halves[2 * slot + 1] = lo;
        return true;
      }
      if (heldHi === hi && heldLo === lo) return false;
    }
  }

  #grow(): void {
    const old = this.#halves;
    this.#halves = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const hi = old[i] as number;
      const lo = old[i + 1] as number;
      if (hi !== 0 || lo !== 0) this.#insert(hi, lo);
    }
  }
}
