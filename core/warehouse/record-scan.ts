/** What the scanners of text files (csv-scan.ts, line-scan.ts) share: a window of bytes, and how they go on after a fault. */
import { importRecordBytesMax } from '../protocol/import-limits.ts';
import type { RowFaultCode } from './row-fault.ts';

export const lineFeed = 10;
export const carriageReturn = 13;

/** `fields` are those of a row of CSV, or the one line of NDJSON. A fault names its field by place, -1 for the whole record. */
export type Scanned =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly code: RowFaultCode; readonly field: number };

/** Where a scan stands: only at the beginning of a record, or within a line that is passed over. */
export interface ScanPlace {
  /** From the beginning of the file, in bytes. */
  readonly offset: number;
  /** From 1, of the record that begins there. */
  readonly line: number;
  /** The rest of this line belongs to a record that was rejected. */
  readonly isSkipping: boolean;
}

/** A piece of a file in which records are found. Nothing is copied; `refill` hands over the next piece. */
export abstract class RecordScan {
  protected bytes: Uint8Array = new Uint8Array(0);
  /** Whether the bytes reach to the end of the file. */
  protected isLast = false;
  /** Of the next record, in `bytes`. */
  protected at = 0;
  protected line: number;
  #isSkipping: boolean;
  /** Of bytes[0] in the file. */
  #base: number;

  constructor(place: ScanPlace) {
    this.#base = place.offset;
    this.line = place.line;
    this.#isSkipping = place.isSkipping;
  }

  get place(): ScanPlace {
    return { offset: this.#base + this.at, line: this.line, isSkipping: this.#isSkipping };
  }

  /** Bytes that were handed over and not scanned yet. */
  get rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  /** `bytes` begin at `place.offset`: with rest(), then. */
  refill(bytes: Uint8Array, isLast: boolean): void {
    this.#base += this.at;
    this.at = 0;
    this.bytes = bytes;
    this.isLast = isLast;
  }

  /** The next record or fault; null where the bytes end, at the end of the file or before it. */
  next(): Scanned | null {
    for (;;) {
      if (this.#isSkipping && !this.#skip()) return null;
      if (this.at >= this.bytes.length) return null;
      const scanned = this.scan();
      if (scanned !== 'blank') return scanned;
    }
  }

  /** One record from `at`, which moves behind it; null where more bytes are needed. */
  protected abstract scan(): Scanned | 'blank' | null;

  /** Gives up the record that begins in `named`: the scan goes on at the line behind `from`, which is in `line`. */
  protected failed(code: RowFaultCode, from: number, line: number, field: number, named = line): Scanned {
    this.at = from;
    this.line = line;
    this.#isSkipping = true;
    return { line: named, code, field };
  }

  /** The end of the line from `from`: its newline, the end of the file, or -1 where more bytes are needed. */
  protected lineEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++;
    if (at < bytes.length) return at;
    return this.isLast ? at : -1;
  }

  /** Behind the newline at `at`, if one is there; -1 where it may be half of one. */
  protected behindNewline(at: number): number {
    const { bytes } = this;
    if (at >= bytes.length) return at;
    if (bytes[at] === lineFeed) return at + 1;
    if (at + 1 >= bytes.length) return this.isLast ? at + 1 : -1;
    return bytes[at + 1] === lineFeed ? at + 2 : at + 1;
  }

  /** Whether a record that has not ended yet is too long already. */
  protected isTooLarge(to: number): boolean {
    return to - this.at > importRecordBytesMax;
  }

  #skip(): boolean {
    const end = this.lineEnd(this.at);
    const behind = end === -1 ? -1 : this.behindNewline(end);
    if (behind === -1) {
      // What is passed over is not held; a CR at the end may be half of a newline.
      this.at = end === -1 ? this.bytes.length : end;
      return false;
    }
    this.at = behind;
    this.line++;
    this.#isSkipping = false;
    return true;
  }
}
