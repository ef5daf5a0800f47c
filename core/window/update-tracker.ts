import type { Dimension } from '../aggregate/counters.ts';
import { OTHER_KEY, paneMs, panesPerWindow } from '../protocol/limits.ts';
import type { RegionUpdate } from './region-answer.ts';
import { minuteStartMs } from './time.ts';
import type { WindowState } from './window-state.ts';

/** The part of an update that this file makes. */
export type ChangedCells = Pick<
  RegionUpdate,
  'panes' | 'minutes' | 'contents' | 'devices' | 'contentTypes' | 'titles'
>;

/** Dimensions that hubs show; of the others they are not told. */
const trackedDimensions = ['content', 'device', 'content_type'] as const satisfies readonly Dimension[];
type TrackedDimension = (typeof trackedDimensions)[number];

interface Changes {
  /** Bit i: pane i. */
  panes: number;
  readonly keys: Readonly<Record<TrackedDimension, Set<string>>>;
}

type KeyRow = [minute: number, key: string, counters: number[]];

export function isTracked(dimension: Dimension): dimension is TrackedDimension {
  return (trackedDimensions as readonly Dimension[]).includes(dimension);
}

/** Remembers which cells changed since the last update that a hub took. */
export class UpdateTracker {
  readonly #changed = new Map<number, Changes>();
  /** Windows that have died with changes that no hub has taken. */
  readonly #dead = new Map<number, WindowState>();
  /** Those of them that the last update told of. */
  #toldDead: readonly WindowState[] = [];

  /** `panes`: bit i for pane i. */
  notePanes(minute: number, panes: number): void {
    this.#changesOf(minute).panes |= panes;
  }

  noteKey(minute: number, dimension: TrackedDimension, key: string): void {
    this.#changesOf(minute).keys[dimension].add(key);
  }

  /** Everything of a window counts as changed: after an update was lost. */
  noteWhole(window: WindowState): void {
    for (let index = 0; index < panesPerWindow; index++) {
      if (window.panes[index]) this.notePanes(window.minute, 1 << index);
    }
    for (const dimension of trackedDimensions) {
      for (const key of window.keysOf(dimension)) this.noteKey(window.minute, dimension, key);
    }
  }

  /** A window dies: what has changed of it is told all the same. */
  noteDead(window: WindowState): void {
    if (this.#changed.has(window.minute)) this.#dead.set(window.minute, window);
  }

  /** The last update was lost: the next one carries every living window, and what has died with it. */
  noteLost(living: readonly WindowState[]): void {
    for (const window of this.#toldDead) this.#dead.set(window.minute, window);
    for (const window of [...living, ...this.#toldDead]) this.noteWhole(window);
  }

  clear(): void {
    this.#changed.clear();
    this.#dead.clear();
    this.#toldDead = [];
  }

  /** Absolute values of the changed cells; forgets the changes. */
  take(windows: ReadonlyMap<number, WindowState>): ChangedCells {
    const toldDead = [...this.#dead.values()];
    const found = (minute: number) => windows.get(minute) ?? this.#dead.get(minute);
    const changed = [...this.#changed].flatMap(([minute, changes]) => {
      const window = found(minute);
      return window ? [{ window, changes }] : [];
    });
    const cells = cellsOf(changed);
    this.clear();
    this.#toldDead = toldDead;
    return cells;
  }

  #changesOf(minute: number): Changes {
    let changes = this.#changed.get(minute);
    if (!changes) {
      changes = { panes: 0, keys: { content: new Set(), device: new Set(), content_type: new Set() } };
      this.#changed.set(minute, changes);
    }
    return changes;
  }
}

type Changed = readonly { readonly window: WindowState; readonly changes: Changes }[];

function cellsOf(changed: Changed): ChangedCells {
  const rowsOf = (dimension: TrackedDimension) =>
    changed.flatMap(({ window, changes }) => keyRows(window, dimension, changes.keys[dimension]));
  return {
    panes: changed.flatMap(({ window, changes }) => paneRows(window, changes.panes)),
    minutes: changed.map(({ window }) => [window.minute, [...window.totals()]]),
    contents: rowsOf('content'),
    devices: rowsOf('device'),
    contentTypes: rowsOf('content_type'),
    titles: changed.flatMap(({ window, changes }) =>
      titleRows(window, keyRows(window, 'content', changes.keys.content)),
    ),
  };
}

function paneRows(window: WindowState, changed: number): [number, number[]][] {
  return window.panes.flatMap((pane, index) =>
    pane && changed & (1 << index)
      ? [[minuteStartMs(window.minute) + index * paneMs, [...pane.counters]]]
      : [],
  );
}

/** Keys beyond a window's cap changed what is kept for all of them together (WIN-6). */
function keyRows(window: WindowState, dimension: TrackedDimension, changed: ReadonlySet<string>): KeyRow[] {
  const held = [...changed].map((key) => (window.keyCounters(dimension, key) ? key : OTHER_KEY));
  return [...new Set(held)].map((key) => [
    window.minute,
    key,
    [...(window.keyCounters(dimension, key) ?? [])],
  ]);
}

function titleRows(window: WindowState, contents: readonly KeyRow[]): ChangedCells['titles'] {
  return contents.flatMap(([minute, contentId]) => {
    const known = window.titleOf(contentId);
    return known ? [[minute, contentId, ...known] as const] : [];
  });
}
