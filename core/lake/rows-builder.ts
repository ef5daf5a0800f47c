import type { ChunkColumns, TextColumn, WideColumn } from '../protocol/chunk.ts';
import { nullableColumns, type TextColumnName, textColumns, wideColumns } from '../protocol/chunk-columns.ts';
import type { ChunkHeader } from '../protocol/chunk-header.ts';
import type { LakeRows } from './lake-rows.ts';

const eventsInitial = 256;
/** Codes of 16 bits hold so many texts beside null. */
const narrowTextsMax = 0xffff;

type NumberArray = Float64Array | Uint32Array | Uint8Array;

/** A column of numbers that grows. */
class Numbers<T extends NumberArray> {
  #values: T;
  #length = 0;

  constructor(values: T) {
    this.#values = values;
  }

  /** Room for `more` values behind those that there are; returns where they begin. */
  grow(more: number): { readonly values: T; readonly at: number } {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#values.length) {
      const Kind = this.#values.constructor as new (length: number) => T;
      const grown = new Kind(Math.max(this.#length, this.#values.length * 2));
      grown.set(this.#values);
      this.#values = grown;
    }
    return { values: this.#values, at };
  }

  /** `source[picked[0]]`, `source[picked[1]]` ...; the first `count` where nothing is picked. */
  pick(source: T, picked: Uint32Array | null, count: number): void {
    const { values, at } = this.grow(count);
    if (!picked) {
      values.set(source.length === count ? source : source.subarray(0, count), at);
      return;
    }
    for (let k = 0; k < count; k++) values[at + k] = source[picked[k] as number] as number;
  }

  fill(value: number, count: number): void {
    const { values, at } = this.grow(count);
    values.fill(value, at);
  }

  finish(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}

const doubles = (): Numbers<Float64Array> => new Numbers(new Float64Array(eventsInitial));
const words = (): Numbers<Uint32Array> => new Numbers(new Uint32Array(eventsInitial));
const bytes = (): Numbers<Uint8Array> => new Numbers(new Uint8Array(eventsInitial));

/** A column of texts with one dictionary for what came with many. */
class Texts {
  readonly #codeOf = new Map<string, number>();
  readonly #codes = words();

  pick(source: TextColumn, picked: Uint32Array | null, count: number): void {
    // By code, so that each text is looked up once a chunk.
    const known = new Uint32Array(source.texts.length + 1);
    const { values, at } = this.#codes.grow(count);
    for (let k = 0; k < count; k++) {
      const code = source.codes[picked ? (picked[k] as number) : k] as number;
      if (code > 0 && known[code] === 0) known[code] = this.#code(source.texts[code - 1] as string);
      values[at + k] = known[code] as number;
    }
  }

  fill(text: string, count: number): void {
    this.#codes.fill(this.#code(text), count);
  }

  finish(): TextColumn {
    const codes = this.#codes.finish();
    const texts = [...this.#codeOf.keys()];
    return { texts, codes: texts.length > narrowTextsMax ? codes : Uint16Array.from(codes) };
  }

  #code(text: string): number {
    const code = this.#codeOf.get(text) ?? this.#codeOf.size + 1;
    if (code > this.#codeOf.size) this.#codeOf.set(text, code);
    return code;
  }
}

/** Events of many chunks as one set of columns. */
export class LakeRowsBuilder {
  #count = 0;
  readonly #timeMs = doubles();
  readonly #type = bytes();
  readonly #status = bytes();
  readonly #wide = wideColumns.map((name) => ({ name, hi: words(), lo: words() }));
  readonly #texts = textColumns.map((name) => ({ name, column: new Texts() }));
  readonly #nullable = nullableColumns.map((name) => ({ name, column: doubles() }));
  readonly #logRow = doubles();
  readonly #index = words();
  readonly #receivedAtMs = doubles();
  readonly #door = new Texts();
  readonly #doorNumber = doubles();
  readonly #producer = new Texts();
  readonly #pseudonymVersion = words();

  /**
   * Takes the `picked` events of a chunk, or all of them, whose first event is the `firstIndex`th of log row `logRow`. The
   * chunk's columns are copied, and may be longer than it.
   */
  add(
    { header, columns }: { readonly header: ChunkHeader; readonly columns: ChunkColumns },
    picked: Uint32Array | null,
    logRow: number,
    firstIndex: number,
  ): void {
    const count = picked?.length ?? header.count;
    this.#count += count;
    this.#timeMs.pick(columns.timeMs, picked, count);
    this.#type.pick(columns.type, picked, count);
    this.#status.pick(columns.status, picked, count);
    for (const { name, hi, lo } of this.#wide) {
      hi.pick(columns[name].hi, picked, count);
      lo.pick(columns[name].lo, picked, count);
    }
    for (const { name, column } of this.#texts) column.pick(columns[name], picked, count);
    for (const { name, column } of this.#nullable) column.pick(columns[name], picked, count);
    this.#logRow.fill(logRow, count);
    this.#receivedAtMs.fill(header.receivedAtMs, count);
    this.#door.fill(header.door, count);
    this.#producer.fill(header.producer, count);
    this.#pseudonymVersion.fill(header.pseudonymVersion, count);
    const index = this.#index.grow(count);
    const number = this.#doorNumber.grow(count);
    for (let k = 0; k < count; k++) {
      const place = picked ? (picked[k] as number) : k;
      index.values[index.at + k] = firstIndex + place;
      number.values[number.at + k] = header.firstNumber + place;
    }
  }

  finish(): LakeRows {
    const wide = Object.fromEntries(
      this.#wide.map(({ name, hi, lo }): [string, WideColumn] => [
        name,
        { hi: hi.finish(), lo: lo.finish() },
      ]),
    ) as Record<(typeof wideColumns)[number], WideColumn>;
    const texts = Object.fromEntries(
      this.#texts.map(({ name, column }): [string, TextColumn] => [name, column.finish()]),
    ) as Record<TextColumnName, TextColumn>;
    const nullable = Object.fromEntries(
      this.#nullable.map(({ name, column }): [string, Float64Array] => [name, column.finish()]),
    ) as Record<(typeof nullableColumns)[number], Float64Array>;
    return {
      count: this.#count,
      columns: {
        timeMs: this.#timeMs.finish(),
        type: this.#type.finish(),
        status: this.#status.finish(),
        ...wide,
        ...texts,
        ...nullable,
      },
      logRow: this.#logRow.finish(),
      index: this.#index.finish(),
      receivedAtMs: this.#receivedAtMs.finish(),
      door: this.#door.finish(),
      doorNumber: this.#doorNumber.finish(),
      producer: this.#producer.finish(),
      pseudonymVersion: this.#pseudonymVersion.finish(),
    };
  }
}
