/** What an object's storage and D1 do for a shard, in memory. */
import { type AlertRecord, compareAlertRevisions } from '../../core/alert/alert-record.ts';
import type { SealState } from '../../core/lake/seal-plan.ts';
import type { ConfirmedWindow, RegionEffect } from '../../core/window/effect.ts';
import { isNewer } from '../../core/window/newest-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { RegionSource } from '../../core/window/replay.ts';
import { compareRevisions } from '../../core/window/revision.ts';
import { decodeSnapshot } from '../../core/window/snapshot.ts';
import { deletedBefore } from '../../core/window/spare-rows.ts';
import type { WindowOrigin } from '../../core/window/window-state.ts';
import { sameValue } from './same-value.ts';

interface StoredRow {
  readonly row: number;
  readonly atMs: number;
  readonly body: Uint8Array;
}

interface StoredAlerts {
  readonly entries: readonly { readonly record: AlertRecord }[];
  readonly judgedMinute: number;
}

/** The object's own storage: carries out the effects of one transaction. */
export class ShardStore {
  readonly #origin: WindowOrigin;
  #rows: StoredRow[] = [];
  /** Rows before it are spare, and written over (LOG-5b). */
  #spareBefore = 0;
  readonly parked = new Map<number, PackedWindow>();
  confirmed: readonly ConfirmedWindow[] = [];
  #snapshot: string | null = null;
  #alerts: string | null = null;
  #alertSetup: string | null = null;
  sealing: SealState | null = null;

  constructor(origin: WindowOrigin) {
    this.#origin = origin;
  }

  get rows(): readonly StoredRow[] {
    return this.#rows;
  }

  /** But those that are spare. */
  get neededRows(): readonly StoredRow[] {
    return this.#rows.filter(({ row }) => row >= this.#spareBefore);
  }

  carryOut(effects: readonly RegionEffect[]): void {
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: RegionEffect): void {
    switch (effect.kind) {
      case 'append':
        if (this.#rows.some(({ row }) => row === effect.row)) throw new Error(`row ${effect.row} twice`);
        if ((this.#rows[0]?.row ?? this.#spareBefore) < this.#spareBefore) this.#rows.shift();
        this.#rows.push({ row: effect.row, atMs: effect.atMs, body: effect.body });
        this.#rows.sort((a, b) => a.row - b.row);
        return;
      case 'park':
        this.parked.set(effect.window.minute, effect.window);
        return;
      case 'unpark':
        this.parked.delete(effect.minute);
        return;
      case 'confirmed':
        this.confirmed = effect.windows;
        return;
      case 'snapshot':
        this.#snapshot = effect.body;
        return;
      case 'alerts':
        this.#alerts = effect.body;
        return;
      case 'alert_setup':
        this.#alertSetup = effect.body;
        return;
      case 'sealing':
        this.sealing = effect.state;
        return;
      case 'trim':
        this.#trim(effect.beforeRow);
        return;
    }
  }

  /** As the shard's object does it. */
  #trim(beforeRow: number): void {
    const from = deletedBefore(beforeRow, this.#rows.at(-1)?.row ?? beforeRow - 1);
    this.#rows = this.#rows.filter(({ row }) => row >= from);
    this.#spareBefore = beforeRow;
  }

  /** The alerts that are stored, and the last window they were judged through. */
  get alertBook(): { readonly records: readonly AlertRecord[]; readonly judgedMinute: number | null } {
    if (this.#alerts === null) return { records: [], judgedMinute: null };
    const { entries, judgedMinute } = JSON.parse(this.#alerts) as StoredAlerts;
    return { records: entries.map(({ record }) => record), judgedMinute };
  }

  /** When the first row from a number on was committed. */
  firstAtMs(row: number): number | null {
    return this.#rows.find((held) => held.row >= row)?.atMs ?? null;
  }

  /** What another object wakes from; `decode`: of its version. */
  source(decode = decodeSnapshot): RegionSource {
    // Of whoever wakes nothing is spare.
    this.#spareBefore = 0;
    const rows = this.#rows;
    return {
      origin: this.#origin,
      snapshot: this.#snapshot === null ? null : decode(this.#snapshot),
      lastRow: rows.at(-1) ?? null,
      rowsFrom: (from) => rows.filter(({ row }) => row >= from),
      parked: [...this.parked.values()].sort((a, b) => a.minute - b.minute),
      confirmed: this.confirmed,
      alerts: this.#alerts,
      alertSetup: this.#alertSetup,
      sealing: {
        state: this.sealing,
        firstRow: rows[0]?.row ?? null,
        unsealedAtMs: this.firstAtMs((this.sealing?.throughRow ?? -1) + 1),
      },
    };
  }
}

/** The table of windows in D1, with its guard: what is older never overwrites what is newer (DUP-2). */
export class Database {
  readonly windows = new Map<number, PackedWindow>();
  /** Hour rows: what they were merged from. */
  readonly hours = new Map<number, readonly PackedWindow[]>();
  readonly alerts = new Map<string, AlertRecord>();
  readonly #windowsGuarded: boolean;
  readonly #alertsGuarded: boolean;
  readonly #adds: boolean;

  /** `adds`: a state is added to the one before instead of taking its place. */
  constructor({ windowsGuarded = true, alertsGuarded = true, adds = false } = {}) {
    this.#windowsGuarded = windowsGuarded;
    this.#alertsGuarded = alertsGuarded;
    this.#adds = adds;
  }

  save(windows: readonly PackedWindow[]): void {
    for (const window of windows) {
      const held = this.windows.get(window.minute);
      if (held && !this.#adds) this.#check(held, window);
      if (held && this.#adds) {
        const counters = window.counters.map((value, i) => value + (held.counters[i] ?? 0));
        this.windows.set(window.minute, { ...window, counters });
      } else if (!held || !this.#windowsGuarded || isNewer(window, held))
        this.windows.set(window.minute, window);
    }
  }

  saveAlerts(records: readonly AlertRecord[]): void {
    for (const record of records) {
      const held = this.alerts.get(record.id);
      const order = held ? compareAlertRevisions(record.revision, held.revision) : 1;
      if (held && order === 0 && !sameValue(held, record))
        throw new Error(`two states of alert ${record.id}`);
      // The same alert: another under its id would take its place.
      if (held && held.createdAtMs !== record.createdAtMs) throw new Error(`alert ${record.id} twice`);
      if (!this.#alertsGuarded || order > 0) this.alerts.set(record.id, record);
    }
  }

  saveHour(hour: number): void {
    this.hours.set(hour, this.windowsOf(hour));
  }

  windowsOf(hour: number): PackedWindow[] {
    return [...this.windows.values()]
      .filter((window) => Math.floor(window.minute / 60) === hour)
      .sort((a, b) => a.minute - b.minute);
  }

  /** LOG-5: equal keys, equal values. */
  #check(held: PackedWindow, window: PackedWindow): void {
    if (!window.closed) throw new Error(`an open window was emitted: ${window.minute}`);
    if (compareRevisions(held.revision, window.revision) !== 0) return;
    if (!sameValue({ ...held, closed: true }, { ...window, closed: true })) {
      throw new Error(`two states of window ${window.minute} under revision ${window.revision.logRow}`);
    }
  }
}
