/** The stand-in's messages in SQLite: a row a message, and a row for each delivery that is still to be made of it. */
import { chance, type Disorder, type QueueState } from '../protocol.ts';

export interface DueDelivery {
  readonly id: number;
  readonly message: number;
  readonly copy: number;
  /** Of this delivery, from 1. */
  readonly attempts: number;
  readonly sentAtMs: number;
  readonly body: ArrayBuffer;
}

/** As wrangler.toml has it. */
const retriesMax = 100;
const lostAckDelayMs = 1_000;
const tables = [
  'CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, sent_at INTEGER NOT NULL, body BLOB NOT NULL)',
  `CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, copy INTEGER NOT NULL,
     due_at INTEGER NOT NULL, rank REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 0)`,
  'CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (taken, due_at)',
  'CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (message)',
  'CREATE TABLE IF NOT EXISTS dead (message INTEGER PRIMARY KEY, sent_at INTEGER NOT NULL, body BLOB NOT NULL)',
  'CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL)',
];
const countUp =
  'INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value';

export class MessageStore {
  readonly #sql: SqlStorage;
  readonly #disorder: Disorder;

  constructor(sql: SqlStorage, disorder: Disorder) {
    this.#sql = sql;
    this.#disorder = disorder;
    for (const table of tables) sql.exec(table);
    // What was under way when the object died is delivered again.
    sql.exec('UPDATE deliveries SET taken = 0 WHERE taken = 1');
  }

  add(body: Uint8Array, nowMs: number): void {
    const { seed, delayMsMax } = this.#disorder;
    const { id: message } = this.#sql
      .exec<{ id: number }>('INSERT INTO messages (sent_at, body) VALUES (?, ?) RETURNING id', nowMs, body)
      .one();
    for (let copy = 0; copy < this.#copies(message); copy++) {
      const dueAt = nowMs + Math.floor(chance(seed, message, copy, 2) * delayMsMax);
      const rank = delayMsMax === 0 ? 0 : chance(seed, message, copy, 3);
      this.#sql.exec(
        'INSERT INTO deliveries (message, copy, due_at, rank) VALUES (?, ?, ?, ?)',
        message,
        copy,
        dueAt,
        rank,
      );
    }
    this.#sql.exec(countUp, 'messages', 1);
  }

  #copies(message: number): number {
    const { seed, twice, tenfold } = this.#disorder;
    const dice = chance(seed, message, 1);
    return dice < tenfold ? 10 : dice < tenfold + twice ? 2 : 1;
  }

  /** At most `limit` of those that are due, in the seed's order. They are under way from here on. */
  take(limit: number, nowMs: number): DueDelivery[] {
    const due = this.#sql
      .exec<{
        id: number;
        message: number;
        copy: number;
        attempts: number;
        sent_at: number;
        body: ArrayBuffer;
      }>(
        `SELECT d.id, d.message, d.copy, d.attempts + 1 AS attempts, m.sent_at, m.body FROM deliveries d
           JOIN messages m ON m.id = d.message WHERE d.taken = 0 AND d.due_at <= ? ORDER BY d.rank, d.id LIMIT ?`,
        nowMs,
        limit,
      )
      .toArray();
    for (const { id } of due)
      this.#sql.exec('UPDATE deliveries SET taken = 1, attempts = attempts + 1 WHERE id = ?', id);
    if (due.length > 0) this.#sql.exec(countUp, 'deliveries', due.length);
    return due.map(({ sent_at, ...delivery }) => ({ ...delivery, sentAtMs: sent_at }));
  }

  /** Over, unless the seed loses the acknowledgement. */
  acknowledge({ id, message, copy, attempts }: DueDelivery, nowMs: number): void {
    const { seed, lostAcks } = this.#disorder;
    if (chance(seed, message, copy, attempts, 4) < lostAcks) {
      this.#again(id, nowMs + lostAckDelayMs);
      this.#sql.exec(countUp, 'lostAcks', 1);
      return;
    }
    this.#sql.exec('DELETE FROM deliveries WHERE id = ?', id);
    this.#sql.exec(
      'DELETE FROM messages WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE message = ?1)',
      message,
    );
  }

  retry(delivery: DueDelivery, dueAtMs: number): void {
    if (delivery.attempts <= retriesMax) {
      this.#again(delivery.id, dueAtMs);
      return;
    }
    const { id, message, sentAtMs, body } = delivery;
    this.#sql.exec('INSERT OR IGNORE INTO dead VALUES (?, ?, ?)', message, sentAtMs, body);
    this.#sql.exec('DELETE FROM deliveries WHERE id = ?', id);
  }

  #again(id: number, dueAtMs: number): void {
    this.#sql.exec('UPDATE deliveries SET taken = 0, due_at = ? WHERE id = ?', dueAtMs, id);
  }

  /** When something is due next; null where nothing waits. */
  nextDueMs(): number | null {
    return this.#sql
      .exec<{ due: number | null }>('SELECT min(due_at) AS due FROM deliveries WHERE taken = 0')
      .one().due;
  }

  state(): Omit<QueueState, 'sendsUnderWay'> {
    const counts = new Map(
      this.#sql
        .exec<{ name: string; value: number }>('SELECT name, value FROM counts')
        .toArray()
        .map(({ name, value }) => [name, value]),
    );
    const { depth, dead } = this.#sql
      .exec<{ depth: number; dead: number }>(
        'SELECT (SELECT count(*) FROM deliveries) AS depth, (SELECT count(*) FROM dead) AS dead',
      )
      .one();
    const of = (name: string): number => counts.get(name) ?? 0;
    return { depth, dead, messages: of('messages'), deliveries: of('deliveries'), lostAcks: of('lostAcks') };
  }
}
