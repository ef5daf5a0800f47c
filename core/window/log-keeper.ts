import { isSamePlan, nothingSealed, type SealPlan, type SealState } from '../lake/seal-plan.ts';
import { assert } from '../protocol/assert.ts';
import { sealAfterMs, sealEventsMin, sealPartsMax, sealRetryMs, trimRowsMax } from '../protocol/limits.ts';
import type { RegionEffect } from './effect.ts';
import type { RegionSource, WokenState } from './replay.ts';
import { encodeSnapshot } from './snapshot.ts';

/** The snapshot is renewed at most this often, so that waking reads few headers. */
const snapshotEveryMs = 5 * 60_000;
/** Between two steps of a trimming that takes several. */
const trimPauseMs = 1_000;

/** What a sealer is told of a shard. */
export interface SealStanding extends SealState {
  readonly incarnation: number;
  /** The last row of the log; -1 for none. */
  readonly lastRow: number;
  /** Watermark, ms. */
  readonly watermarkMs: number;
}

/** What becomes of a shard's log: into the snapshot, into the lake (LAK-1), and then away (LOG-5b). */
export class LogKeeper {
  readonly #incarnation: number;
  readonly #state: WokenState;
  #snapshotAtMs: number;
  #snapshotRow: number;
  #sealed: SealState;
  /** When the oldest row that is not sealed was committed, ms; null where there is none. */
  #unsealedAtMs: number | null;
  /** When the sealer was last told; null in this life not yet. */
  #toldAtMs: number | null = null;
  /** Rows before it may go: the snapshot that is stored covers what they have left behind. */
  #trimTo: number;
  /** Rows before it have gone. */
  #trimmedTo: number;

  constructor({ origin, snapshot, sealing }: RegionSource, state: WokenState) {
    this.#incarnation = origin.incarnation;
    this.#state = state;
    // Counted across lives, or the log of a shard that never lives for five minutes would grow without end.
    this.#snapshotAtMs = snapshot?.atMs ?? Number.NEGATIVE_INFINITY;
    this.#snapshotRow = snapshot?.throughRow ?? -1;
    this.#sealed = sealing?.state ?? nothingSealed;
    this.#unsealedAtMs = sealing?.unsealedAtMs ?? null;
    this.#trimmedTo = sealing?.firstRow ?? state.nextRow;
    this.#trimTo = this.#trimmedTo;
  }

