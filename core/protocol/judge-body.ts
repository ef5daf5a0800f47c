/**
 * From the bytes of a body to its verdicts. Plain records are judged from their bytes, odd ones one by one from their
 * JSON, and a body that is not JSON as a whole, or not UTF-8, from its text: the result is the same.
 */
import { type BodyResult, parseBody, unparsable } from './body.ts';
import { blankEnd, countValues, valueEnd, wordEnd } from './json-bytes.ts';
import { type JudgedRequest, judgeRequest, type RequestContext, RequestSorter } from './judge-request.ts';
import { recordsPerRequestMax, valuesPerRequestMax } from './limits.ts';
import { PlainRecords } from './plain-record.ts';

export type Framing = 'json' | 'lines';
export type BodyVerdicts =
  | { readonly ok: true; readonly judged: JudgedRequest }
  | Exclude<BodyResult, { readonly ok: true }>;

const [OPEN_LIST, CLOSE_LIST, COMMA, COLON, OPEN, CLOSE, NEWLINE] = [
  0x5b, 0x5d, 0x2c, 0x3a, 0x7b, 0x7d, 0x0a,
];
/** The first of its three bytes. */
const byteOrderMark = 0xef;
const batchKey = new TextEncoder().encode('"batch"');
/** Fewer bytes than an event has, about: rows that are too few grow. */
const eventBytes = 240;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const lenient = new TextDecoder('utf-8');
/** For a part of a body: what looks like a byte order mark there is none. */
const part = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function judgeBody(
  bytes: Uint8Array,
  framing: Framing,
  context: Omit<RequestContext, 'bytesReplaced'>,
): BodyVerdicts {
  const judged = new BodyJudge(bytes, { ...context, bytesReplaced: false }).judge(framing);
  return judged ? { ok: true, judged } : judgeText(bytes, framing, context);
}

/** The general way, which knows all forms and faults. */
export function judgeText(
  bytes: Uint8Array,
  framing: Framing,
  context: Omit<RequestContext, 'bytesReplaced'>,
): BodyVerdicts {
  const { text, bytesReplaced } = decoded(bytes);
  const parsed = parseBody(text, framing);
  if (!parsed.ok) return parsed;
  return { ok: true, judged: judgeRequest(parsed.records, { ...context, bytesReplaced }) };
}

function decoded(bytes: Uint8Array): { readonly text: string; readonly bytesReplaced: boolean } {
  try {
    return { text: strict.decode(bytes), bytesReplaced: false };
  } catch {
    return { text: lenient.decode(bytes), bytesReplaced: true };
  }
}

class BodyJudge {
  readonly #bytes: Uint8Array;
  readonly #sorter: RequestSorter;
  readonly #plain: PlainRecords;
  readonly #isLarge: boolean;

  constructor(bytes: Uint8Array, context: RequestContext) {
    this.#bytes = bytes;
    this.#sorter = new RequestSorter(
      context,
      Math.min(bytes.length / eventBytes, recordsPerRequestMax) >>> 0,
    );
    this.#plain = new PlainRecords(bytes, context, this.#sorter);
    this.#isLarge = bytes.length > valuesPerRequestMax;
  }

  /** Null where the body as a whole is to be judged from its text. */
  judge(framing: Framing): JudgedRequest | null {
    if (this.#bytes[0] === byteOrderMark) return null;
    const isJudged = framing === 'lines' ? this.#lines() : this.#json();
    return isJudged && this.#plain.values <= valuesPerRequestMax ? this.#sorter.result() : null;
  }

  #json(): boolean {
    const bytes = this.#bytes;
    const start = blankEnd(bytes, 0);
    if (bytes[start] === OPEN_LIST) return this.#isEnd(this.#list(start));
    if (bytes[start] !== OPEN) return false;
    const list = this.#batch(start);
    if (list < 0) return this.#plain.judge(start, bytes.length) >= 0;
    const end = this.#list(list);
    const close = end < 0 ? -1 : blankEnd(bytes, end);
    return bytes[close] === CLOSE && this.#isEnd(close + 1);
  }

  /** Where the list begins in `{"batch": [`; -1 where something else stands. */
  #batch(start: number): number {
    const bytes = this.#bytes;
    const keyEnd = wordEnd(bytes, blankEnd(bytes, start + 1), batchKey);
    const colon = keyEnd < 0 ? -1 : blankEnd(bytes, keyEnd);
    const list = bytes[colon] === COLON ? blankEnd(bytes, colon + 1) : -1;
    if (bytes[list] !== OPEN_LIST) return -1;
    this.#plain.values++;
    return list;
  }

  #isEnd(at: number): boolean {
    return at >= 0 && blankEnd(this.#bytes, at) >= this.#bytes.length;
  }

  /** Behind the list at `start`; -1 where it is none. */
  #list(start: number): number {
    const bytes = this.#bytes;
    this.#plain.values++;
    let at = blankEnd(bytes, start + 1);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    for (;;) {
      if (this.#sorter.received === recordsPerRequestMax) return -1;
      at = blankEnd(bytes, at);
      let end = this.#plain.judge(at, null);
      if (end < 0) {
        end = valueEnd(bytes, at);
        if (end < 0 || !this.#odd(at, end, false)) return -1;
      }
      end = blankEnd(bytes, end);
      if (bytes[end] === CLOSE_LIST) return end + 1;
      if (bytes[end] !== COMMA) return -1;
      this.#plain.values++;
      at = end + 1;
    }
  }

  #lines(): boolean {
    const bytes = this.#bytes;
    for (let from = 0; from < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, from);
      const to = newline < 0 ? bytes.length : newline;
      const start = blankEnd(bytes, from);
      if (start < to) {
        if (this.#sorter.received === recordsPerRequestMax) return false;
        if (this.#plain.judge(start, to) < 0 && !this.#odd(from, to, true)) return false;
      }
      from = to + 1;
    }
    // A body of blanks alone is none.
    return this.#sorter.received > 0;
  }

  /** A record that is not plain, or not to be accepted. Where it is not JSON, only a line may be so by itself. */
  #odd(from: number, to: number, isLine: boolean): boolean {
    const text = textOf(this.#bytes, from, to);
    if (text === null) return false;
    this.#plain.values += countValues(this.#bytes, from, to);
    const raw = parsed(text);
    if (raw === unparsable && (!isLine || this.#isLarge)) return false;
    this.#sorter.judge(raw);
    return true;
  }
}

function textOf(bytes: Uint8Array, from: number, to: number): string | null {
  try {
    return part.decode(bytes.subarray(from, to));
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return unparsable;
  }
}
