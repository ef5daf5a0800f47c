/** D1 over SQLite in memory: the product's own statements, each an operation of the scheduler. */
import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Scheduler, Task } from './scheduler.ts';

/** Where a test puts in something broken. */
export interface DatabaseSeams {
  /** The statement that is carried out instead. */
  readonly rewrite: (sql: string) => string;
  /** A batch is one transaction. */
  readonly batches: boolean;
}

const soundDatabase: DatabaseSeams = { rewrite: (sql) => sql, batches: true };

type Row = Record<string, unknown>;

interface Result {
  readonly results: Row[];
  readonly success: true;
  readonly meta: { readonly changes: number; readonly rows_written: number };
}

type Ask = <T>(sql: string, act: () => T) => Promise<T>;

const folder = new URL('../../../migrations/', import.meta.url);

/** Migrated once: each history begins with empty tables. */
let shared: SqliteD1 | null = null;

export function emptyDatabase(seams: Partial<DatabaseSeams>): SqliteD1 {
  shared ??= new SqliteD1();
  shared.clear();
  shared.seams = { ...soundDatabase, ...seams };
  shared.onWrite = () => undefined;
  return shared;
}

export class SqliteD1 {
  readonly #database = new DatabaseSync(':memory:');
  readonly #prepared = new Map<string, StatementSync>();
  readonly #tables: readonly string[];
  seams = soundDatabase;
  /** Called behind each statement or transaction, with its text and what it gave. */
  onWrite: (sql: string, given: unknown) => void = () => undefined;

  constructor() {
    const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
    for (const name of names.sort()) this.#database.exec(readFileSync(new URL(name, folder), 'utf8'));
    this.#tables =
      `batch_runs batch_hours lake_parts region_windows region_hours replays batch_days region_days
      session_hours etl_runs viewing_sessions ratings users movies daily_analytics hourly_analytics
      genre_analytics merged_hours merged_days content_days`.split(/\s+/);
  }

  clear(): void {
    for (const table of this.#tables) this.#database.exec(`DELETE FROM ${table}`);
  }

  /** At once, for what looks at it from outside. */
  rows<T>(sql: string, ...values: readonly unknown[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  run(sql: string, values: readonly unknown[]): Result {
    const text = this.seams.rewrite(sql);
    const statement = this.#statement(text);
    const isRead = statement.columns().length > 0;
    const results = isRead ? statement.all(...values).map((row) => ({ ...row })) : [];
    const changes = isRead ? results.length : Number(statement.run(...values).changes);
    return { results, success: true, meta: { changes, rows_written: changes } };
  }

  raw(sql: string, values: readonly unknown[]): unknown[] {
    const statement = this.#database.prepare(this.seams.rewrite(sql));
    statement.setReturnArrays(true);
    return statement.all(...values);
  }

  transaction(statements: readonly SqliteStatement[]): Result[] {
    this.#database.exec('BEGIN');
    try {
      const results = statements.map(({ sql, values }) => this.run(sql, values));
      this.#database.exec('COMMIT');
      return results;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** As a task has it. */
  binding(scheduler: Scheduler, task: Task): D1Database {
    return this.#binding(
      async (sql, act) =>
        await scheduler.ask(task, sql, () => {
          const value = act();
          this.onWrite(sql, value);
          return value;
        }),
    );
  }

  /** As one that nothing happens to has it. */
  direct(): D1Database {
    return this.#binding((_, act) => Promise.resolve(act()));
  }

  #binding(ask: Ask): D1Database {
    const batch = async (statements: readonly SqliteStatement[]): Promise<Result[]> => {
      const whole = statements.map(({ sql }) => sql).join(';\n');
      if (this.seams.batches) return await ask(whole, () => this.transaction(statements));
      const results: Result[] = [];
      for (const { sql, values } of statements) results.push(await ask(sql, () => this.run(sql, values)));
      return results;
    };
    const prepare = (sql: string): SqliteStatement => new SqliteStatement(this, ask, sql);
    return { prepare, batch } as unknown as D1Database;
  }

  #statement(sql: string): StatementSync {
    const held = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, held);
    return held;
  }
}

class SqliteStatement {
  readonly #database: SqliteD1;
  readonly #ask: Ask;
  readonly sql: string;
  readonly values: readonly unknown[];

  constructor(database: SqliteD1, ask: Ask, sql: string, values: readonly unknown[] = []) {
    this.#database = database;
    this.#ask = ask;
    this.sql = sql;
    this.values = values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  }

  bind(...values: readonly unknown[]): SqliteStatement {
    return new SqliteStatement(this.#database, this.#ask, this.sql, values);
  }

  async all(): Promise<Result> {
    return await this.#ask(this.sql, () => this.#database.run(this.sql, this.values));
  }

  async run(): Promise<Result> {
    return await this.all();
  }

  async raw(): Promise<unknown[]> {
    return await this.#ask(this.sql, () => this.#database.raw(this.sql, this.values));
  }

  async first(column?: string): Promise<unknown> {
    const [row] = (await this.all()).results;
    return (column === undefined ? row : row?.[column]) ?? null;
  }
}
