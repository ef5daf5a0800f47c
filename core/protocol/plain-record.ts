/**
 * Judges records straight from the bytes of a body and writes them as rows: no object a record, and a string only for
 * what was not seen before. It takes plain records without a fault, and comes to what judge.ts comes to with them; all
 * others are judged there. Positions are handed on, and -1 stands for "not plain".
 */
import { type EventRows, rowCells, STATUS, TIME, TYPE } from './event-rows.ts';
import { eventTypes } from './event-type.ts';
import { blankEnd, countValues, utf8End, valueEnd, wordEnd } from './json-bytes.ts';
import type { RequestContext, RequestSorter } from './judge-request.ts';
import { clockSkewAheadMsMax, eventTimeMsMin, extBytesMax, recordSizeMax } from './limits.ts';
import * as plain from './plain-fields.ts';
import { PlainIds } from './plain-ids.ts';
import { PlainKeys } from './plain-keys.ts';
import { PlainNumber } from './plain-number.ts';
import { PlainTime } from './plain-time.ts';
import { PlainWords } from './plain-words.ts';
import type { RegionEntry } from './region.ts';
import { parseTimestamp } from './timestamp.ts';
import { walkRecord } from './walk-record.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NULL = 0x6e;
/** A plain record's JSON text is no longer than its bytes are, but for what `ext` holds. */
const plainBytesMax = recordSizeMax - extBytesMax;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const literals = ['null', 'true', 'false'].map((word) => encoder.encode(word));
const nullWord = literals[0]!;
const download = eventTypes.indexOf('download');
const error = eventTypes.indexOf('error');

export class PlainRecords {
  /** Commas and opening brackets so far. */
  values = 0;
  readonly #bytes: Uint8Array;
  readonly #context: RequestContext;
  readonly #sorter: RequestSorter;
  readonly #rows: EventRows;
  readonly #keys: PlainKeys;
  readonly #nestedKeys: PlainKeys;
  readonly #time = new PlainTime();
  readonly #number = new PlainNumber();
  readonly #words: PlainWords;
  readonly #ids: PlainIds;
  readonly #spare = new Float64Array(plain.sparePlaces);
  #isSpareUsed = false;
  #row = 0;
  #type = -1;
  #status = 0;
  /** -1 where none was given. */
  #timeMs = -1;
  #region: RegionEntry | null = null;

  constructor(bytes: Uint8Array, context: RequestContext, sorter: RequestSorter) {
    this.#bytes = bytes;
    this.#context = context;
    this.#sorter = sorter;
    this.#rows = sorter.rows;
    this.#keys = new PlainKeys(plain.plainFields, bytes);
    this.#nestedKeys = new PlainKeys(plain.nestedFields, bytes);
    this.#words = new PlainWords(bytes, sorter.rows.texts, context.regions);
    this.#ids = new PlainIds(bytes, context);
  }

