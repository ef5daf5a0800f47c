import type { AlertRecord } from '../alert/alert-record.ts';
import { allowedLatenessMs } from '../protocol/limits.ts';
import { Backoff } from './backoff.ts';
import type { RegionEffect } from './effect.ts';
import type { PackedWindow } from './packed-window.ts';
import type { WokenState } from './replay.ts';
import { compareRevisions } from './revision.ts';
import { minuteEndMs } from './time.ts';
import type { WindowOrigin, WindowState } from './window-state.ts';

/** Closed windows whose present state D1 lacks. */
export interface OwedToD1 {
  readonly windows: number;
  /** Since when the oldest of them could be there, ms; null where none is due. */
  readonly sinceMs: number | null;
}

/** What a shard owes to D1 (LOG-5). */
export class Outbox {
  readonly #origin: WindowOrigin;
  readonly #state: WokenState;
  readonly backoff = new Backoff();

  constructor(origin: WindowOrigin, state: WokenState) {
    this.#origin = origin;
    this.#state = state;
  }

  dueAlerts(nowMs: number): readonly AlertRecord[] {
    return this.backoff.isPausedAt(nowMs) ? [] : this.#state.alerts.due;
  }

  confirmAlerts(records: readonly AlertRecord[]): RegionEffect[] {
    const { alerts } = this.#state;
    this.backoff.succeed();
    alerts.confirm(records);
    return [{ kind: 'alerts', body: alerts.encode() }];
  }

  dueWindows(nowMs: number): PackedWindow[] {
    if (this.backoff.isPausedAt(nowMs)) return [];
    const due = [...this.#state.parked.values()];
    for (const window of this.#state.table.inTimeOrder()) {
      if (window.closed && window.dirty && window.emissionDueMs(nowMs) <= nowMs)
        due.push(window.pack(this.#origin));
    }
    return due;
  }

  /** How far D1 is behind, also in a pause. `atOfRow`: when a row of the log was committed, ms; null where it is gone. */
  owed(nowMs: number, atOfRow: (row: number) => number | null): OwedToD1 {
    const since = [...this.#state.parked.keys()].map((minute) => minuteEndMs(minute) + allowedLatenessMs);
    for (const window of this.#state.table.inTimeOrder()) {
      if (!window.closed || !window.dirty) continue;
      since.push(dueSinceMs(window, nowMs, atOfRow));
    }
    const due = since.filter((atMs) => atMs <= nowMs);
    return { windows: since.length, sinceMs: due.length === 0 ? null : Math.min(...due) };
  }

  confirm(windows: readonly PackedWindow[], nowMs: number): RegionEffect[] {
    this.backoff.succeed();
    const { table, parked, confirmed, keptOldestMinute } = this.#state;
    const effects: RegionEffect[] = [];
    for (const { minute, revision } of windows) {
      const window = table.get(minute);
      if (window) {
        window.confirmedRow = Math.max(window.confirmedRow, revision.logRow);
        window.emittedAtMs = nowMs;
      }
      confirmed.set(minute, Math.max(confirmed.get(minute) ?? -1, revision.logRow));
      const waiting = parked.get(minute);
      if (waiting && compareRevisions(waiting.revision, revision) <= 0) {
        parked.delete(minute);
        effects.push({ kind: 'unpark', minute });
      }
    }
    // One that wakes may find windows alive that have died since the last commit: they must not be owed to D1 again.
    for (const minute of confirmed.keys()) if (minute < keptOldestMinute) confirmed.delete(minute);
    effects.push({ kind: 'confirmed', windows: [...confirmed] });
    return effects;
  }

  dueHours(nowMs: number): number[] {
    if (this.backoff.isPausedAt(nowMs)) return [];
    return [...this.#state.hours].filter((hour) => this.#state.isHourOver(hour)).sort((a, b) => a - b);
  }

  hourWritten(hour: number): void {
    this.#state.hours.delete(hour);
  }
}

/** The time of its minute, of its pause and of what changed it: the latest of them. */
function dueSinceMs(window: WindowState, nowMs: number, atOfRow: (row: number) => number | null): number {
  const { minute, confirmedRow, emittedAtMs, firstRow, lastRow } = window;
  if (confirmedRow < 0) return Math.max(minuteEndMs(minute), atOfRow(firstRow) ?? 0);
  // One that has woken does not know when it emitted.
  const pauseMs = emittedAtMs === null ? 0 : window.emissionDueMs(nowMs);
  return Math.max(pauseMs, atOfRow(lastRow) ?? 0);
}
