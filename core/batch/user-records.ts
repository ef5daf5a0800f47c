import { assert } from '../protocol/assert.ts';
import { filmsPerUserMax } from '../protocol/batch-limits.ts';
import { FormatError } from '../protocol/bytes.ts';

/** Of one event, or of several of a user that tell the same content. */
export interface UserRecord {
  readonly userHi: number;
  readonly userLo: number;
  /** Of the key that made the pseudonym. */
  readonly version: number;
  /** Hash of the content that was viewed; both 0 for what was no view of a content. */
  readonly contentHi: number;
  readonly contentLo: number;
  readonly events: number;
  /** Events that tell a duration, and the sum. */
  readonly durations: number;
  readonly durationMs: number;
}

/** Order of the bytes: part of the format in which records rest between two steps. */
const smallColumns = [
  'userHi',
  'userLo',
  'version',
  'contentHi',
  'contentLo',
  'events',
  'durations',
] as const satisfies readonly (keyof UserRecord)[];

/** The first of them tell records apart. */
const keyColumns = 5;

/** Of one record among bytes. */
export const userRecordBytes = 8 + smallColumns.length * 4;

/** What users did, as columns of a capacity that is set beforehand: some 36 B a record. */
export class UserRecords {
  #count = 0;
  readonly #small: Uint32Array[];
  readonly #durationMs: Float64Array;

  constructor(capacity: number) {
    this.#small = smallColumns.map(() => new Uint32Array(capacity));
    this.#durationMs = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  add(record: UserRecord): void {
    assert(this.#count < this.#durationMs.length, 'more records than were reserved');
    for (const [at, name] of smallColumns.entries()) this.#column(at)[this.#count] = record[name];
    this.#durationMs[this.#count++] = record.durationMs;
  }

  at(index: number): UserRecord {
    const value = (column: number): number => this.#column(column)[index] as number;
    return {
      userHi: value(0),
      userLo: value(1),
      version: value(2),
      contentHi: value(3),
      contentLo: value(4),
      events: value(5),
      durations: value(6),
      durationMs: this.#durationMs[index] as number,
    };
  }

  /**
   * By user and content, one record each: whatever the order and the grouping in which records came, the same. Of one
   * user at most filmsPerUserMax contents are told apart, so that nobody fills a step; the rest are added to the last.
   */
  reduced(): UserRecords {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => this.#compare(a, b));
    const merged = new UserRecords(this.#count);
    let films = 0;
    for (const i of order) {
      const record = this.at(i);
      const isSameUser = merged.#count > 0 && merged.#isUser(merged.#count - 1, record);
      if (!isSameUser) films = 0;
      const isSame = isSameUser && merged.#isContent(merged.#count - 1, record);
      const isFilm = record.contentHi !== 0 || record.contentLo !== 0;
      if (isSame || (isSameUser && isFilm && films >= filmsPerUserMax)) merged.#increase(record);
      else {
        merged.add(record);
        if (isFilm) films++;
      }
    }
    return merged;
  }

  /** Bytes of the records from `start` up to but not including `end`. */
  toBytes(start = 0, end = this.#count): Uint8Array {
    const length = end - start;
    const bytes = new Uint8Array(length * userRecordBytes);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < length; i++) view.setFloat64(i * 8, this.#durationMs[start + i] as number, true);
    for (const at of smallColumns.keys()) {
      const offset = length * (8 + at * 4);
      const column = this.#column(at);
      for (let i = 0; i < length; i++) view.setUint32(offset + i * 4, column[start + i] as number, true);
    }
    return bytes;
  }

  /** Adds what toBytes gave. Throws FormatError. */
  addBytes(bytes: Uint8Array): void {
    const length = bytes.length / userRecordBytes;
    if (!Number.isInteger(length)) throw new FormatError(`${bytes.length} bytes are no records of users`);
    assert(this.#count + length <= this.#durationMs.length, 'more records than were reserved');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < length; i++) this.#durationMs[this.#count + i] = view.getFloat64(i * 8, true);
    for (const at of smallColumns.keys()) {
      const offset = length * (8 + at * 4);
      const column = this.#column(at);
      for (let i = 0; i < length; i++) column[this.#count + i] = view.getUint32(offset + i * 4, true);
    }
    this.#count += length;
  }

  #column(at: number): Uint32Array {
    return this.#small[at] as Uint32Array;
  }

  /** By user first, and what is no view before contents: the order of partitions, too. */
  #compare(a: number, b: number): number {
    for (let at = 0; at < keyColumns; at++) {
      const column = this.#column(at);
      const difference = (column[a] as number) - (column[b] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #isUser(index: number, { userHi, userLo, version }: UserRecord): boolean {
    const held = this.at(index);
    return held.userHi === userHi && held.userLo === userLo && held.version === version;
  }

  #isContent(index: number, { contentHi, contentLo }: UserRecord): boolean {
    const held = this.at(index);
    return held.contentHi === contentHi && held.contentLo === contentLo;
  }

  /** Adds the figures of a record to the last one. */
  #increase({ events, durations, durationMs }: UserRecord): void {
    const last = this.#count - 1;
    const [eventsOf, durationsOf] = [this.#column(5), this.#column(6)];
    eventsOf[last] = (eventsOf[last] as number) + events;
    durationsOf[last] = (durationsOf[last] as number) + durations;
    this.#durationMs[last] = (this.#durationMs[last] as number) + durationMs;
  }
}
