/** Waking: the state of a shard as its snapshot and log make it (LOG-2). Applies verdicts and never judges again. */
import { AlertBook, type AlertSetup, decodeBook } from '../alert/book.ts';
import { emptyBase } from '../alert/fold.ts';
import type { Standing } from '../alert/peers.ts';
import type { SealState } from '../lake/seal-plan.ts';
import { assert } from '../protocol/assert.ts';
import { decodeChunkHeader, openChunk, readColumns } from '../protocol/chunk.ts';
import { holdBackMs } from '../protocol/limits.ts';
import { DoorLedger } from './door-ledger.ts';
import type { ConfirmedWindow } from './effect.ts';
import { RunFold } from './fold-run.ts';
import { FoldSpace } from './fold-space.ts';
import {
  COUNTED,
  DUPLICATE,
  decodeLogRow,
  decodeLogRowHead,
  type LoggedChunk,
  type LogRow,
  type LogRowHead,
  type StoredLogRow,
} from './log-row.ts';
import { type MinuteRun, minuteRuns } from './minute-runs.ts';
import type { PackedWindow } from './packed-window.ts';
import { parseJson, type RegionKnowledge, type RegionTotals } from './region-knowledge.ts';
import { SharedFold } from './shared-fold.ts';
import type { Snapshot } from './snapshot.ts';
import { hourEndMinute, hourOf, isClosedAt, minuteEndMs, minuteOf, oldestLivingMinute } from './time.ts';
import { Viewers } from './viewers.ts';
import { Watermark } from './watermark.ts';
import type { WindowOrigin } from './window-state.ts';
import { WindowTable } from './window-table.ts';

/** Where a shard wakes from. The shell reads it from the object's storage. */
export interface RegionSource {
  readonly origin: WindowOrigin;
  readonly snapshot: Snapshot | null;
  /** The last row of the log with its number; null for an empty log. */
  readonly lastRow: StoredLogRow | null;
  /** Rows from a number on, ascending. */
  rowsFrom(row: number): Iterable<StoredLogRow>;
  readonly parked: readonly PackedWindow[];
  readonly confirmed: readonly ConfirmedWindow[];
  /** The book of alerts and the copy of the rules, as effects of those kinds left them; null before the first. */
  readonly alerts: string | null;
  readonly alertSetup: string | null;
  /** Null where the log is empty and always was. */
  readonly sealing: SealingSource | null;
}

/** What waking needs to know of sealing and trimming. */
export interface SealingSource {
  /** As an effect of that kind left it; null before the first. */
  readonly state: SealState | null;
  /** The first row that the log still holds; null for none. */
  readonly firstRow: number | null;
  /** When the oldest row that is not sealed was committed, ms; null for none. */
  readonly unsealedAtMs: number | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A shard's state in memory. */
export class WokenState {
  readonly table = new WindowTable();
  readonly viewers = new Viewers();
  readonly space = new FoldSpace();
  readonly parked: Map<number, PackedWindow>;
  /** Which states D1 holds, of the windows that lived when knowledge was last kept: minute to log row. */
  readonly confirmed: Map<number, number>;
  readonly hours: Set<number>;
  readonly doors: DoorLedger;
  readonly totals: Mutable<RegionTotals>;
  readonly alerts: AlertBook;
  /** Judges by the book, over all shards of the region. */
  readonly shared: SharedFold;
  readonly watermark: Watermark;
  /** Oldest window that takes events. */
  oldestMinute: number;
  /** The same as the log or the snapshot last kept it: one that wakes may go back so far. */
  keptOldestMinute: number;
  nextRow: number;
  /** The last window (epoch minute) that is known to have been judged in another life. */
  readonly judgedMinute: number;
  #lastReceivedAtMs: number | null;

  constructor(source: RegionSource, known: RegionKnowledge) {
    const { snapshot, lastRow, parked, confirmed } = source;
    this.parked = new Map(parked.map((window) => [window.minute, window]));
    this.confirmed = new Map(confirmed);
    this.hours = new Set(known.hours);
    this.doors = new DoorLedger(snapshot?.doors);
    this.totals = { ...known.totals };
    const base = known.alerts ?? emptyBase(known.oldestMinute - 1);
    const book = source.alerts === null ? null : decodeBook(source.alerts);
    const setup = readSetup(source.alertSetup);
    this.alerts = new AlertBook(source.origin, base, book, setup, known.alerts ? undefined : -Infinity);
    this.shared = new SharedFold(source.origin.shard, this.alerts, this.table, () => this.standing);
    this.judgedMinute = book?.judgedMinute ?? Number.NEGATIVE_INFINITY;
    // Only closed windows are emitted, and of those that lived at the last commit only windows that the watermark had
    // left behind are parked or judged: it had passed them all, though no row since has said so.
    const left = [...parked.map(({ minute }) => minute), ...(book ? [book.judgedMinute] : [])];
    const died = left.filter((minute) => minute >= known.oldestMinute);
    const passed = [...confirmed.map(([minute]) => minute), ...died];
    const passedMs = Math.max(known.watermark.valueMs, ...passed.map(minuteEndMs));
    this.watermark = new Watermark({ ...known.watermark, valueMs: passedMs });
    this.keptOldestMinute = known.oldestMinute;
    // Only dead windows are parked, and those before them are dead as well; so are those that the watermark had passed.
    const dead = parked.map((window) => window.minute + 1);
    this.oldestMinute = Math.max(known.oldestMinute, oldestLivingMinute(passedMs), ...dead);
    // A clock that was set back may have trimmed the last row before an earlier one: its number is not given again.
    this.nextRow = Math.max(lastRow?.row ?? -1, snapshot?.throughRow ?? -1) + 1;
    this.#lastReceivedAtMs = known.lastReceivedAtMs;
  }