  get standing(): SealStanding {
    const { nextRow, watermark } = this.#state;
    const rest = { incarnation: this.#incarnation, lastRow: nextRow - 1, watermarkMs: watermark.valueMs };
    return { ...this.#sealed, ...rest };
  }

  /** When the oldest row that is not sealed was committed, ms; null where there is none. */
  get unsealedAtMs(): number | null {
    return this.#unsealedAtMs;
  }

  /** A row was appended. */
  noteAppended(nowMs: number): void {
    this.#unsealedAtMs ??= nowMs;
  }

  /** Whether the sealer is to be told now: something is due, and it was not told of late. */
  tellSealer(nowMs: number): boolean {
    if (this.#sealWakeMs(nowMs) > nowMs) return false;
    this.#toldAtMs = nowMs;
    return true;
  }

  /**
   * The sealer proposes a plan. What comes back is the plan to carry out: the one that stood before, if one did; null
   * where the rows have been sealed meanwhile.
   */
  keepPlan(plan: SealPlan): { readonly plan: SealPlan | null; readonly effects: RegionEffect[] } {
    const { throughRow, partsDone, plan: standing } = this.#sealed;
    if (standing) return { plan: standing, effects: [] };
    if (plan.firstRow !== throughRow + 1 || plan.partsBefore !== partsDone)
      return { plan: null, effects: [] };
    assert(plan.incarnation === this.#incarnation, 'a plan for this log');
    assert(plan.lastRow >= plan.firstRow && plan.lastRow < this.#state.nextRow, 'a plan of rows of the log');
    assert(plan.parts.length <= sealPartsMax, 'a plan of so many parts');
    return { plan, effects: this.#keep({ ...this.#sealed, plan }) };
  }

  /**
   * The lake holds the parts of the plan, and D1 lists them. `unsealedAtMs`: when the oldest row behind the plan's was
   * committed. A plan that does not stand (any more) is passed over.
   */
  sealed(plan: SealPlan, unsealedAtMs: number | null): RegionEffect[] {
    const { plan: standing, throughRow, loggedThrough } = this.#sealed;
    if (!standing || plan.incarnation !== this.#incarnation || !isSamePlan(standing, plan)) return [];
    if (plan.partsAfter > 0) {
      const partsDone = plan.partsBefore + plan.parts.length;
      return this.#keep({ throughRow, loggedThrough, partsDone, plan: null });
    }
    this.#unsealedAtMs = unsealedAtMs;
    const { lastRow, loggedThrough: logged } = plan;
    return this.#keep({ throughRow: lastRow, loggedThrough: logged, partsDone: 0, plan: null });
  }

  /** Renews the snapshot and trims the log, where it is time (LOG-5b). */
  maintain(nowMs: number): RegionEffect[] {
    const effects: RegionEffect[] = [];
    const throughRow = this.#state.nextRow - 1;
    const trimTo = this.#trimmable;
    const ageMs = nowMs - this.#snapshotAtMs;
    const isRecent = ageMs >= 0 && ageMs < snapshotEveryMs;
    const isNew = throughRow !== this.#snapshotRow || trimTo > this.#trimTo || this.#state.isOwing;
    if (!isRecent && isNew) {
      this.#snapshotAtMs = nowMs;
      this.#snapshotRow = throughRow;
      this.#state.noteKept();
      const { known, doors } = this.#state;
      const body = encodeSnapshot({ atMs: nowMs, throughRow, known, doors: doors.stored(nowMs) });
      effects.push({ kind: 'snapshot', body });
      this.#trimTo = Math.max(this.#trimTo, trimTo);
    }
    if (this.#trimmedTo < this.#trimTo) {
      this.#trimmedTo = Math.min(this.#trimTo, this.#trimmedTo + trimRowsMax);
      effects.push({ kind: 'trim', beforeRow: this.#trimmedTo });
    }
    return effects;
  }

  /** When there is something to seal or to trim, ms. */
  nextWakeMs(nowMs: number): number {
    return Math.min(this.#sealWakeMs(nowMs), this.#trimWakeMs(nowMs));
  }

  #sealWakeMs(nowMs: number): number {
    const dueMs = this.#sealDueMs(nowMs);
    // A clock that was set back makes neither wait longer than it says.
    return this.#toldAtMs === null ? dueMs : Math.max(dueMs, Math.min(this.#toldAtMs, nowMs) + sealRetryMs);
  }

  #sealDueMs(nowMs: number): number {
    if (this.#sealed.plan) return nowMs;
    if (this.#unsealedAtMs === null) return Number.POSITIVE_INFINITY;
    const { counted, late, duplicates } = this.#state.totals;
    if (counted + late + duplicates - this.#sealed.loggedThrough >= sealEventsMin) return nowMs;
    return Math.min(this.#unsealedAtMs, nowMs) + sealAfterMs;
  }

  /** Where rows still come there are alarms enough; a shard that has fallen silent is woken once for the rest. */
  #trimWakeMs(nowMs: number): number {
    if (this.#trimmedTo < this.#trimTo) return nowMs + trimPauseMs;
    if (this.#state.table.size > 0 || this.#trimmable <= this.#trimTo) return Number.POSITIVE_INFINITY;
    return Math.min(this.#snapshotAtMs, nowMs) + snapshotEveryMs;
  }

  /** Rows before it are in the lake, no living window needs them, and what the dead ones owed to D1 it has. */
  get #trimmable(): number {
    const { shared, nextRow, parked, alerts } = this.#state;
    if (parked.size > 0 || alerts.due.length > 0) return 0;
    return Math.min(shared.firstNeededRow(nextRow), this.#sealed.throughRow + 1);
  }

  #keep(state: SealState): RegionEffect[] {
    this.#sealed = state;
    return [{ kind: 'sealing', state }];
  }
}