  /**
   * Judges the object at `start`, and returns the place behind it. -1 where it is not plain, or not to be accepted: then
   * nothing has happened. `lineEnd`: where the line ends that it has to itself, or null.
   */
  judge(start: number, lineEnd: number | null): number {
    const { values } = this;
    this.#row = this.#rows.next();
    this.#type = -1;
    this.#status = 0;
    this.#timeMs = -1;
    this.#region = null;
    this.#ids.clear();
    if (this.#isSpareUsed) this.#spare.fill(0);
    this.#isSpareUsed = false;
    const end = this.#bytes[start] === OPEN ? this.#object(start, this.#keys, false) : -1;
    const isRead = end >= 0 && end - start <= plainBytesMax;
    const isAlone = lineEnd === null || (end <= lineEnd && blankEnd(this.#bytes, end) >= lineEnd);
    if (isRead && isAlone && this.#complete()) return end;
    this.#rows.drop();
    this.values = values;
    return -1;
  }

  #object(start: number, keys: PlainKeys, isNested: boolean): number {
    const bytes = this.#bytes;
    let at = blankEnd(bytes, start + 1);
    if (bytes[at] === CLOSE) {
      this.values++;
      return at + 1;
    }
    let seen = 0;
    let members = 0;
    for (let before = keys.beginning; ; ) {
      if (bytes[at] !== QUOTE) return -1;
      members++;
      let field: plain.PlainField | null = keys.guess(before);
      let isKnown = keys.isAt(at + 1, field);
      if (!isKnown) {
        field = keys.other(before);
        isKnown = keys.isAt(at + 1, field);
      }
      if (isKnown) {
        at += field.key.length + 3;
      } else {
        const end = keys.end(at + 1);
        if (end < 0) return -1;
        field = keys.find(at + 1, end, before);
        at = blankEnd(bytes, end + 1);
        if (bytes[at] !== COLON) return -1;
        at++;
      }
      if (bytes[at]! <= 0x20) at = blankEnd(bytes, at);
      if (field === null) {
        at = this.#ignored(at);
      } else {
        // Of two members of one name the last one counts: that is left to JSON.parse.
        const bit = 1 << field.index;
        at = (seen & bit) === 0 ? this.#value(field, at, isNested) : -1;
        seen |= bit;
        before = field.index;
      }
      if (at < 0) return -1;
      if (bytes[at]! <= 0x20) at = blankEnd(bytes, at);
      const end = bytes[at++];
      if (end === CLOSE) {
        this.values += members;
        return at;
      }
      if (end !== COMMA) return -1;
      if (bytes[at]! <= 0x20) at = blankEnd(bytes, at);
    }
  }

  /** The value of an unknown field. */
  #ignored(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] === QUOTE) return utf8End(bytes, at + 1) + 1 || -1;
    for (const word of literals) if (bytes[at] === word[0]) return wordEnd(bytes, at, word);
    return this.#number.read(bytes, at);
  }

  #value(field: plain.PlainField, at: number, isNested: boolean): number {
    const bytes = this.#bytes;
    const byte = bytes[at];
    if (byte === NULL) return wordEnd(bytes, at, nullWord);
    const isText = byte === QUOTE;
    switch (field.kind) {
      case plain.HASHED:
        return isText
          ? this.#ids.text(field, at + 1)
          : this.#ids.digits(field, at, this.#number.readWhole(bytes, at));
      case plain.TEXT:
        return this.#text(field, at, isText);
      case plain.AMOUNT:
        return this.#amount(field, at);
      case plain.WORD:
        return isText ? this.#word(field, at + 1) : -1;
      case plain.TIMESTAMP:
        return isText ? this.#timeText(at + 1) : this.#timeNumber(at);
      case plain.CONTENT:
        return byte === OPEN && !isNested ? this.#object(at, this.#nestedKeys, true) : -1;
      default:
        return byte === OPEN ? this.#ext(at) : -1;
    }
  }

  #text(field: plain.PlainField, at: number, isText: boolean): number {
    let id: number;
    let end: number;
    if (isText) {
      id = this.#words.read(field, at + 1);
      end = this.#words.end + 1;
    } else {
      end = field.mayBeNumber ? this.#number.readWhole(this.#bytes, at) : -1;
      if (end < 0) return -1;
      id = this.#rows.texts.of(this.#bytes, at, end);
    }
    if (id < 0) return -1;
    const { place } = field;
    if (place < rowCells) this.#rows.set(this.#row, place, id);
    else this.#setSpare(place - rowCells, id);
    return end;
  }

