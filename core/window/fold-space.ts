import { ColumnSpace } from '../protocol/column-space.ts';
import { chunkEventsMax, panesPerWindow } from '../protocol/limits.ts';
import { Cells } from './cells.ts';

/** What a shard decodes and sums chunks in: the same arrays for each, since new ones would cost more than the work. */
export class FoldSpace {
  readonly columns = new ColumnSpace();
  /** Numbers of the events of a chunk, of one window after the other. */
  readonly list = new Uint16Array(chunkEventsMax);
  /** The same of one window, of one pane after the other. */
  readonly paneList = new Uint16Array(chunkEventsMax);
  /** Of each event its pane, 0 to 5. */
  readonly paneCodes = new Uint16Array(chunkEventsMax);
  /** Events of downloads and ratings, which have counters that the others lack. */
  readonly rareList = new Uint16Array(chunkEventsMax);
  readonly panes = new Cells();
  /** By content code: the code of the last title and the last type. Zero between two uses, as all cells are. */
  readonly lastTitles = new Uint16Array(chunkEventsMax + 1);
  readonly lastTypes = new Uint16Array(chunkEventsMax + 1);
  readonly #cells: Cells[] = [];
  readonly #codes: Uint16Array[] = [];

  constructor() {
    this.panes.reserve(panesPerWindow);
  }

  /** The cells of the n-th group of dimensions. */
  cells(n: number): Cells {
    const held = this.#cells[n] ?? new Cells();
    this.#cells[n] = held;
    return held;
  }

  /** Room for the codes of the n-th group. */
  codes(n: number): Uint16Array {
    const held = this.#codes[n] ?? new Uint16Array(chunkEventsMax);
    this.#codes[n] = held;
    return held;
  }
}
