/** The SQLite of objects, with the rows that each statement reads and writes. */
import { count } from './tally.ts';

const classes = new WeakMap<object, string>();
const patched = new WeakSet<object>();
const target = /\b(?:into|update|from|table if not exists)\s+(\w+)/i;

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** For the constructor of every object. A cursor is counted once the turn is over that reads it. */
export function countSql({ storage }: DurableObjectState, className: string): void {
  const { sql, kv } = storage;
  classes.set(sql, className);
  classes.set(kv, className);
  classes.set(storage, className);
  const prototype = Object.getPrototypeOf(sql) as SqlStorage;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  patchSql(prototype);
  patchKeys(Object.getPrototypeOf(kv) as SyncKvStorage);
  patchKeys(Object.getPrototypeOf(storage) as SyncKvStorage);
}

function patchSql(prototype: SqlStorage): void {
  const exec = Reflect.get(prototype, 'exec') as (...args: readonly unknown[]) => Cursor;
  prototype.exec = function (this: SqlStorage, query: string, ...bindings: unknown[]) {
    const cursor = exec.call(this, query, ...bindings);
    const verb = query.trim().split(/\s/, 1)[0]?.toLowerCase();
    const where = `${classes.get(this)} ${verb} ${target.exec(query)?.[1]}`;
    // Tables of the emulation itself are no part of a bill.
    if (verb === 'create' || query.includes('__miniflare')) return cursor;
    queueMicrotask(() => {
      count('objectRowsWritten', where, cursor.rowsWritten);
      count('rowsRead', where, cursor.rowsRead);
    });
    return cursor;
  } as SqlStorage['exec'];
}

/** A value under a key is a row. */
function patchKeys(prototype: SyncKvStorage): void {
  const put = Reflect.get(prototype, 'put') as (...args: readonly unknown[]) => unknown;
  prototype.put = function (this: SyncKvStorage, ...args: unknown[]) {
    count('objectRowsWritten', `${classes.get(this)} put value`);
    return put.apply(this, args);
  } as SyncKvStorage['put'];
}
