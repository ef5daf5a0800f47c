import type { SealState } from '../../core/lake/seal-plan.ts';
import { assert, unreachable } from '../../core/protocol/assert.ts';
import type { RowSize } from '../../core/system/recent-commits.ts';
import type { ConfirmedWindow, RegionEffect } from '../../core/window/effect.ts';
import type { StoredLogRow } from '../../core/window/log-row.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { RegionSource, SealingSource } from '../../core/window/replay.ts';
import { decodeSnapshot, type Snapshot } from '../../core/window/snapshot.ts';
import { deletedBefore } from '../../core/window/spare-rows.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { WindowOrigin } from '../../core/window/window-state.ts';
import { fromHex, toHex } from '../../storage/hex.ts';

/** Rows of the table `state`. Integer keys, so that a write is one row. */
const stateRow = {
  origin: 1,
  snapshot: 2,
  confirmed: 3,
  lease: 4,
  alerts: 5,
  alertSetup: 6,
  sealing: 7,
} as const;

/** A hub's wish to be pushed to, until a time (ms). */
export interface Lease {
  readonly hub: string;
  readonly untilMs: number;
}

/** A shard's storage: its log, parked windows, and a few single rows. Every call is synchronous. */
export class LogStore {
  readonly #sql: SqlStorage;
  /**
   * Rows before it are spare (LOG-5b). Forgotten at each waking, so that a trimming that was not committed counts for
   * nothing: what was spare is then trimmed again.
   */
  #spareBefore = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      'CREATE TABLE IF NOT EXISTS log (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL)',
    );
    sql.exec('CREATE TABLE IF NOT EXISTS parked (minute INTEGER PRIMARY KEY, body TEXT NOT NULL)');
    sql.exec('CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  }

  get bytes(): number {
    return this.#sql.databaseSize;
  }

  /** Which shard this is and when its log began; null before the first write. */
  origin(): WindowOrigin | null {
    return this.#read<WindowOrigin>(stateRow.origin);
  }

  /** Begins the log of a shard. `nowMs` becomes its incarnation. */
  begin(address: ShardAddress, nowMs: number): WindowOrigin {
    const origin = { ...address, generation: 0, incarnation: nowMs };
    this.#write(stateRow.origin, JSON.stringify(origin));
    return origin;
  }

  lease(): Lease | null {
    return this.#read<Lease>(stateRow.lease);
  }

  keepLease(lease: Lease): void {
    this.#write(stateRow.lease, JSON.stringify(lease));
  }

  /** Everything that waking reads. Rows are read lazily. */
  source(origin: WindowOrigin): RegionSource {
    this.#spareBefore = 0;
    const [last] = this.#sql
      .exec<LogTableRow>('SELECT row, body FROM log ORDER BY row DESC LIMIT 1')
      .toArray();
    return {
      origin,
      snapshot: this.#snapshot(),
      lastRow: last ? logged(last) : null,
      rowsFrom: (row) => this.#rowsFrom(row),
      parked: this.#parked(),
      confirmed: this.#read<ConfirmedWindow[]>(stateRow.confirmed) ?? [],
      alerts: this.#text(stateRow.alerts),
      alertSetup: this.#text(stateRow.alertSetup),
      sealing: this.#sealing(),
    };
  }

  /** Rows of the log from one to another (both inclusive), as many as `bytesMax` holds but at least one. */
  page(fromRow: number, throughRow: number, bytesMax: number): StoredLogRow[] {
    const page: StoredLogRow[] = [];
    let bytes = 0;
    for (const held of this.#rowsFrom(fromRow)) {
      bytes += held.body.length;
      if (held.row > throughRow || (page.length > 0 && bytes > bytesMax)) break;
      page.push(held);
    }
    return page;
  }

  /** Rows since a time without their bodies (SQLite tells their length without reading them), newest first. */
  sizesSince(fromMs: number, rowsMax: number): RowSize[] {
    const query = 'SELECT row, at, length(body) AS bytes FROM log ORDER BY row DESC';
    const sizes: RowSize[] = [];
    for (const { row, at, bytes } of this.#sql.exec<{ row: number; at: number; bytes: number }>(query)) {
      if (at < fromMs || sizes.length === rowsMax) break;
      sizes.push({ row, atMs: at, bytes });
    }
    return sizes;
  }

  /** Null where the row is gone. */
  body(row: number): Uint8Array | null {
    const [held] = this.#sql.exec<LogTableRow>('SELECT row, body FROM log WHERE row = ?', row).toArray();
    return held ? logged(held).body : null;
  }

  /** When the first row from a number on was committed, ms; null for none. */
  firstAtMs(row: number): number | null {
    const query = 'SELECT at FROM log WHERE row >= ? ORDER BY row LIMIT 1';
    return this.#sql.exec<{ at: number }>(query, row).toArray()[0]?.at ?? null;
  }

  /** Carries out one effect. The caller wraps the effects of a call in one transaction. */
  carryOut(effect: RegionEffect): void {
    switch (effect.kind) {
      case 'append':
        this.#append(effect.row, effect.atMs, effect.body);
        return;
      case 'park': {
        const { minute } = effect.window;
        this.#sql.exec('REPLACE INTO parked (minute, body) VALUES (?, ?)', minute, packText(effect.window));
        return;
      }
      case 'unpark':
        this.#sql.exec('DELETE FROM parked WHERE minute = ?', effect.minute);
        return;
      case 'confirmed':
        this.#write(stateRow.confirmed, JSON.stringify(effect.windows));
        return;
      case 'snapshot':
        this.#write(stateRow.snapshot, effect.body);
        return;
      case 'alerts':
        this.#write(stateRow.alerts, effect.body);
        return;
      case 'alert_setup':
        this.#write(stateRow.alertSetup, effect.body);
        return;
      case 'sealing':
        this.#write(stateRow.sealing, JSON.stringify(effect.state));
        return;
      case 'trim':
        this.#trim(effect.beforeRow);
        return;
      default:
        unreachable(effect);
    }
  }

  /** Over a spare row, where there is one: SQLite counts a row whose key changes once. */
  #append(row: number, atMs: number, body: Uint8Array): void {
    if (this.#spareBefore > 0) {
      const { rowsWritten } = this.#sql.exec(overwriteSql, row, atMs, body, this.#spareBefore);
      if (rowsWritten > 0) return;
      this.#spareBefore = 0;
    }
    this.#sql.exec('INSERT INTO log (row, at, body) VALUES (?, ?, ?)', row, atMs, body);
  }

  #trim(beforeRow: number): void {
    const [last] = this.#sql.exec<{ row: number }>('SELECT row FROM log ORDER BY row DESC LIMIT 1').toArray();
    this.#sql.exec('DELETE FROM log WHERE row < ?', deletedBefore(beforeRow, last?.row ?? beforeRow - 1));
    this.#spareBefore = beforeRow;
  }

  #sealing(): SealingSource {
    const state = this.#read<SealState>(stateRow.sealing);
    const [first] = this.#sql.exec<{ row: number }>('SELECT row FROM log ORDER BY row LIMIT 1').toArray();
    return {
      state,
      firstRow: first?.row ?? null,
      unsealedAtMs: this.firstAtMs((state?.throughRow ?? -1) + 1),
    };
  }

  *#rowsFrom(row: number): Iterable<StoredLogRow> {
    const cursor = this.#sql.exec<LogTableRow>('SELECT row, body FROM log WHERE row >= ? ORDER BY row', row);
    for (const held of cursor) yield logged(held);
  }

  #snapshot(): Snapshot | null {
    const text = this.#text(stateRow.snapshot);
    return text === null ? null : decodeSnapshot(text);
  }

  #parked(): PackedWindow[] {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM parked ORDER BY minute').toArray();
    return rows.map(({ body }) => unpackText(body));
  }

  #text(id: number): string | null {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM state WHERE id = ?', id).toArray();
    return row?.body ?? null;
  }

  #read<T>(id: number): T | null {
    const text = this.#text(id);
    return text === null ? null : (JSON.parse(text) as T);
  }

  #write(id: number, body: string): void {
    this.#sql.exec('REPLACE INTO state (id, body) VALUES (?, ?)', id, body);
  }
}

const overwriteSql = `UPDATE log SET row = ?1, at = ?2, body = ?3
  WHERE row = (SELECT row FROM log WHERE row < ?4 ORDER BY row LIMIT 1)`;

type LogTableRow = { row: number; body: ArrayBuffer };

function logged({ row, body }: LogTableRow): StoredLogRow {
  return { row, body: new Uint8Array(body) };
}

function packText(window: PackedWindow): string {
  return JSON.stringify(window, (_key, value: unknown) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}

function unpackText(text: string): PackedWindow {
  const held = JSON.parse(text) as PackedWindow & Record<'users' | 'sessions' | 'speed', string>;
  return {
    ...held,
    users: bytesOf(held.users),
    sessions: bytesOf(held.sessions),
    speed: bytesOf(held.speed),
  };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes !== null, 'a parked window holds hex');
  return bytes;
}
