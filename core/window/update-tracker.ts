import { OTHER_KEY, paneMs, panesPerWindow } from '../protocol/limits.ts';
import type { RegionUpdate } from './region-answer.ts';
import { minuteStartMs } from './time.ts';
import type { WindowState } from './window-state.ts';

/** The part of an update that this file makes. */
export type ChangedCells = Pick<
  RegionUpdate,
  'panes' | 'minutes' | 'contents' | 'devices' | 'contentTypes' | 'titles'
>;

interface Changes {
  readonly panes: Set<number>;
  readonly contents: Set<string>;
}

/** Remembers which cells changed since the last update that a hub took. */
export class UpdateTracker {
  readonly #changed = new Map<number, Changes>();

  note(minute: number, paneIndex: number, contentId: string | null): void {
    let changes = this.#changed.get(minute);
    if (!changes) {
      changes = { panes: new Set(), contents: new Set() };
      this.#changed.set(minute, changes);
    }
    changes.panes.add(paneIndex);
    if (contentId !== null) changes.contents.add(contentId);
  }

  /** Everything of a window counts as changed: after an update was lost. */
  noteWhole(window: WindowState): void {
    for (let index = 0; index < panesPerWindow; index++)
      if (window.panes[index]) this.note(window.minute, index, null);
    for (const contentId of window.contentIds()) this.note(window.minute, 0, contentId);
  }

  clear(): void {
    this.#changed.clear();
  }

  /** Absolute values of the changed cells of the windows that still live; forgets the changes. */
  take(windows: ReadonlyMap<number, WindowState>): ChangedCells {
    const panes: [number, number[]][] = [];
    const minutes: [number, number[]][] = [];
    const contents: [number, string, number[]][] = [];
    for (const [minute, changes] of this.#changed) {
      const window = windows.get(minute);
      if (!window) continue;
      minutes.push([minute, [...window.totals()]]);
      for (const index of changes.panes) {
        const pane = window.panes[index];
        if (pane) panes.push([minuteStartMs(minute) + index * paneMs, [...pane.counters]]);
      }
      for (const contentId of keptNames(window, changes.contents)) {
        contents.push([minute, contentId, [...(window.contentCounters(contentId) ?? [])]]);
      }
    }
    this.clear();
    return { panes, minutes, contents, devices: [], contentTypes: [], titles: [] };
  }
}

/** Contents beyond a window's cap changed what is kept for all of them together (WIN-6). */
function keptNames(window: WindowState, contentIds: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    [...contentIds].map((contentId) => (window.contentCounters(contentId) ? contentId : OTHER_KEY)),
  );
}