  #setSpare(at: number, id: number): void {
    this.#spare[at] = id;
    this.#isSpareUsed = true;
  }

  #amount({ place, min, max, scale }: plain.PlainField, at: number): number {
    const end = this.#number.read(this.#bytes, at);
    const { value } = this.#number;
    if (end < 0 || value < min || value > max) return -1;
    this.#rows.set(this.#row, place, Math.round(value * scale) + 1);
    return end;
  }

  /** A text of a known list. */
  #word(field: plain.PlainField, at: number): number {
    const words = this.#words;
    const id = words.read(field, at);
    if (id < 0) return -1;
    if (field.place === plain.REGION) {
      this.#region = id === 0 ? null : words.region(id);
      if (id !== 0 && this.#region === null) return -1;
    } else if (field.place === plain.EVENT_TYPE) {
      this.#type = words.type(id);
      if (this.#type < 0) return -1;
    } else {
      this.#status = words.status(id);
      if (this.#status <= 0) return -1;
    }
    return words.end + 1;
  }

  #timeText(from: number): number {
    const bytes = this.#bytes;
    const timeMs = this.#time.read(bytes, from);
    if (timeMs >= 0) return this.#isTime(timeMs) ? from + this.#time.length + 1 : -1;
    const to = utf8End(bytes, from);
    if (to <= from) return to < 0 ? -1 : to + 1;
    const other = parseTimestamp(decoder.decode(bytes.subarray(from, to)));
    return other !== null && this.#isTime(other) ? to + 1 : -1;
  }

  #timeNumber(at: number): number {
    const end = this.#number.read(this.#bytes, at);
    const timeMs = end < 0 ? null : parseTimestamp(this.#number.value);
    return timeMs !== null && this.#isTime(timeMs) ? end : -1;
  }

  #isTime(timeMs: number): boolean {
    this.#timeMs = timeMs;
    return timeMs >= eventTimeMsMin && timeMs <= this.#context.receivedAtMs + clockSkewAheadMsMax;
  }

  /** `ext` is kept as JSON.stringify writes it. */
  #ext(from: number): number {
    const bytes = this.#bytes;
    const to = valueEnd(bytes, from);
    if (to < 0) return -1;
    try {
      const ext = JSON.parse(decoder.decode(bytes.subarray(from, to))) as object;
      if (walkRecord({ ext }, false)) return -1;
      const text = encoder.encode(JSON.stringify(ext));
      if (text.length > extBytesMax) return -1;
      this.#rows.set(this.#row, plain.EXT_TEXT, this.#rows.texts.of(text, 0, text.length));
    } catch {
      return -1;
    }
    this.values += countValues(bytes, from, to);
    return to;
  }

  /** What no field can say alone; then the names of the event, and its place among the others. */
  #complete(): boolean {
    const { nearest, regionScope, receivedAtMs } = this.#context;
    const { cells } = this.#rows;
    const row = this.#row;
    if (!this.#ids.hasEvent) return false;
    if (this.#type < 0 && this.#status === 0) return false;
    const type = this.#type < 0 ? download : this.#type;
    if (this.#isSpareUsed) this.#takeSpare();
    if (cells[row + plain.CONTENT_ID] === 0 && type !== error) return false;
    const region = this.#region ?? nearest;
    if (region === null || regionScope?.has(region.name) === false) return false;
    const timeMs = this.#timeMs < 0 ? receivedAtMs : this.#timeMs;
    cells[row + TIME] = timeMs;
    cells[row + TYPE] = type;
    cells[row + STATUS] = this.#status;
    this.#ids.write(cells, row, timeMs);
    if (!this.#sorter.keep(region)) return true;
    const { completed } = this.#sorter;
    if (this.#timeMs < 0) completed.withoutTime++;
    if (this.#region === null) completed.withoutRegion++;
    return true;
  }

  #takeSpare(): void {
    this.#take(plain.CONTENT_ID, plain.MOVIE_ID);
    this.#take(plain.CONTENT_ID, plain.NESTED_ID);
    this.#take(plain.TITLE, plain.NESTED_TITLE);
    this.#take(plain.CONTENT_TYPE, plain.NESTED_TYPE);
  }

  #take(place: number, spare: number): void {
    const id = this.#spare[spare - rowCells]!;
    if (id !== 0 && this.#rows.cells[this.#row + place] === 0) this.#rows.set(this.#row, place, id);
  }
}
