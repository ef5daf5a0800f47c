/** The statement of accounts of a range of minutes of receipt (ING-6, ING-6b): what came in, and what became of it. */
import type { DoorHole } from '../window/door-holes.ts';
import { IntervalSet } from '../window/interval-set.ts';
import { minuteOf } from '../window/time.ts';
import type { ShardAddress } from '../window/verdict.ts';
import { DoorNumbers } from './door-numbers.ts';
import type { HoleFate } from './hole-fate.ts';
import type { ShardAccount } from './shard-account.ts';

export interface RejectLine {
  readonly producer: string;
  readonly minute: number;
  /** Rejected records by code. */
  readonly rejected: ReadonlyMap<string, number>;
  readonly twins: number;
}

/** A chunk that lies among the dead letters. */
export interface DeadChunk extends ShardAddress {
  readonly door: string;
  readonly firstNumber: number;
  readonly count: number;
  readonly producer: string;
  readonly receivedAtMs: number;
  readonly twins: number;
  /** Numbers of the door that the header declared void, which the shard was never told: flat bounds. */
  readonly voids: readonly number[];
}

export interface Hole extends ShardAddress, DoorHole {
  readonly fate: HoleFate;
}

export interface AccountSources {
  readonly accounts: readonly (ShardAddress & { readonly account: ShardAccount })[];
  readonly rejects: readonly RejectLine[];
  readonly deadChunks: readonly DeadChunk[];
  readonly holes: readonly Hole[];
}

export const accountFigures = [
  'received',
  'accepted',
  'rejected',
  'twins',
  'counted',
  'late',
  'duplicates',
  'dead_lettered',
  'in_flight',
  'overdue',
  'missing',
] as const;
export type AccountFigure = (typeof accountFigures)[number];

export type Figures = Record<AccountFigure, number>;

export interface StatementLine extends Figures {
  readonly producer: string;
  readonly minute: number;
  readonly rejected_by_code: Readonly<Record<string, number>>;
  /** Numbers under which the log holds more than one event: never, unless something counted twice. */
  readonly numbered_twice: number;
}

/** By minute, then producer: every line of the range, fromMinute <= minute < toMinute. */
export function statementOf(sources: AccountSources, fromMinute: number, toMinute: number): StatementLine[] {
  const book = new Book(fromMinute, toMinute);
  const seen = new DoorNumbers();
  const voids = new DoorNumbers();
  const dead = new DoorNumbers();
  for (const { account, ...shard } of sources.accounts) {
    for (const line of account.lines) {
      const { producer, minute, counted, late, duplicates, twins } = line;
      let fresh = 0;
      for (const [door, { bounds }] of line.numbers) fresh += seen.add(shard, door, bounds);
      const numbered_twice = counted + late + duplicates - fresh;
      book.add(producer, minute, { counted, late, duplicates, twins, numbered_twice, accepted: fresh });
    }
    for (const [door, { bounds }] of account.voids) voids.add(shard, door, bounds);
  }
  for (const chunk of sources.deadChunks) voids.add(chunk, chunk.door, chunk.voids);
  for (const chunk of sources.deadChunks) {
    const { door, firstNumber, count, producer, receivedAtMs, twins } = chunk;
    const numbers = seen.without(chunk, door, voids.without(chunk, door, [firstNumber, firstNumber + count]));
    const buried = dead.add(chunk, door, numbers);
    // A chunk whose numbers are all in the log, or void, is told of elsewhere, and its twins with it.
    const told = buried > 0 ? twins : 0;
    book.add(producer, minuteOf(receivedAtMs), { dead_lettered: buried, accepted: buried, twins: told });
  }
  for (const hole of sources.holes) {
    const { door, from, to, producer, receivedAtMs, fate } = hole;
    const open = sizeOf(
      seen.without(hole, door, dead.without(hole, door, voids.without(hole, door, [from, to]))),
    );
    book.add(producer, minuteOf(receivedAtMs), { [fate]: open, accepted: open });
  }
  for (const { producer, minute, rejected, twins } of sources.rejects) {
    book.add(producer, minute, { twins });
    for (const [code, count] of rejected) book.reject(producer, minute, code, count);
  }
  return book.lines();
}

type OpenLine = { -readonly [K in keyof StatementLine]: StatementLine[K] } & {
  rejected_by_code: Record<string, number>;
};

class Book {
  readonly #lines = new Map<string, OpenLine>();
  readonly #fromMinute: number;
  readonly #toMinute: number;

  constructor(fromMinute: number, toMinute: number) {
    this.#fromMinute = fromMinute;
    this.#toMinute = toMinute;
  }

  add(producer: string, minute: number, figures: Partial<Figures & { numbered_twice: number }>): void {
    const line = this.#lineOf(producer, minute);
    if (!line) return;
    for (const [name, value] of Object.entries(figures)) line[name as AccountFigure] += value;
  }

  reject(producer: string, minute: number, code: string, count: number): void {
    const line = this.#lineOf(producer, minute);
    if (!line) return;
    line.rejected += count;
    line.rejected_by_code[code] = (line.rejected_by_code[code] ?? 0) + count;
  }

  lines(): StatementLine[] {
    const lines = [...this.#lines.values()];
    for (const line of lines) line.received = line.accepted + line.rejected + line.twins;
    const told = lines.filter((line) => line.received > 0 || line.numbered_twice !== 0);
    return told.sort((a, b) => a.minute - b.minute || (a.producer < b.producer ? -1 : 1));
  }

  #lineOf(producer: string, minute: number): OpenLine | null {
    if (minute < this.#fromMinute || minute >= this.#toMinute) return null;
    const key = `${minute}/${producer}`;
    let line = this.#lines.get(key);
    if (!line) {
      line = { producer, minute, ...noFigures(), rejected_by_code: {}, numbered_twice: 0 };
      this.#lines.set(key, line);
    }
    return line;
  }
}

export function noFigures(): Figures {
  return Object.fromEntries(accountFigures.map((name) => [name, 0])) as Figures;
}

function sizeOf(bounds: readonly number[]): number {
  return new IntervalSet(bounds).bounds.reduce((sum, bound, i) => sum + (i % 2 === 0 ? -bound : bound), 0);
}

/** Sums of lines: of a producer, or of all. */
export function totalOf(lines: readonly StatementLine[]): Figures & { readonly numbered_twice: number } {
  const total = { ...noFigures(), numbered_twice: 0 };
  for (const line of lines) {
    for (const name of accountFigures) total[name] += line[name];
    total.numbered_twice += line.numbered_twice;
  }
  return total;
}

/** Why the accounts do not add up, in words; empty where they do. What is in flight or overdue may still come. */
export function whyNot({
  missing,
  numbered_twice,
}: Pick<StatementLine, 'missing' | 'numbered_twice'>): string[] {
  return [
    ...(missing > 0 ? [`${events(missing)} accepted and never seen: the queue no longer has them`] : []),
    ...(numbered_twice > 0 ? [`${events(numbered_twice)} in the log under numbers of others`] : []),
    ...(numbered_twice < 0 ? [`${events(-numbered_twice)} fewer in the log than have numbers`] : []),
  ];
}

const events = (count: number): string => (count === 1 ? '1 event' : `${grouped(count)} events`);

/** 1,234,567 */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
