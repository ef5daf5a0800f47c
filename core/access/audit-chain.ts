/**
 * The chain of the audit log (AUD-1). Each row's hash covers the row and the hash before it, so that a change anywhere
 * shows where it was made. Who rewrites the rest of the chain as well is found by an anchor: a head, noted elsewhere.
 */
import type { AuditRow, UnchainedRow } from './audit-row.ts';
import { type LogStart, logBeginning, saysStart } from './audit-start.ts';

/** SHA-256. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A place in the chain: of the newest row, or before the first one. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** A head that was noted outside of the table. */
export interface Anchor extends ChainHead {
  readonly at: string;
}

export type FaultKind =
  /** The content or the hash of the row is not what was written, or it was put there by someone else. */
  | 'changed'
  /** It stands where another row stood. */
  | 'swapped'
  /** It was put between two others. */
  | 'inserted'
  /** It is not there, though later ones are. */
  | 'missing'
  /** The rows before the first one are not there. */
  | 'truncated_start'
  /** The rows after the last one are not there, though an anchor knows of them. */
  | 'truncated_end'
  /** The chain is whole in itself, but it is not the one that was anchored. */
  | 'rewritten'
  /** Where the log is said to begin is not where it says itself. */
  | 'forged_start';

export interface ChainFault {
  /** Where it shows first. */
  readonly seq: number;
  readonly kind: FaultKind;
}

export const chainStart: ChainHead = { seq: 0, hash: '0'.repeat(64) };

const canonicalVersion = 1;
const encoder = new TextEncoder();

/** Version, then each field as its length in bytes (32 bits, big endian) and its UTF-8: no two rows share a form. */
export function canonicalRow(row: UnchainedRow & { readonly seq: number }): Uint8Array {
  const { seq, at, actor, role, action, target, country, result, details } = row;
  const fields = [String(seq), at, actor, role, action, target, country, result, details].map((text) =>
    encoder.encode(text),
  );
  const bytes = new Uint8Array(1 + fields.reduce((sum, field) => sum + 4 + field.length, 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = canonicalVersion;
  let offset = 1;
  for (const field of fields) {
    view.setUint32(offset, field.length);
    bytes.set(field, offset + 4);
    offset += 4 + field.length;
  }
  return bytes;
}

/** SHA-256(hash before as hex, canonical form), as hex. */
async function chainHash(
  before: string,
  row: UnchainedRow & { readonly seq: number },
  digest: Digest,
): Promise<string> {
  const [head, body] = [encoder.encode(before), canonicalRow(row)];
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  const hash = await digest(bytes);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The rows behind a head, with their places and hashes. */
export async function chained(
  head: ChainHead,
  rows: readonly UnchainedRow[],
  digest: Digest,
): Promise<AuditRow[]> {
  const done: AuditRow[] = [];
  let { seq, hash } = head;
  for (const row of rows) {
    seq += 1;
    hash = await chainHash(hash, { ...row, seq }, digest);
    done.push({ ...row, seq, hash });
  }
  return done;
}

/** What is noted outside of the table. Read before any row, so that none of it is newer than the rows. */
export interface Outside {
  readonly anchors: readonly Anchor[];
  /** Null where no line was ever removed. */
  readonly start: LogStart | null;
}

/** Checks a table piece by piece: rows in the order of their seq, then the end. Stops at the first fault. */
export class ChainCheck {
  readonly #digest: Digest;
  readonly #start: LogStart | null;
  readonly #anchors: ReadonlyMap<number, string>;
  readonly #newestSeq: number;
  #head: ChainHead;

  /** `head` is where the log begins (logBeginning), or what an earlier check came to. */
  constructor({ anchors, start }: Outside, digest: Digest, head: ChainHead = start ?? chainStart) {
    this.#digest = digest;
    this.#start = start;
    this.#head = { seq: head.seq, hash: head.hash };
    const bySeq = new Map<number, string>();
    for (const { seq, hash } of start ? [...anchors, start] : anchors) {
      // Two that contradict each other: no row can be what both say.
      bySeq.set(seq, (bySeq.get(seq) ?? hash) === hash ? hash : 'disputed');
    }
    this.#anchors = bySeq;
    this.#newestSeq = anchors.reduce((newest, { seq }) => Math.max(newest, seq), start?.line ?? 0);
  }

  /** Of the rows that were checked and are right. */
  get head(): ChainHead {
    return this.#head;
  }

  async take(rows: readonly AuditRow[]): Promise<ChainFault | null> {
    const forged = this.#forgedStart();
    if (forged) return forged;
    for (const [index, row] of rows.entries()) {
      const { seq, hash } = this.#head;
      if (row.seq <= seq) return { seq: row.seq, kind: 'inserted' };
      if (row.seq !== seq + 1)
        return { seq: seq + 1, kind: this.#isAtBeginning() ? 'truncated_start' : 'missing' };
      if ((await chainHash(hash, row, this.#digest)) !== row.hash)
        return { seq: row.seq, kind: await this.#nameOf(row, rows.slice(index + 1)) };
      const anchored = this.#anchors.get(row.seq);
      if (anchored !== undefined && anchored !== row.hash) return { seq: row.seq, kind: 'rewritten' };
      if (this.#start?.line === row.seq && !saysStart(row, this.#start))
        return { seq: row.seq, kind: 'forged_start' };
      this.#head = { seq: row.seq, hash: row.hash };
    }
    return null;
  }

  /** After the last row. */
  end(): ChainFault | null {
    const forged = this.#forgedStart();
    if (forged || this.#newestSeq <= this.#head.seq) return forged;
    return { seq: this.#head.seq + 1, kind: this.#isAtBeginning() ? 'truncated_start' : 'truncated_end' };
  }

  #isAtBeginning(): boolean {
    const { seq } = this.#head;
    return seq === 0 || seq === this.#start?.seq || seq === this.#start?.previous.seq;
  }

  /** A start that another head contradicts, or that no line of the log can name. */
  #forgedStart(): ChainFault | null {
    if (!this.#start) return null;
    const { seq, hash, line, previous } = this.#start;
    const isRight = line > seq && seq > previous.seq && this.#anchors.get(seq) === hash;
    return isRight ? null : { seq, kind: 'forged_start' };
  }

  /** What was done to a row that does not fit: whether one of those behind it would fit in its place. */
  async #nameOf(row: AuditRow, later: readonly AuditRow[]): Promise<FaultKind> {
    for (const [index, other] of later.entries()) {
      const hash = await chainHash(this.#head.hash, { ...other, seq: row.seq }, this.#digest);
      if (hash === row.hash) return 'swapped';
      if (hash === other.hash) return index === 0 && other.seq === row.seq + 1 ? 'inserted' : 'swapped';
    }
    return 'changed';
  }
}

/** Checks a whole chain at once. */
export async function verifyChain(
  rows: readonly AuditRow[],
  anchors: readonly Anchor[],
  digest: Digest,
  start: LogStart | null = null,
): Promise<ChainFault | null> {
  const head = start ? logBeginning(start, rows[0]?.seq) : chainStart;
  const check = new ChainCheck({ anchors, start }, digest, head);
  return (await check.take(rows)) ?? check.end();
}
