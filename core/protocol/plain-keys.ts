import { utf8End } from './json-bytes.ts';
import { nameBytesMax, type PlainField } from './plain-fields.ts';

/** Finds fields by the bytes of their names: first the one that came next the last time, as records are much alike. */
export class PlainKeys {
  readonly #fields: readonly PlainField[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Beyond it not every name has room. */
  readonly #safeEnd: number;
  /** By the field before, or the number of fields at the beginning of an object. */
  readonly #next: Uint8Array;
  readonly #others: Uint8Array;

  constructor(fields: readonly PlainField[], bytes: Uint8Array) {
    this.#fields = fields;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#safeEnd = bytes.length - nameBytesMax;
    this.#next = new Uint8Array(fields.length + 1);
    this.#others = new Uint8Array(fields.length + 1);
  }

  /** Stands for the field before the first. */
  get beginning(): number {
    return this.#fields.length;
  }

  /** The one that came there before that. */
  other(before: number): PlainField {
    return this.#fields[this.#others[before]!]!;
  }

  /** The field that came behind `before` the last time. */
  guess(before: number): PlainField {
    return this.#fields[this.#next[before]!]!;
  }

  /** Whether the name, its quote and a colon stand at `at`, without white space. */
  isAt(at: number, { words, lastMask }: PlainField): boolean {
    const view = this.#view;
    if (at > this.#safeEnd) return false;
    const last = words.length - 1;
    for (let i = 0; i < last; i++) if (view.getInt32(at + i * 4, true) !== words[i]!) return false;
    return ((view.getInt32(at + last * 4, true) ^ words[last]!) & lastMask) === 0;
  }

  /** The quote behind a name; -1 if it is not plain. */
  end(at: number): number {
    return utf8End(this.#bytes, at);
  }

  /** The field of that name; null for an unknown one. */
  find(from: number, to: number, before: number): PlainField | null {
    for (const field of this.#fields) {
      if (field.key.length !== to - from || !this.#isName(from, field.key)) continue;
      this.#others[before] = this.#next[before]!;
      this.#next[before] = field.index;
      return field;
    }
    return null;
  }

  #isName(at: number, key: Uint8Array): boolean {
    for (let i = 0; i < key.length; i++) if (this.#bytes[at + i] !== key[i]) return false;
    return true;
  }
}
