/**
 * A region shard as a state machine: what it holds is a function of its log and one snapshot (LOG-2). It knows no
 * clock and no platform: every call takes server time, and what must be stored comes back as effects, which the shell
 * (durable-objects/region-window) carries out in one transaction before anything else happens. A call that throws
 * leaves the machine unusable: the shell throws it away and wakes another from the log.
 */

import type { AlertRecord } from '../alert/alert-record.ts';
import type { AlertSetup } from '../alert/book.ts';
import type { ShardAnswer } from '../alert/peers.ts';
import type { ReportRequest, ShardReport } from '../alert/shard-report.ts';
import { identitiesMax } from '../protocol/limits.ts';
import type { DoorsAnswer } from './door-holes.ts';
import type { DoorLedger } from './door-ledger.ts';
import type { RegionEffect } from './effect.ts';
import { LogKeeper } from './log-keeper.ts';
import { LogWriter } from './log-writer.ts';
import { nextWakeMs } from './next-wake.ts';
import { Outbox, type OwedToD1 } from './outbox.ts';
import type { PackedWindow } from './packed-window.ts';
import type { RegionAnswer, RegionUpdate } from './region-answer.ts';
import type { RegionTotals } from './region-knowledge.ts';
import { type RegionSource, replay, type WokenState } from './replay.ts';
import type { SharedFold } from './shared-fold.ts';
import { takeChunk } from './take-chunk.ts';
import { hourOf, isClosedAt, minuteOf, oldestLivingMinute } from './time.ts';
import { type ChangedCells, UpdateTracker } from './update-tracker.ts';
import type { ChunkVerdict, ShardAddress } from './verdict.ts';
import type { WindowOrigin } from './window-state.ts';
import type { WindowTable } from './window-table.ts';

export interface Receipt {
  /** One verdict a chunk, in the order of the chunks. They stand once the effects are carried out. */
  readonly verdicts: readonly ChunkVerdict[];
  readonly effects: readonly RegionEffect[];
}

export class Region {
  readonly #origin: WindowOrigin;
  readonly #state: WokenState;
  readonly #table: WindowTable;
  readonly #doors: DoorLedger;
  readonly #updates = new UpdateTracker();
  readonly #identitiesMax: number;
  #tracking = false;
  readonly #outbox: Outbox;
  /** Snapshot, sealing and trimming. */
  readonly log: LogKeeper;
  /** Alerts of a region of several shards. */
  readonly shared: SharedFold;