  get lastReceivedAtMs(): number | null {
    return this.#lastReceivedAtMs;
  }

  /** What is known now is about to be stored. */
  noteKept(): void {
    this.keptOldestMinute = this.oldestMinute;
    this.alerts.noteKept();
  }

  /** Whether other shards of the region wait for what is known now to be stored. */
  get isOwing(): boolean {
    return this.shared.isOwing(this.oldestMinute, this.keptOldestMinute);
  }

  /** What a log row and the snapshot keep. */
  get known(): RegionKnowledge {
    return {
      watermark: this.watermark.state,
      oldestMinute: this.oldestMinute,
      totals: { ...this.totals },
      hours: [...this.hours],
      lastReceivedAtMs: this.#lastReceivedAtMs,
      alerts: this.alerts.base,
    };
  }

  /** Whether all windows of an hour are dead and in D1. */
  isHourOver(hour: number): boolean {
    if (this.oldestMinute < hourEndMinute(hour)) return false;
    for (const minute of this.parked.keys()) if (hourOf(minute) === hour) return false;
    return true;
  }

  /** A chunk came; `oldestMinute`: of its events that are not late. */
  noteReceived(receivedAtMs: number, oldestMinute: number): void {
    this.#lastReceivedAtMs = Math.max(this.#lastReceivedAtMs ?? 0, receivedAtMs);
    this.alerts.noteReceived(minuteOf(receivedAtMs), oldestMinute, this.oldestMinute);
  }

  /** How far its windows have come; those that have ended early (WIN-8) are closed. */
  get standing(): Standing {
    const deadThrough = this.oldestMinute - 1;
    return { closedThrough: Math.max(minuteOf(this.watermark.valueMs) - 1, deadThrough), deadThrough };
  }
}

export function replay(source: RegionSource, nowMs: number): WokenState {
  const { snapshot, lastRow } = source;
  const last = lastRow && decodeLogRowHead(lastRow.body);
  const covered = snapshot?.throughRow ?? -1;
  const state = new WokenState(source, newestKnowledge(source, last) ?? newbornKnowledge(nowMs));
  if (last) {
    for (const { row, body } of source.rowsFrom(Math.min(last.firstNeededRow, covered + 1))) {
      const logged = decodeLogRow(body);
      if (row < last.firstNeededRow) rememberDoors(state, logged);
      else for (const chunk of logged.chunks) applyChunk(state, chunk, row);
    }
  }
  const dead = state.table.removeBefore(state.oldestMinute);
  // Of those that were dead before and wait to be folded it is known already.
  for (const { minute } of dead) if (minute >= state.keptOldestMinute) state.hours.add(hourOf(minute));
  state.shared.bury(dead);
  for (const window of state.table.inTimeOrder()) {
    window.closed = isClosedAt(window.minute, state.watermark.valueMs);
    window.confirmedRow = state.confirmed.get(window.minute) ?? -1;
  }
  state.shared.resume(state.judgedMinute);
  return state;
}

function readSetup(text: string | null): AlertSetup | null {
  return text === null ? null : parseJson<AlertSetup>(text, 'the copy of the rules');
}

function newestKnowledge(
  { snapshot, lastRow }: RegionSource,
  last: LogRowHead | null,
): RegionKnowledge | null {
  if (!last || !lastRow) return snapshot?.known ?? null;
  return snapshot && snapshot.throughRow >= lastRow.row ? snapshot.known : last.after;
}

/** A new shard stands where silence would have brought it: a back-fill cannot open windows without number. */
function newbornKnowledge(nowMs: number): RegionKnowledge {
  const valueMs = nowMs - holdBackMs;
  return {
    watermark: { valueMs, greatestMs: null, risenAtMs: nowMs },
    oldestMinute: oldestLivingMinute(valueMs),
    totals: { counted: 0, late: 0, duplicates: 0, horizonCuts: 0 },
    hours: [],
    lastReceivedAtMs: null,
  };
}

function rememberDoors(state: WokenState, logged: LogRow): void {
  for (const chunk of logged.chunks) state.doors.commit(decodeChunkHeader(chunk.bytes));
}

function applyChunk(state: WokenState, logged: LoggedChunk, row: number): void {
  const open = openChunk(logged.bytes);
  const { count } = open.header;
  const columns = readColumns(open, state.space.columns.begin());
  const { verdicts } = logged;
  assert(verdicts === null || verdicts.length === count, 'one verdict an event');
  assert(verdicts === null || verdicts.every((verdict) => verdict <= DUPLICATE), 'a verdict');
  const fold = new RunFold(columns, count, row, state.space);
  // Dead ones too that wait to be folded.
  const oldestNeeded = Math.min(state.keptOldestMinute, state.alerts.base.throughMinute + 1);
  for (const run of minuteRuns(columns.timeMs, count, state.space.list)) {
    const counted = verdicts === null ? run.count : keepCounted(run, verdicts);
    if (run.minute < oldestNeeded || counted === 0) continue;
    const window = state.table.obtain(run.minute, row);
    fold.count(window, run.list, counted);
    state.viewers.note(columns, run.list, counted);
    if (run.minute >= state.keptOldestMinute) window.identities.addNew(columns.identity, run.list, counted);
  }
  state.doors.commit(open.header);
}

/** Moves those that were counted to the front of the run's list; how many. */
function keepCounted({ list, count }: MinuteRun, verdicts: Uint8Array): number {
  let counted = 0;
  for (let k = 0; k < count; k++) {
    const i = list[k] as number;
    if (verdicts[i] === COUNTED) list[counted++] = i;
  }
  return counted;
}
