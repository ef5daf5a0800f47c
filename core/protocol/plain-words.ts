import { eventTypes, statuses } from './event-type.ts';
import { isPlain, unitsOf, utf8End } from './json-bytes.ts';
import type { PlainField } from './plain-fields.ts';
import type { RegionEntry } from './region.ts';
import type { RegionDirectory } from './region-directory.ts';
import { hashStart, hashStep, type TextTable } from './text-table.ts';

const QUOTE = 0x22;

/** Cells of a recent text: its field, one more than its slot; where it stands, its bytes with the quote, its id. */
const [FIELD, FROM, LENGTH, ID, entryCells] = [0, 1, 2, 3, 4];
/** A few events, for which a few recent texts do. */
const smallBodyBytes = 4096;

/** Texts of a body by their ids in the request's table, and what those of known lists mean. */
export class PlainWords {
  /** Where the closing quote stands of the text read last. */
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #texts: TextTable;
  readonly #directory: RegionDirectory;
  readonly #view: DataView;
  /** Texts that were read, found by their fields and first bytes: events often say what others before them said. */
  readonly #recent: Int32Array;
  readonly #recentShift: number;
  readonly #types: (number | undefined)[] = [];
  readonly #statuses: (number | undefined)[] = [];
  readonly #regions: (RegionEntry | null | undefined)[] = [];

  constructor(bytes: Uint8Array, texts: TextTable, directory: RegionDirectory) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const bits = bytes.length < smallBodyBytes ? 4 : 8;
    this.#recent = new Int32Array(entryCells << bits);
    this.#recentShift = 32 - bits;
    this.#texts = texts;
    this.#directory = directory;
  }

  /** The id of the text behind its opening quote; 0 for an empty one, -1 if it is not plain or too long. */
  read({ slot, lengthMax }: PlainField, from: number): number {
    const bytes = this.#bytes;
    const recent = this.#recent;
    const entry = this.#entry(slot, from);
    const length = recent[entry + LENGTH]!;
    if (recent[entry + FIELD] === slot + 1 && this.#isSame(from, recent[entry + FROM]!, length)) {
      this.end = from + length - 1;
      return recent[entry + ID]!;
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
    recent[entry + FIELD] = slot + 1;
    recent[entry + FROM] = from;
    recent[entry + LENGTH] = to - from + 1;
    recent[entry + ID] = id;
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

  /** Where such a text of the field would be among the recent ones. Eight bytes may reach beyond the text's end. */
  #entry(slot: number, from: number): number {
    const view = this.#view;
    if (from + 8 > view.byteLength) return 0;
    const first = Math.imul(view.getInt32(from, true) ^ slot, 0x9e37_79b1);
    const second = Math.imul(view.getInt32(from + 4, true), 0x85eb_ca6b);
    return (Math.imul(first ^ (second >>> 13) ^ second, 0x27d4_eb2f) >>> this.#recentShift) * entryCells;
  }

  /** With the closing quote, by words of four bytes. */
  #isSame(left: number, right: number, length: number): boolean {
    const view = this.#view;
    if (left + length + 4 > view.byteLength) return false;
    const whole = length & -4;
    for (let i = 0; i < whole; i += 4) {
      if (view.getInt32(left + i, true) !== view.getInt32(right + i, true)) return false;
    }
    const rest = view.getInt32(left + whole, true) ^ view.getInt32(right + whole, true);
    return (rest & ((1 << (8 * (length & 3))) - 1)) === 0;
  }
}
