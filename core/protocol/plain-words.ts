import { eventTypes, statuses } from './event-type.ts';
import { isPlain, unitsOf, utf8End } from './json-bytes.ts';
import { fieldCount, type PlainField } from './plain-fields.ts';
import type { RegionEntry } from './region.ts';
import type { RegionDirectory } from './region-directory.ts';
import { hashStart, hashStep, type TextTable } from './text-table.ts';

const QUOTE = 0x22;

/** Texts of a body by their ids in the request's table, and what those of known lists mean. */
export class PlainWords {
  /** Where the closing quote stands of the text read last. */
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #texts: TextTable;
  readonly #directory: RegionDirectory;
  /** Of each field the text read last, by field: an event often says what the one before it said. */
  readonly #lastIds = new Int32Array(fieldCount);
  readonly #lastFrom = new Int32Array(fieldCount);
  readonly #lastLength = new Int32Array(fieldCount);
  readonly #types: (number | undefined)[] = [];
  readonly #statuses: (number | undefined)[] = [];
  readonly #regions: (RegionEntry | null | undefined)[] = [];

  constructor(bytes: Uint8Array, texts: TextTable, directory: RegionDirectory) {
    this.#bytes = bytes;
    this.#texts = texts;
    this.#directory = directory;
  }

  /** The id of the text behind its opening quote; 0 for an empty one, -1 if it is not plain or too long. */
  read({ slot, lengthMax }: PlainField, from: number): number {
    const bytes = this.#bytes;
    const length = this.#lastLength[slot]!;
    if (length > 0 && this.#isSame(from, this.#lastFrom[slot]!, length)) {
      this.end = from + length - 1;
      return this.#lastIds[slot]!;
    }
    let steps = hashStart;
    let to = from;
    for (let byte = bytes[to]!; isPlain[byte] === 1; byte = bytes[++to]!) steps = hashStep(steps, byte);
    const isAscii = bytes[to] === QUOTE;
    if (!isAscii) to = utf8End(bytes, to);
    if (to < 0) return -1;
    // Three bytes at most make one unit.
    if (to - from > lengthMax && (to - from > lengthMax * 3 || unitsOf(bytes, from, to) > lengthMax))
      return -1;
    this.end = to;
    if (to === from) return 0;
    const texts = this.#texts;
    const id = isAscii ? texts.ofHashed(bytes, from, to, steps) : texts.of(bytes, from, to);
    this.#lastIds[slot] = id;
    this.#lastFrom[slot] = from;
    this.#lastLength[slot] = to - from + 1;
    return id;
  }

  /** Index among the event types; -1 for no known one, as for what follows. */
  type(id: number): number {
    const type = this.#types[id] ?? (eventTypes as readonly string[]).indexOf(this.#text(id));
    this.#types[id] = type;
    return type;
  }

  status(id: number): number {
    const status = this.#statuses[id] ?? (statuses as readonly string[]).indexOf(this.#text(id));
    this.#statuses[id] = status;
    return status;
  }

  region(id: number): RegionEntry | null {
    const known = this.#regions[id];
    if (known !== undefined) return known;
    const region = this.#directory.find(this.#text(id)) ?? null;
    this.#regions[id] = region;
    return region;
  }

  #text(id: number): string {
    return id === 0 ? '' : this.#texts.text(id);
  }

  /** With the closing quote, from which on it is read backwards: ids and names differ towards their ends. */
  #isSame(left: number, right: number, length: number): boolean {
    const bytes = this.#bytes;
    for (let i = length - 1; i >= 0; i--) if (bytes[left + i] !== bytes[right + i]) return false;
    return true;
  }
}
