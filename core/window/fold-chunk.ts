import { type Counters, type Dimension, dimensions } from '../aggregate/counters.ts';
import type { ChunkColumns, TextColumn } from '../protocol/chunk.ts';
import type { TextColumnName } from '../protocol/chunk-columns.ts';
import { EventDeltas } from './event-deltas.ts';
import { paneIndexOf } from './time.ts';
import type { WindowState } from './window-state.ts';

const dimensionColumn: Readonly<Record<Dimension, TextColumnName>> = {
  content: 'contentId',
  content_type: 'contentType',
  device: 'deviceType',
  country: 'country',
  quality: 'quality',
};

/** Counters by dictionary code, looked up once a code and window instead of once an event. */
type CodeCache = (Counters | undefined)[];

/** What of a chunk went into one window. */
interface Folded {
  /** One per dimension. */
  readonly caches: readonly CodeCache[];
  /** Bit i: pane i. */
  panes: number;
}

/**
 * Counts events of one part of the lake into windows, in any order: the batch layer takes its parts' events in that of the
 * log. RunFold counts chunks faster and the same (test/core/window/fold-run.test.ts). Made anew for each part.
 */
export class ChunkFold {
  readonly #columns: ChunkColumns;
  readonly #row: number;
  readonly #deltas = new EventDeltas();
  readonly #folded = new Map<WindowState, Folded>();
  readonly #texts: readonly TextColumn[];

  constructor(columns: ChunkColumns, row: number) {
    this.#columns = columns;
    this.#row = row;
    this.#texts = dimensions.map((name) => columns[dimensionColumn[name]]);
  }

  /** Counts event `i` into its window (WIN-2: in exactly one pane, and in each of its dimensions' keys). */
  count(window: WindowState, i: number): void {
    const columns = this.#columns;
    const speed = this.#deltas.read(columns, i);
    const paneIndex = paneIndexOf(columns.timeMs[i] as number);
    const pane = window.paneFor(paneIndex, this.#row);
    const folded = this.#foldedInto(window);
    folded.panes |= 1 << paneIndex;
    this.#deltas.addTo(pane.counters);
    if (speed >= 0) pane.speed.add(speed);
    const { user, session } = columns;
    if (user.hi[i] !== 0 || user.lo[i] !== 0) pane.users.add(user.hi[i] as number, user.lo[i] as number);
    if (session.hi[i] !== 0 || session.lo[i] !== 0) {
      pane.sessions.add(session.hi[i] as number, session.lo[i] as number);
    }
    this.#countKeys(window, folded.caches, i);
  }

  #foldedInto(window: WindowState): Folded {
    let folded = this.#folded.get(window);
    if (!folded) {
      folded = { caches: dimensions.map(() => []), panes: 0 };
      this.#folded.set(window, folded);
    }
    return folded;
  }

  #countKeys(window: WindowState, caches: readonly CodeCache[], i: number): void {
    for (let d = 0; d < dimensions.length; d++) {
      const { codes, texts } = this.#texts[d] as TextColumn;
      const code = codes[i] as number;
      if (code === 0) continue;
      const cache = caches[d] as CodeCache;
      let counters = cache[code];
      if (!counters) {
        counters = window.countersFor(dimensions[d] as Dimension, texts[code - 1] as string);
        cache[code] = counters;
      }
      this.#deltas.addTo(counters);
    }
    this.#noteTitle(window, i);
  }

  #noteTitle(window: WindowState, i: number): void {
    const contentId = textAt(this.#columns.contentId, i);
    if (contentId === null) return;
    const title = textAt(this.#columns.title, i);
    const contentType = textAt(this.#columns.contentType, i);
    if (title !== null || contentType !== null) window.noteTitle(contentId, title, contentType);
  }
}

function textAt(column: TextColumn, i: number): string | null {
  const code = column.codes[i] as number;
  return code === 0 ? null : (column.texts[code - 1] as string);
}
