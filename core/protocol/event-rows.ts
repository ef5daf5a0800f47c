/**
 * The accepted events of a request as rows of numbers in one array, and their texts in one table: what chunks are
 * encoded from. Objects would cost more than all else that is done with an event.
 */
import type { AcceptedEvent } from './accepted-event.ts';
import { nullableColumns, textColumns } from './chunk-columns.ts';
import { epochMs } from './ids.ts';
import { TextTable } from './text-table.ts';

/** Places in a row. */
export const TIME = 0;
export const TYPE = 1;
export const STATUS = 2;
/** Upper halves of the 64-bit columns; each is followed by its lower half. */
export const IDENTITY = 3;
export const USER = 5;
export const SESSION = 7;
/** Ids of texts, 0 for null, in the order of textColumns. */
export const TEXTS = 9;
/** Integers, one more than they are, 0 for null, in the order of nullableColumns. */
export const AMOUNTS = TEXTS + textColumns.length;
export const rowCells = AMOUNTS + nullableColumns.length;

export class EventRows {
  readonly texts = new TextTable();
  cells: Float64Array;
  /** Bits of the places of texts and amounts that were written, for any row. */
  written = 0;
  /** Rows that are kept. The one behind them is being written. */
  count = 0;

  constructor(capacity: number) {
    this.cells = new Float64Array(Math.max(capacity, 1) * rowCells);
  }

  /** Where the cells of the row behind the last one are; all are 0. */
  next(): number {
    const at = this.count * rowCells;
    if (at + rowCells > this.cells.length) {
      const grown = new Float64Array(this.cells.length * 2);
      grown.set(this.cells);
      this.cells = grown;
    }
    return at;
  }

  /** Writes a text's id or an amount, one more than it is, into the row at `at`. */
  set(at: number, place: number, value: number): void {
    this.cells[at + place] = value;
    this.written |= 1 << place;
  }

  /** Takes back what was written behind the last row. */
  drop(): void {
    const at = this.count * rowCells;
    this.cells.fill(0, at, at + rowCells);
  }

  /** Writes an event behind the last row, which is not kept by this. */
  write(event: AcceptedEvent): void {
    const at = this.next();
    const { cells, texts } = this;
    cells[at + TIME] = event.timeMs;
    cells[at + TYPE] = event.type;
    cells[at + STATUS] = event.status;
    cells[at + IDENTITY] = event.identityHi;
    cells[at + IDENTITY + 1] = event.identityLo;
    cells[at + USER] = event.userHi;
    cells[at + USER + 1] = event.userLo;
    cells[at + SESSION] = event.sessionHi;
    cells[at + SESSION + 1] = event.sessionLo;
    for (let i = 0; i < textColumns.length; i++) {
      const text = event[textColumns[i]!];
      if (text !== null) this.set(at, TEXTS + i, texts.ofText(text));
    }
    for (let i = 0; i < nullableColumns.length; i++) {
      const amount = event[nullableColumns[i]!];
      if (amount !== null) this.set(at, AMOUNTS + i, amount + 1);
    }
  }

  /** A row as an object. */
  event(row: number): AcceptedEvent {
    const { cells, texts } = this;
    const at = row * rowCells;
    const cell = (place: number): number => cells[at + place]!;
    const text = (i: number) => (cell(TEXTS + i) === 0 ? null : texts.text(cell(TEXTS + i)));
    const amount = (i: number) => (cell(AMOUNTS + i) === 0 ? null : cell(AMOUNTS + i) - 1);
    return {
      identityHi: cell(IDENTITY),
      identityLo: cell(IDENTITY + 1),
      timeMs: epochMs(cell(TIME)),
      type: cell(TYPE),
      status: cell(STATUS),
      userHi: cell(USER),
      userLo: cell(USER + 1),
      sessionHi: cell(SESSION),
      sessionLo: cell(SESSION + 1),
      ...(Object.fromEntries(textColumns.map((name, i) => [name, text(i)])) as Record<
        (typeof textColumns)[number],
        string | null
      >),
      ...(Object.fromEntries(nullableColumns.map((name, i) => [name, amount(i)])) as Record<
        (typeof nullableColumns)[number],
        number | null
      >),
    };
  }
}

/** Some of the rows of a request, in the order in which they came: those of one shard. */
export class EventList {
  readonly rows: EventRows;
  readonly order: number[] = [];

  constructor(rows: EventRows) {
    this.rows = rows;
  }

  static of(events: readonly AcceptedEvent[]): EventList {
    const rows = new EventRows(events.length);
    const list = new EventList(rows);
    for (const event of events) {
      rows.write(event);
      list.order.push(rows.count++);
    }
    return list;
  }

  get length(): number {
    return this.order.length;
  }

  toArray(): AcceptedEvent[] {
    return this.order.map((row) => this.rows.event(row));
  }
}
