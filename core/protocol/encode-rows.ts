/** Writes the columns of a chunk from rows of events; chunk.ts has the layout. */
import type { ByteWriter } from './bytes.ts';
import { nullableColumns, textColumns } from './chunk-columns.ts';
import {
  AMOUNTS,
  type EventList,
  IDENTITY,
  rowCells,
  SESSION,
  STATUS,
  TEXTS,
  TIME,
  TYPE,
  USER,
} from './event-rows.ts';

function widthFor(span: number): number {
  if (span === 0) return 0;
  if (span < 2 ** 8) return 1;
  if (span < 2 ** 16) return 2;
  if (span < 2 ** 24) return 3;
  return span < 2 ** 32 ? 4 : 6;
}

class RowEncoder {
  readonly #out: ByteWriter;
  readonly #events: EventList;
  readonly #from: number;
  /** One column at a time, in the chunk's order. */
  readonly #values: Float64Array;

  constructor(out: ByteWriter, events: EventList, from: number, to: number) {
    this.#out = out;
    this.#events = events;
    this.#from = from;
    this.#values = new Float64Array(to - from);
  }

  integers(place: number): void {
    this.#take(place);
    this.#write();
  }

  wide(place: number): void {
    const isZero = this.#take(place) && this.#take(place + 1);
    this.#out.u8(isZero ? 0 : 1);
    if (isZero) return;
    this.#take(place);
    this.#out.integers(this.#values, 4);
    this.#take(place + 1);
    this.#out.integers(this.#values, 4);
  }

  /** `codes` is all 0, before and after: the chunk's codes by the table's ids. */
  texts(place: number, codes: Int32Array): void {
    if (this.#take(place)) {
      this.#out.varint(0);
      this.#write();
      return;
    }
    const values = this.#values;
    const used: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const id = values[i]!;
      if (id === 0) continue;
      let code = codes[id]!;
      if (code === 0) {
        used.push(id);
        code = used.length;
        codes[id] = code;
      }
      values[i] = code;
    }
    const { texts } = this.#events.rows;
    this.#out.varint(used.length);
    for (const id of used) {
      this.#out.part(texts.arena, texts.startOf(id), texts.endOf(id));
      codes[id] = 0;
    }
    this.#write();
  }

  /** Fills the column; says whether all of it is 0. */
  #take(place: number): boolean {
    const values = this.#values;
    const { rows, order } = this.#events;
    const { cells } = rows;
    const from = this.#from;
    let isZero = true;
    for (let i = 0; i < values.length; i++) {
      const value = cells[order[from + i]! * rowCells + place]!;
      if (value !== 0) isZero = false;
      values[i] = value;
    }
    return isZero;
  }

  #write(): void {
    const values = this.#values;
    let least = values[0]!;
    let greatest = least;
    for (let i = 1; i < values.length; i++) {
      const value = values[i]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    if (least < 0 || greatest - least >= 2 ** 48)
      throw new RangeError(`a column from ${least} to ${greatest}`);
    const width = widthFor(greatest - least);
    this.#out.u8(width);
    this.#out.varint(least);
    if (width > 0) this.#out.integers(values, width, least);
  }
}

/** The columns of the events from `from` up to but not including `to`. */
export function encodeRows(out: ByteWriter, events: EventList, from: number, to: number): void {
  const encoder = new RowEncoder(out, events, from, to);
  const codes = new Int32Array(events.rows.texts.size + 1);
  encoder.integers(TIME);
  encoder.integers(TYPE);
  encoder.integers(STATUS);
  encoder.wide(IDENTITY);
  encoder.wide(USER);
  encoder.wide(SESSION);
  for (let i = 0; i < textColumns.length; i++) encoder.texts(TEXTS + i, codes);
  for (let i = 0; i < nullableColumns.length; i++) encoder.integers(AMOUNTS + i);
}
