/** Writes the columns of a chunk from rows of events; chunk.ts has the layout. */
import type { ByteWriter } from './bytes.ts';
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
  /** Where the rows begin. */
  readonly #starts: Int32Array;
  /** One column at a time, in the chunk's order, and its bounds. */
  readonly #values: Float64Array;
  #least = 0;
  #greatest = 0;

  constructor(out: ByteWriter, events: EventList, from: number, to: number) {
    this.#out = out;
    this.#events = events;
    this.#starts = new Int32Array(to - from);
    this.#values = new Float64Array(to - from);
    for (let i = 0; i < to - from; i++) this.#starts[i] = events.order[from + i]! * rowCells;
  }

  integers(place: number): void {
    this.#take(place);
    this.#write();
  }

  wide(place: number): void {
    const out = this.#out;
    const starts = this.#starts;
    const { cells } = this.#events.rows;
    const isZero = this.#isZero(place) && this.#isZero(place + 1);
    out.u8(isZero ? 0 : 1);
    if (isZero) return;
    out.words(cells, starts, place);
    out.words(cells, starts, place + 1);
  }

  #isZero(place: number): boolean {
    const starts = this.#starts;
    const { cells } = this.#events.rows;
    for (let i = 0; i < starts.length; i++) if (cells[starts[i]! + place] !== 0) return false;
    return true;
  }

  /** `codes` is all 0, before and after: the chunk's codes by the table's ids. */
  texts(place: number, codes: Int32Array): void {
    this.#take(place);
    const { texts } = this.#events.rows;
    const used: number[] = [];
    if (this.#greatest > 0) this.#encode(codes, used);
    this.#out.varint(used.length);
    for (const id of used) {
      this.#out.part(texts.arena, texts.startOf(id), texts.endOf(id));
      codes[id] = 0;
    }
    this.#write();
  }

  /** Puts codes in the place of ids, in the order in which they come, and notes the ids. */
  #encode(codes: Int32Array, used: number[]): void {
    const values = this.#values;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < values.length; i++) {
      const id = values[i]!;
      let code = id === 0 ? 0 : codes[id]!;
      if (code === 0 && id !== 0) {
        used.push(id);
        code = used.length;
        codes[id] = code;
      }
      values[i] = code;
      if (code < least) least = code;
    }
    this.#least = least;
    this.#greatest = used.length;
  }

  #take(place: number): void {
    const values = this.#values;
    const starts = this.#starts;
    const { cells } = this.#events.rows;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < values.length; i++) {
      const value = cells[starts[i]! + place]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      values[i] = value;
    }
    this.#least = least;
    this.#greatest = greatest;
  }

  #write(): void {
    const least = this.#least;
    const span = this.#greatest - least;
    if (least < 0 || span >= 2 ** 48) throw new RangeError(`a column from ${least} to ${this.#greatest}`);
    const width = widthFor(span);
    this.#out.u8(width);
    this.#out.varint(least);
    if (width > 0) this.#out.integers(this.#values, width, least);
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
  // What nobody wrote needs no look at each event: no texts, and a column of nothing.
  const { written } = events.rows;
  for (let place = TEXTS; place < rowCells; place++) {
    const isText = place < AMOUNTS;
    if ((written & (1 << place)) === 0) {
      if (isText) out.varint(0);
      out.u8(0);
      out.varint(0);
    } else if (isText) encoder.texts(place, codes);
    else encoder.integers(place);
  }
}
