import { type EventRows, IDENTITY, rowCells, SESSION } from './event-rows.ts';

/**
 * Finds twins within a request (IDN-1): rows of the same identity, region and session. Slots go by the identity, which
 * nobody without its key can make collide.
 */
export class TwinTable {
  readonly #rows: EventRows;
  /** Row + 1; 0 is empty. */
  #slots: Int32Array;
  readonly #regions: number[] = [];

  constructor(rows: EventRows) {
    this.#rows = rows;
    let slots = 16;
    while (slots < (rows.cells.length / rowCells) * 2) slots *= 2;
    this.#slots = new Int32Array(slots);
  }

  /** Whether the row behind the last one repeats one; if not it is the next one to be found. */
  holds(regionNumber: number): boolean {
    const row = this.#rows.count;
    if (row * 2 >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    let slot = this.#slotOf(row);
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (this.#regions[held - 1] === regionNumber && this.#isSame(held - 1, row)) return true;
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = row + 1;
    this.#regions[row] = regionNumber;
    return false;
  }

  #slotOf(row: number): number {
    return this.#rows.cells[row * rowCells + IDENTITY + 1]! & (this.#slots.length - 1);
  }

  #isSame(left: number, right: number): boolean {
    const { cells } = this.#rows;
    const a = left * rowCells;
    const b = right * rowCells;
    return (
      cells[a + IDENTITY + 1] === cells[b + IDENTITY + 1] &&
      cells[a + IDENTITY] === cells[b + IDENTITY] &&
      cells[a + SESSION + 1] === cells[b + SESSION + 1] &&
      cells[a + SESSION] === cells[b + SESSION]
    );
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const { count } = this.#rows;
    for (let row = 0; row < count; row++) {
      let slot = this.#slotOf(row);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = row + 1;
    }
  }
}
