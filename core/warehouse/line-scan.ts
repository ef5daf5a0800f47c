/** Lines of text from bytes, for NDJSON: each is a record of one field. */
import { RecordScan, type Scanned } from './record-scan.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class LineScan extends RecordScan {
  protected override scan(): Scanned | 'blank' | null {
    const end = this.lineEnd(this.at);
    if (this.isTooLarge(end === -1 ? this.bytes.length : end)) {
      return this.failed('record_too_large', this.at, this.line, -1);
    }
    const behind = end === -1 ? -1 : this.behindNewline(end);
    if (behind === -1) return null;
    const { at, line } = this;
    this.at = behind;
    this.line++;
    const text = decoded(this.bytes.subarray(at, end));
    if (text === null) return { line, code: 'invalid_utf8', field: -1 };
    return text.trim() === '' ? 'blank' : { line, fields: [text] };
  }
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
