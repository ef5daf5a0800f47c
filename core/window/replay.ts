/** Waking: the state of a shard as its snapshot and log make it (LOG-2). Applies verdicts and never judges again. */
import { assert } from '../protocol/assert.ts';
import { decodeChunk, decodeChunkHeader } from '../protocol/chunk.ts';
import { holdBackMs } from '../protocol/limits.ts';
import { DoorLedger } from './door-ledger.ts';
import type { ConfirmedWindow } from './effect.ts';
import { ChunkFold } from './fold-chunk.ts';
import { COUNTED, DUPLICATE, LATE, type LogRow, type LoggedChunk, type RegionTotals, decodeLogRow } from './log-row.ts';
import { noteViewer } from './log-writer.ts';
import type { PackedWindow } from './packed-window.ts';
import type { Snapshot } from './snapshot.ts';
import { minuteOf, oldestLivingMinute } from './time.ts';
import { Viewers } from './viewers.ts';
import { Watermark } from './watermark.ts';
import type { WindowOrigin } from './window-state.ts';
import { WindowTable } from './window-table.ts';

/** Where a shard wakes from. The shell reads it from the object's storage. */
export interface RegionSource {
  readonly origin: WindowOrigin;
  readonly snapshot: Snapshot | null;
  /** The last row of the log with its number; null for an empty log. */
  readonly lastRow: { readonly row: number; readonly body: Uint8Array } | null;
  /** Rows from a number on, ascending. */
  rowsFrom(row: number): Iterable<{ readonly row: number; readonly body: Uint8Array }>;
  readonly parked: readonly PackedWindow[];
  readonly confirmed: readonly ConfirmedWindow[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A shard's state in memory. */
export class WokenState {
  readonly table = new WindowTable();
  readonly viewers = new Viewers();
  readonly parked: Map<number, PackedWindow>;
  readonly hours: Set<number>;
  readonly doors: DoorLedger;
  readonly totals: Mutable<RegionTotals>;
  watermark: Watermark;
  /** Oldest window that takes events. */
  oldestMinute: number;
  nextRow: number;
  /** Newest time of receipt at a door; null before the first event. */
  lastReceivedAtMs: number | null = null;

  constructor(source: RegionSource, nowMs: number) {
    const { snapshot } = source;
    this.parked = new Map(source.parked.map((window) => [window.minute, window]));
    this.hours = new Set(snapshot?.hours);
    this.doors = new DoorLedger(snapshot?.doors);
    this.totals = { ...(snapshot?.totals ?? { counted: 0, late: 0, duplicates: 0, horizonCuts: 0 }) };
    // A new shard stands where silence would have brought it, so that a back-fill cannot open windows without number.
    const fresh = { valueMs: nowMs - holdBackMs, greatestMs: null, risenAtMs: nowMs };
    this.watermark = new Watermark(snapshot?.watermark ?? fresh);
    this.oldestMinute = snapshot?.oldestMinute ?? oldestLivingMinute(this.watermark.valueMs);
    this.nextRow = (source.lastRow?.row ?? snapshot?.throughRow ?? -1) + 1;
  }

  noteReceived(receivedAtMs: number): void {
    this.lastReceivedAtMs = Math.max(this.lastReceivedAtMs ?? 0, receivedAtMs);
  }

  countVerdicts(verdicts: Uint8Array): void {
    for (const verdict of verdicts) {
      if (verdict === COUNTED) this.totals.counted++;
      else if (verdict === LATE) this.totals.late++;
      else this.totals.duplicates++;
    }
  }
}

export function replay(source: RegionSource, nowMs: number): WokenState {
  const state = new WokenState(source, nowMs);
  if (!source.lastRow) return state;
  const last = decodeLogRow(source.lastRow.body);
  const covered = source.snapshot?.throughRow ?? -1;
  const first = last.head.firstNeededRow;
  for (const { row, body } of source.rowsFrom(Math.min(first, covered + 1))) {
    const logged = decodeLogRow(body);
    if (row < first) rememberDoors(state, logged);
    else applyRow(state, logged, row, last.head.oldestMinute);
  }
  if (covered < source.lastRow.row) state.hours.clear();
  for (const hour of last.head.hours) state.hours.add(hour);
  // A snapshot taken after the last row knows of time that passed without events.
  const { valueMs, ...seen } = state.watermark.state;
  const knownMs = Math.max(valueMs, source.snapshot?.watermark.valueMs ?? valueMs);
  state.watermark = new Watermark({ ...seen, valueMs: knownMs });
  state.oldestMinute = Math.max(last.head.oldestMinute, source.snapshot?.oldestMinute ?? 0);
  state.table.removeBefore(state.oldestMinute);
  for (const [minute, row] of source.confirmed) {
    const window = state.table.get(minute);
    if (window) window.confirmedRow = row;
  }
  return state;
}

function rememberDoors(state: WokenState, logged: LogRow): void {
  for (const chunk of logged.chunks) {
    const header = decodeChunkHeader(chunk.bytes);
    state.doors.commit(header);
    state.noteReceived(header.receivedAtMs);
  }
}

function applyRow(state: WokenState, logged: LogRow, row: number, oldestMinute: number): void {
  const { head } = logged;
  state.watermark = new Watermark(head.watermark);
  Object.assign(state.totals, head.totals);
  for (const chunk of logged.chunks) applyChunk(state, chunk, row, head.atMs, oldestMinute);
}

function applyChunk(state: WokenState, logged: LoggedChunk, row: number, atMs: number, oldestMinute: number): void {
  const chunk = decodeChunk(logged.bytes);
  const { timeMs, identity, session, type } = chunk.columns;
  const verdicts = logged.verdicts ?? new Uint8Array(chunk.header.count);
  assert(verdicts.length === chunk.header.count, 'one verdict an event');
  const fold = new ChunkFold(chunk.columns, row);
  for (let i = 0; i < verdicts.length; i++) {
    const eventMs = timeMs[i] as number;
    state.watermark.observe(eventMs, atMs);
    assert((verdicts[i] as number) <= DUPLICATE, 'a verdict');
    const minute = minuteOf(eventMs);
    if (verdicts[i] !== COUNTED || minute < oldestMinute) continue;
    const window = state.table.obtain(minute, row);
    window.identities.add(identity.hi[i] as number, identity.lo[i] as number);
    fold.count(window, i);
    noteViewer(state, session.hi[i] as number, session.lo[i] as number, eventMs, type[i] as number);
  }
  state.countVerdicts(verdicts);
  state.doors.commit(chunk.header);
  state.noteReceived(chunk.header.receivedAtMs);
}
