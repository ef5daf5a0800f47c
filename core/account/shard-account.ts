/**
 * The account of a range of a shard's log (ING-6b): what became of each event, per producer and minute of receipt, and
 * which door numbers they bore. Merging is exact and knows no order.
 */
import { assert } from '../protocol/assert.ts';
import { FormatError } from '../protocol/bytes.ts';
import { decodeChunkHeader } from '../protocol/chunk.ts';
import type { ChunkHeader } from '../protocol/chunk-header.ts';
import { shardAccountVersion } from '../protocol/version.ts';
import { IntervalSet } from '../window/interval-set.ts';
import { DUPLICATE, LATE, type LoggedChunk, type LogRow } from '../window/log-row.ts';
import { parseJson } from '../window/region-knowledge.ts';
import { minuteOf } from '../window/time.ts';

export interface AccountLine {
  readonly producer: string;
  /** EpochMinute of receipt at the door. */
  readonly minute: number;
  counted: number;
  late: number;
  duplicates: number;
  /** Twins within a request, as the headers of its chunks tell. */
  twins: number;
  /** Door numbers of the events, by door. */
  readonly numbers: Map<string, IntervalSet>;
}

/** [producer, minute, counted, late, duplicates, twins, [[door, bounds], ...]] */
type StoredLine = readonly [string, number, number, number, number, number, StoredNumbers];
type StoredNumbers = readonly (readonly [door: string, bounds: readonly number[]])[];

interface StoredAccount {
  readonly v: number;
  readonly lines: readonly StoredLine[];
  readonly voids: StoredNumbers;
}

export class ShardAccount {
  readonly #lines = new Map<string, AccountLine>();
  /** Numbers that doors declared void, by door; some of them may have come all the same. */
  readonly voids = new Map<string, IntervalSet>();

  /** By minute, then producer. */
  get lines(): readonly AccountLine[] {
    return [...this.#lines.values()].sort(byMinute);
  }

  /** Minutes of receipt of what it holds; null where it holds nothing. Both inclusive. */
  get span(): { readonly fromMinute: number; readonly toMinute: number } | null {
    let span: { fromMinute: number; toMinute: number } | null = null;
    for (const { minute } of this.#lines.values()) {
      span ??= { fromMinute: minute, toMinute: minute };
      span.fromMinute = Math.min(span.fromMinute, minute);
      span.toMinute = Math.max(span.toMinute, minute);
    }
    return span;
  }

  /** Every row of the log is to be added once. Throws FormatError. */
  addRow(row: LogRow): void {
    for (const chunk of row.chunks) this.#addChunk(decodeChunkHeader(chunk.bytes), chunk);
  }

  #addChunk(header: ChunkHeader, { verdicts }: LoggedChunk): void {
    assert(verdicts === null || verdicts.length === header.count, 'one verdict an event');
    const line = this.#lineOf(header.producer, minuteOf(header.receivedAtMs));
    const late = countOf(verdicts, LATE);
    const duplicates = countOf(verdicts, DUPLICATE);
    line.counted += header.count - late - duplicates;
    line.late += late;
    line.duplicates += duplicates;
    line.twins += header.twins;
    addNumbers(line.numbers, header.door, [header.firstNumber, header.firstNumber + header.count]);
    addNumbers(this.voids, header.door, header.voids.flat());
  }

  /** Adds an account of other rows. */
  merge(other: ShardAccount): void {
    for (const line of other.#lines.values()) {
      const mine = this.#lineOf(line.producer, line.minute);
      mine.counted += line.counted;
      mine.late += line.late;
      mine.duplicates += line.duplicates;
      mine.twins += line.twins;
      for (const [door, { bounds }] of line.numbers) addNumbers(mine.numbers, door, bounds);
    }
    for (const [door, { bounds }] of other.voids) addNumbers(this.voids, door, bounds);
  }

  /** The same text for the same account, in whatever order it was added up. */
  encode(): string {
    const lines = this.lines.map(
      (line): StoredLine => [
        line.producer,
        line.minute,
        line.counted,
        line.late,
        line.duplicates,
        line.twins,
        storedNumbers(line.numbers),
      ],
    );
    return JSON.stringify({ v: shardAccountVersion, lines, voids: storedNumbers(this.voids) });
  }

  /** Throws FormatError. */
  static decode(text: string): ShardAccount {
    const stored = parseJson<StoredAccount>(text, 'an account');
    if (stored?.v !== shardAccountVersion) throw new FormatError(`account version ${stored?.v} is not known`);
    if (!isAccount(stored)) throw new FormatError('an account has another form');
    const account = new ShardAccount();
    for (const [producer, minute, counted, late, duplicates, twins, numbers] of stored.lines) {
      const line = account.#lineOf(producer, minute);
      Object.assign(line, { counted, late, duplicates, twins });
      for (const [door, bounds] of numbers) addNumbers(line.numbers, door, bounds);
    }
    for (const [door, bounds] of stored.voids) addNumbers(account.voids, door, bounds);
    return account;
  }

  #lineOf(producer: string, minute: number): AccountLine {
    const key = `${minute}/${producer}`;
    let line = this.#lines.get(key);
    if (!line) {
      line = { producer, minute, counted: 0, late: 0, duplicates: 0, twins: 0, numbers: new Map() };
      this.#lines.set(key, line);
    }
    return line;
  }
}

/** The account of rows of a log. Throws FormatError. */
export function accountOf(rows: Iterable<LogRow>): ShardAccount {
  const account = new ShardAccount();
  for (const row of rows) account.addRow(row);
  return account;
}

function countOf(verdicts: Uint8Array | null, wanted: number): number {
  let count = 0;
  for (const verdict of verdicts ?? []) if (verdict === wanted) count++;
  return count;
}

/** `bounds`: from, to, from, to, ...; half-open. */
function addNumbers(held: Map<string, IntervalSet>, door: string, bounds: readonly number[]): void {
  if (bounds.length === 0) return;
  let numbers = held.get(door);
  if (!numbers) {
    numbers = new IntervalSet();
    held.set(door, numbers);
  }
  for (let i = 0; i < bounds.length; i += 2) numbers.add(bounds[i] as number, bounds[i + 1] as number);
}

function storedNumbers(held: ReadonlyMap<string, IntervalSet>): StoredNumbers {
  return [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([door, { bounds }]) => [door, bounds]);
}

function byMinute(a: AccountLine, b: AccountLine): number {
  if (a.minute !== b.minute) return a.minute - b.minute;
  return a.producer < b.producer ? -1 : 1;
}

function isAccount({ lines, voids }: Partial<StoredAccount>): boolean {
  const isLine = (line: StoredLine): boolean =>
    Array.isArray(line) &&
    typeof line[0] === 'string' &&
    line.slice(1, 6).every(Number.isSafeInteger) &&
    isNumbers(line[6]);
  return Array.isArray(lines) && lines.every(isLine) && isNumbers(voids);
}

function isNumbers(numbers: unknown): boolean {
  const isBounds = (bounds: unknown): boolean =>
    Array.isArray(bounds) && bounds.length % 2 === 0 && bounds.every(Number.isSafeInteger);
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && typeof pair[0] === 'string' && isBounds(pair[1]);
  return Array.isArray(numbers) && numbers.every(isPair);
}
