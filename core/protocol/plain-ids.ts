/** The ids of a plain record, copied from its bytes to where they are hashed. */
import { IDENTITY, SESSION, USER } from './event-rows.ts';
import { asciiEnd, unitsOf, utf8End } from './json-bytes.ts';
import type { RequestContext } from './judge-request.ts';
import { EVENT_ID, type PlainField, SESSION_ID, USER_ID } from './plain-fields.ts';
import type { SipTail } from './sip-tail.ts';

const QUOTE = 0x22;

export class PlainIds {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** By EVENT_ID, USER_ID, SESSION_ID. */
  readonly #tails: readonly SipTail[];
  /** Where the ids end that were read; 0 where there is none. */
  readonly #ends = new Int32Array(3);

  constructor(bytes: Uint8Array, { identifier, producer }: RequestContext) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { event, user, session } = identifier.tails(producer);
    this.#tails = [event, user, session];
  }

  /** A record begins. */
  clear(): void {
    this.#ends[0] = 0;
    this.#ends[1] = 0;
    this.#ends[2] = 0;
  }

  get hasEvent(): boolean {
    return this.#ends[EVENT_ID] !== 0;
  }

  /** Takes the text behind its opening quote; returns the place behind it, -1 if it is not plain or too long. */
  text({ place, lengthMax }: PlainField, from: number): number {
    const bytes = this.#bytes;
    const tail = this.#tails[place]!;
    const copied = tail.copyWords(this.#view, from, lengthMax);
    let to = asciiEnd(bytes, copied);
    if (bytes[to] !== QUOTE) to = utf8End(bytes, to);
    if (to < 0) return -1;
    // Three bytes at most make one unit.
    if (to - from > lengthMax && (to - from > lengthMax * 3 || unitsOf(bytes, from, to) > lengthMax))
      return -1;
    if (to > from) this.#ends[place] = tail.part(tail.start, tail.copy(bytes, from, to, copied));
    return to + 1;
  }

  /** Takes the digits of a number, up to `to`, which is -1 where there is none. */
  digits({ place }: PlainField, from: number, to: number): number {
    if (to < 0) return -1;
    const tail = this.#tails[place]!;
    this.#ends[place] = tail.part(tail.start, tail.copy(this.#bytes, from, to));
    return to;
  }

  /** Writes identity and pseudonyms into the row at `row`. */
  write(cells: Float64Array, row: number, timeMs: number): void {
    const [event, user, session] = this.#tails as readonly [SipTail, SipTail, SipTail];
    event.hash(event.time(this.#ends[EVENT_ID]!, timeMs));
    cells[row + IDENTITY] = event.hi;
    cells[row + IDENTITY + 1] = event.lo;
    this.#writePseudonym(user, this.#ends[USER_ID]!, cells, row + USER);
    this.#writePseudonym(session, this.#ends[SESSION_ID]!, cells, row + SESSION);
  }

  #writePseudonym(tail: SipTail, end: number, cells: Float64Array, at: number): void {
    if (end === 0) return;
    tail.hash(end);
    cells[at] = tail.hi;
    // 0/0 stands for none.
    cells[at + 1] = tail.hi === 0 && tail.lo === 0 ? 1 : tail.lo;
  }
}