  /** Wakes a shard from what its log and snapshot hold. `nowMs` is server time. */
  constructor(
    source: RegionSource,
    nowMs: number,
    caps: { readonly identitiesMax: number } = { identitiesMax },
  ) {
    this.#origin = source.origin;
    this.#identitiesMax = caps.identitiesMax;
    this.#state = replay(source, nowMs);
    this.#table = this.#state.table;
    this.shared = this.#state.shared;
    this.#doors = this.#state.doors;
    this.#outbox = new Outbox(this.#origin, this.#state);
    this.log = new LogKeeper(source, this.#state);
  }

  get totals(): RegionTotals {
    return { ...this.#state.totals };
  }

  /** Its doors, and which of the numbers that they gave out have not come (ING-6b). */
  get doors(): DoorsAnswer {
    return { doors: this.#doors.doors, holes: this.#doors.holes() };
  }

  get address(): ShardAddress {
    return { regionNumber: this.#origin.regionNumber, shard: this.#origin.shard };
  }

  get watermarkMs(): number {
    return this.#state.watermark.valueMs;
  }

  /** Judges, logs and counts chunks: one commit (LOG-3). */
  receive(chunks: readonly Uint8Array[], nowMs: number): Receipt {
    const effects = this.tick(nowMs);
    const log = new LogWriter(this.#state, nowMs, this.#tracking ? this.#updates : null);
    const verdicts = chunks.map((bytes) => takeChunk(bytes, this.#origin, this.#doors, log));
    effects.push(...this.tick(nowMs));
    this.#capIdentities(nowMs, effects);
    const rows = log.finish();
    if (rows.length > 0) this.log.noteAppended(nowMs);
    effects.push(...rows);
    return { verdicts, effects };
  }

  /** Lets time pass: moves the watermark, closes windows in time order, ends the lateness of old ones. */
  tick(nowMs: number): RegionEffect[] {
    const effects: RegionEffect[] = [];
    const watermarkMs = this.#state.watermark.advance(nowMs);
    for (const window of this.#table.inTimeOrder()) {
      if (!window.closed && isClosedAt(window.minute, watermarkMs)) window.closed = true;
    }
    const { alerts } = this.#state;
    if (!this.shared.isPeer && alerts.isBehind(this.shared.closedThrough)) effects.push(...this.judge(nowMs));
    const living = this.#table.size;
    this.#endLateness(oldestLivingMinute(watermarkMs), nowMs, effects);
    // Now and then, so that sessions of long ago do not fill the map where nobody asks for the count.
    if (this.#table.size < living) this.#state.viewers.countAt(nowMs);
    return effects;
  }

  /**
   * Folds the closed windows through the rules anew (ALR-1), for late data may have changed one; done by itself when
   * a window closes or dies. `throughMinute`: windows that are to die count as closed.
   */
  judge(nowMs: number, throughMinute = 0): RegionEffect[] {
    return this.#alertsIf(this.shared.judge(nowMs, throughMinute));
  }

  /** Whether it lacks rules to judge by. */
  get lacksAlertSetup(): boolean {
    return this.#state.alerts.setup === null && !this.shared.isPeer;
  }

  /** What the others have answered: judged at once. */
  hear(answers: ReadonlyMap<number, ShardAnswer>, nowMs: number): RegionEffect[] {
    const effects = this.tick(nowMs);
    return [...effects, ...this.#alertsIf(this.shared.hear(answers, nowMs))];
  }

  /** What a peer tells its head; its promise of what is dead is stored first. */
  report(request: ReportRequest, nowMs: number): { report: ShardReport; effects: RegionEffect[] } {
    const effects = [...this.tick(nowMs), ...this.maintain(nowMs)];
    return { report: this.shared.report(request, this.#state.keptOldestMinute - 1), effects };
  }

  #alertsIf(isNew: boolean): RegionEffect[] {
    return isNew ? [{ kind: 'alerts', body: this.#state.alerts.encode() }] : [];
  }

  /** The rules and the region's name as D1 has them now; to be called when the object wakes and now and then. */
  setUpAlerts(setup: AlertSetup): RegionEffect[] {
    const { alerts } = this.#state;
    return alerts.setUp(setup) ? [{ kind: 'alert_setup', body: JSON.stringify(alerts.setup) }] : [];
  }

  /** A person, whose name is `by`, closes an alert (ALR-1). */
  closeAlert(
    id: string,
    nowMs: number,
    by: string,
  ): { outcome: 'closed' | 'resolved' | 'absent'; effects: RegionEffect[] } {
    const effects = [...this.tick(nowMs), ...this.judge(nowMs)];
    const outcome = this.#state.alerts.close(id, nowMs, by);
    if (outcome === 'closed') effects.push({ kind: 'alerts', body: this.#state.alerts.encode() });
    return { outcome, effects };
  }

  /** Alerts whose present state D1 lacks. */
  dueAlerts(nowMs: number): readonly AlertRecord[] {
    return this.#outbox.dueAlerts(nowMs);
  }

  /** D1 holds these states now. */
  confirmAlerts(records: readonly AlertRecord[]): RegionEffect[] {
    return this.#outbox.confirmAlerts(records);
  }

  /** Closed windows whose present state D1 lacks and that may be emitted now (WIN-5), oldest first. */
  dueWindows(nowMs: number): PackedWindow[] {
    return this.#outbox.dueWindows(nowMs);
  }

  /** How far D1 is behind (SYS-2). */
  owedToD1(nowMs: number, atOfRow: (row: number) => number | null): OwedToD1 {
    return this.#outbox.owed(nowMs, atOfRow);
  }

  /** Living windows that D1 has confirmed since then. */
  confirmedSince(fromMs: number): number {
    return this.#table.inTimeOrder().filter(({ emittedAtMs }) => (emittedAtMs ?? 0) >= fromMs).length;
  }

  get lastReceivedAtMs(): number | null {
    return this.#state.lastReceivedAtMs;
  }

  /** D1 holds these states now. */
  confirm(windows: readonly PackedWindow[], nowMs: number): RegionEffect[] {
    return this.#outbox.confirm(windows, nowMs);
  }

  /** D1 did not take the windows (or the hour): tried again later, with backoff. */
  emissionFailed(nowMs: number): void {
    this.#outbox.backoff.fail(nowMs);
  }

  /** Hours (epoch hours) all of whose windows are dead and confirmed, and whose hour row is still to be written. */
  dueHours(nowMs: number): number[] {
    return this.#outbox.dueHours(nowMs);
  }

  hourWritten(hour: number): void {
    this.#outbox.hourWritten(hour);
  }

  /** Renews the snapshot and trims the log, where it is time (LOG-5b). */
  maintain(nowMs: number): RegionEffect[] {
    return this.log.maintain(nowMs);
  }

  /** When the shell must call again though nothing came: ms, or null. */
  nextWakeMs(nowMs: number): number | null {
    return nextWakeMs(this.#state, this.#outbox.backoff, this.log, nowMs);
  }

  /** All that the shard holds from a minute on (WIN-7). */
  answer(nowMs: number, fromMinute = 0, toMinute = Number.POSITIVE_INFINITY): RegionAnswer {
    const isWanted = ({ minute }: { minute: number }) => minute >= fromMinute && minute < toMinute;
    const living = this.#table.inTimeOrder().filter(isWanted);
    const parked = [...this.#state.parked.values()].filter(isWanted);
    const windows = [...parked, ...living.map((window) => window.pack(this.#origin))];
    return {
      ...this.#vitals(nowMs),
      lateTotal: this.#state.totals.late,
      duplicatesTotal: this.#state.totals.duplicates,
      horizonCutTotal: this.#state.totals.horizonCuts,
      windows,
      alerts: this.#state.alerts.records,
    };
  }

  /** Follow what changes from now on, for hubs; or stop doing so. */
  track(on: boolean): void {
    if (!on) this.#updates.clear();
    this.#tracking = on;
  }

  /** An update was lost on its way: the next one carries every living window, and what died with it. */
  updateLost(): void {
    this.#updates.noteLost(this.#table.inTimeOrder());
  }

  /** Absolute values of what changed since the last call. */
  takeUpdate(nowMs: number): RegionUpdate {
    const { generation, incarnation } = this.#origin;
    const revision = { generation, incarnation, logRow: this.#state.nextRow - 1 };
    return {
      ...this.#vitals(nowMs),
      ...this.#updates.take(this.#table.byMinute),
      revision,
      alerts: this.#state.alerts.records,
    };
  }

  #vitals(nowMs: number): Omit<RegionUpdate, keyof ChangedCells | 'revision' | 'alerts'> {
    return {
      regionNumber: this.#origin.regionNumber,
      shard: this.#origin.shard,
      at: nowMs,
      watermark: this.#state.watermark.valueMs,
      lastEventAt: this.#state.watermark.greatestMs,
      lastReceivedAt: this.#state.lastReceivedAtMs,
      viewers: this.#state.viewers.countAt(nowMs),
    };
  }

  /** WIN-8: beyond the cap the oldest windows end their lateness early; no event is refused or lost for it. */
  #capIdentities(nowMs: number, effects: RegionEffect[]): void {
    while (this.#table.identities > this.#identitiesMax && this.#table.size > 1) {
      const oldest = this.#table.inTimeOrder()[0];
      if (!oldest) return;
      this.#state.totals.horizonCuts++;
      this.#state.alerts.noteCut(minuteOf(this.watermarkMs));
      this.#endLateness(oldest.minute + 1, nowMs, effects);
    }
  }

  #endLateness(oldestMinute: number, nowMs: number, effects: RegionEffect[]): void {
    if (oldestMinute <= this.#state.oldestMinute) return;
    effects.push(...this.judge(nowMs, oldestMinute - 1));
    this.#state.oldestMinute = oldestMinute;
    const dead = this.#table.removeBefore(oldestMinute);
    this.shared.bury(dead);
    for (const window of dead) {
      window.closed = true;
      this.#updates.noteDead(window);
      this.#state.hours.add(hourOf(window.minute));
      if (!window.dirty) continue;
      const packed = window.pack(this.#origin);
      this.#state.parked.set(window.minute, packed);
      effects.push({ kind: 'park', window: packed });
    }
  }
}
