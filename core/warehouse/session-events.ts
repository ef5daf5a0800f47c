/** Events that sessions are put together from (SES-1), as columns of a capacity that is set beforehand. */
import type { LakeRows } from '../lake/lake-rows.ts';
import { assert } from '../protocol/assert.ts';
import { FormatError } from '../protocol/bytes.ts';
import type { TextColumn } from '../protocol/chunk.ts';
import { COMPLETE, eventTypes } from '../protocol/event-type.ts';

/** Part of the format in which records rest between two steps. Nullable numbers are + 1, texts codes; 0 stands for none. */
const wordColumns = [
  'sessionHi',
  'sessionLo',
  'version',
  'userHi',
  'userLo',
  'identityHi',
  'identityLo',
  'type',
  'durationMs',
  'completionMilli',
  'bufferingCount',
  'contentId',
  'deviceType',
  'quality',
  'country',
  'subscriptionType',
] as const;
type WordColumn = (typeof wordColumns)[number];
type Words = Readonly<Record<WordColumn, Uint32Array>>;

const textNames = ['contentId', 'deviceType', 'quality', 'country', 'subscriptionType'] as const;
type TextName = (typeof textNames)[number];
const isText = (name: WordColumn): name is TextName => textNames.some((text) => text === name);

/** Bytes of one record, its texts aside. */
const sessionEventBytes = 8 + wordColumns.length * 4;
const headBytes = 8;

/** What tells that somebody watches. Ratings, downloads and errors neither begin, cut nor prolong a sitting. */
const isWatching: readonly boolean[] = eventTypes.map((type) =>
  ['view', 'pause', 'resume', 'progress', 'complete'].includes(type),
);

export class SessionEvents {
  #count = 0;
  readonly timeMs: Float64Array;
  readonly words: Words;
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];

  constructor(capacity: number) {
    this.timeMs = new Float64Array(capacity);
    this.words = Object.fromEntries(
      wordColumns.map((name) => [name, new Uint32Array(capacity)]),
    ) as unknown as Words;
  }

  get count(): number {
    return this.#count;
  }

  text(name: TextName, i: number): string | null {
    return this.#texts[(this.words[name][i] as number) - 1] ?? null;
  }

  /** Of a nullable number. */
  number(name: 'durationMs' | 'completionMilli' | 'bufferingCount', i: number): number | null {
    const stored = this.words[name][i] as number;
    return stored === 0 ? null : stored - 1;
  }

  codeOf(text: string): number {
    const code = this.#codes.get(text);
    if (code !== undefined) return code;
    this.#texts.push(text);
    this.#codes.set(text, this.#texts.length);
    return this.#texts.length;
  }

  /** Room for one more; returns its place, for the caller to fill. */
  reserve(): number {
    assert(this.#count < this.timeMs.length, 'more events than were reserved');
    return this.#count++;
  }

  /**
   * By session and user, then time; in one millisecond by content, and what completes it behind the rest of it. The same
   * whatever the order was in which they were added.
   */
  order(): Uint32Array {
    const { sessionHi, sessionLo, version, userHi, userLo, identityHi, identityLo, type } = this.words;
    const before = [sessionHi, sessionLo, version, userHi, userLo, this.timeMs];
    const behind = [identityHi, identityLo];
    return Uint32Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) =>
        difference(before, a, b) ||
        this.#compareContents(a, b) ||
        Number(type[a] === COMPLETE) - Number(type[b] === COMPLETE) ||
        difference(behind, a, b),
    );
  }

  #compareContents(a: number, b: number): number {
    const { contentId } = this.words;
    if (contentId[a] === contentId[b]) return 0;
    return String(this.text('contentId', a)) < String(this.text('contentId', b)) ? -1 : 1;
  }

  /** The events at `places` as bytes, with the texts that they need. */
  toBytes(places: Uint32Array): Uint8Array {
    const texts: string[] = [];
    const codes = new Map<number, number>();
    const renumbered = (code: number): number => {
      if (code === 0) return 0;
      const known = codes.get(code) ?? texts.push(this.#texts[code - 1] as string);
      codes.set(code, known);
      return known;
    };
    const columns = wordColumns.map((name) => {
      const column = this.words[name];
      return isText(name)
        ? places.map((i) => renumbered(column[i] as number))
        : places.map((i) => column[i] as number);
    });
    const list = new TextEncoder().encode(JSON.stringify(texts));
    const count = places.length;
    const bytes = new Uint8Array(headBytes + count * sessionEventBytes + list.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, count, true);
    view.setUint32(4, list.length, true);
    let at = headBytes;
    for (const i of places) {
      view.setFloat64(at, this.timeMs[i] as number, true);
      at += 8;
    }
    for (const column of columns) {
      for (const value of column) {
        view.setUint32(at, value, true);
        at += 4;
      }
    }
    bytes.set(list, at);
    return bytes;
  }

  /** Adds what toBytes gave. Throws FormatError. */
  addBytes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [count, listBytes] =
      bytes.length < headBytes ? [-1, 0] : [view.getUint32(0, true), view.getUint32(4, true)];
    if (bytes.length !== headBytes + count * sessionEventBytes + listBytes)
      throw new FormatError(`${bytes.length} bytes are no events of sessions`);
    const list = new TextDecoder().decode(bytes.subarray(bytes.length - listBytes));
    const codes = [0, ...(JSON.parse(list) as string[]).map((text) => this.codeOf(text))];
    const first = this.#count;
    assert(first + count <= this.timeMs.length, 'more events than were reserved');
    let at = headBytes;
    for (let i = 0; i < count; i++, at += 8) this.timeMs[first + i] = view.getFloat64(at, true);
    for (const name of wordColumns) {
      const column = this.words[name];
      const renumber = isText(name);
      for (let i = 0; i < count; i++, at += 4) {
        const value = view.getUint32(at, true);
        column[first + i] = renumber ? (codes[value] as number) : value;
      }
    }
    this.#count += count;
  }
}

