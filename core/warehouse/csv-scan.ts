/**
 * CSV (RFC 4180) from bytes, so that places are exact and each row's UTF-8 is judged alone (IMP-3). Rows end with LF,
 * CRLF or CR, mixed as they come. A quote within a field that does not begin with one is text.
 */
import { importColumnsMax, importFieldBytesMax } from '../protocol/import-limits.ts';
import { carriageReturn, lineFeed, RecordScan, type Scanned } from './record-scan.ts';

const quote = 34;
const comma = 44;
/** Bounds of a field: from, to, and whether it holds doubled quotes. */
const boundsPerField = 3;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type Step = Scanned | 'field' | 'row' | null;

export class CsvScan extends RecordScan {
  readonly #bounds = new Int32Array(importColumnsMax * boundsPerField);
  #fields = 0;
  /** Of the field or newline that comes next, while a row is scanned. */
  #head = 0;
  #headLine = 0;
  /** All bytes of the row, or'ed: beyond 127 there is more than ASCII. */
  #high = 0;

  protected override scan(): Scanned | 'blank' | null {
    this.#fields = 0;
    this.#head = this.at;
    this.#headLine = this.line;
    this.#high = 0;
    for (;;) {
      const step = this.bytes[this.#head] === quote ? this.#quoted() : this.#plain();
      if (step === 'row') return this.#row();
      if (step !== 'field') return step;
    }
  }

  /** A field without quotes around it. */
  #plain(): Step {
    const { bytes } = this;
    const from = this.#head;
    const last = Math.min(bytes.length, from + importFieldBytesMax + 1);
    let high = 0;
    let at = from;
    for (; at < last; at++) {
      const byte = bytes[at] as number;
      if (byte === comma || byte === lineFeed || byte === carriageReturn) break;
      high |= byte;
    }
    this.#high |= high;
    if (at - from > importFieldBytesMax) return this.#tooLong('field_too_long');
    return this.#ended(from, at, at, 0);
  }

  /** A field in quotes, which may hold commas, newlines and doubled quotes. */
  #quoted(): Step {
    const { bytes } = this;
    const from = this.#head + 1;
    const last = Math.min(bytes.length, from + importFieldBytesMax + 1);
    let newlines = 0;
    let doubled = 0;
    let high = 0;
    let at = from;
    for (; at < last; at++) {
      const byte = bytes[at] as number;
      high |= byte;
      if (byte === quote) {
        if (bytes[at + 1] !== quote) break;
        doubled = 1;
        at++;
      } else if (byte === lineFeed) newlines++;
      else if (byte === carriageReturn && bytes[at + 1] !== lineFeed) newlines++;
    }
    this.#high |= high;
    if (at - from > importFieldBytesMax) {
      return this.#tooLong(newlines > 0 ? 'unclosed_quote' : 'field_too_long');
    }
    if (at >= bytes.length) {
      return this.isLast ? this.failed('unclosed_quote', this.#head, this.#headLine, this.#fields) : null;
    }
    // A quote that the piece ends with may be the first of two: then #ended asks for more.
    const step = this.#ended(from, at, at + 1, doubled);
    this.#headLine += newlines;
    return step;
  }

  /** Notes a field and looks at what stands behind it. */
  #ended(from: number, to: number, at: number, doubled: number): Step {
    const { bytes } = this;
    if (at >= bytes.length && !this.isLast) {
      return this.isTooLarge(at) ? this.#tooMuch('record_too_large') : null;
    }
    const byte = bytes[at];
    const isRowEnd = at >= bytes.length || byte === lineFeed || byte === carriageReturn;
    if (byte !== comma && !isRowEnd) {
      return this.failed('text_after_quote', this.#head, this.#headLine, this.#fields);
    }
    if (this.isTooLarge(at)) return this.#tooMuch('record_too_large');
    if (this.#fields >= importColumnsMax) return this.#tooMuch('too_many_fields');
    const slot = this.#fields * boundsPerField;
    this.#bounds[slot] = from;
    this.#bounds[slot + 1] = to;
    this.#bounds[slot + 2] = doubled;
    this.#fields++;
    this.#head = isRowEnd ? at : at + 1;
    return isRowEnd ? 'row' : 'field';
  }

  #tooLong(code: 'field_too_long' | 'unclosed_quote'): Scanned {
    return this.failed(code, this.#head, this.#headLine, this.#fields);
  }

  /** Goes on behind the line that was one too much: going back to the first would scan each line again and again. */
  #tooMuch(code: 'record_too_large' | 'too_many_fields'): Scanned {
    return this.failed(code, this.#head, this.#headLine, -1, this.line);
  }

  #row(): Scanned | 'blank' | null {
    const from = this.at;
    const to = this.#head;
    const behind = this.behindNewline(to);
    if (behind === -1) return null;
    const line = this.line;
    const fields = from === to ? 'blank' : this.#texts(from, to);
    this.at = behind;
    this.line = this.#headLine + 1;
    if (fields === 'blank') return fields;
    return typeof fields === 'number' ? { line, code: 'invalid_utf8', field: fields } : { line, fields };
  }

  /** The fields as texts, or the place of the first that is not UTF-8. */
  #texts(from: number, to: number): string[] | number {
    const texts: string[] = [];
    const { bytes } = this;
    const bounds = this.#bounds;
    // One call a row: in ASCII the places of the text are those of the bytes.
    const ascii = this.#high < 128 ? utf8.decode(bytes.subarray(from, to)) : null;
    for (let i = 0; i < this.#fields; i++) {
      const start = bounds[i * boundsPerField] as number;
      const end = bounds[i * boundsPerField + 1] as number;
      const text =
        ascii === null ? decoded(bytes.subarray(start, end)) : ascii.slice(start - from, end - from);
      if (text === null) return i;
      texts.push(bounds[i * boundsPerField + 2] === 1 ? text.replaceAll('""', '"') : text);
    }
    return texts;
  }
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