function difference(columns: readonly ArrayLike<number>[], a: number, b: number): number {
  for (const column of columns) {
    const by = (column[a] as number) - (column[b] as number);
    if (by !== 0) return by;
  }
  return 0;
}

/** Columns of the lake that sessionAdder reads. */
export const sessionFields = [
  'timeMs',
  'type',
  'identity',
  'user',
  'session',
  'pseudonymVersion',
  'contentId',
  'deviceType',
  'quality',
  'country',
  'subscriptionType',
  'durationMs',
  'completionMilli',
  'bufferingCount',
] as const;

/** Adds an event of rows, if it is of watching and tells session, user and content: without these there is no fact. */
export function sessionAdder(rows: LakeRows, events: SessionEvents): (i: number) => void {
  const { columns } = rows;
  const { session, user, identity, type } = columns;
  const coded = textNames.map((name) => ({ target: events.words[name], ...codesIn(columns[name], events) }));
  const { words } = events;
  return (i) => {
    if (!isWatching[type[i] as number] || columns.contentId.codes[i] === 0) return;
    if ((session.hi[i] === 0 && session.lo[i] === 0) || (user.hi[i] === 0 && user.lo[i] === 0)) return;
    const at = events.reserve();
    events.timeMs[at] = columns.timeMs[i] as number;
    words.sessionHi[at] = session.hi[i] as number;
    words.sessionLo[at] = session.lo[i] as number;
    words.version[at] = rows.pseudonymVersion[i] as number;
    words.userHi[at] = user.hi[i] as number;
    words.userLo[at] = user.lo[i] as number;
    words.identityHi[at] = identity.hi[i] as number;
    words.identityLo[at] = identity.lo[i] as number;
    words.type[at] = type[i] as number;
    words.durationMs[at] = columns.durationMs[i] as number;
    words.completionMilli[at] = columns.completionMilli[i] as number;
    words.bufferingCount[at] = columns.bufferingCount[i] as number;
    for (const { target, codes, known } of coded) target[at] = known[codes[i] as number] as number;
  };
}

/** Codes of a column of rows, and what each is among the texts of `events`. */
function codesIn({ texts, codes }: TextColumn, events: SessionEvents) {
  return { codes, known: [0, ...texts.map((text) => events.codeOf(text))] };
}
