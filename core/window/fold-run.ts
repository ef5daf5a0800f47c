import { type Counters, dimensions } from '../aggregate/counters.ts';
import type { ChunkColumns } from '../protocol/chunk.ts';
import { DOWNLOAD } from '../protocol/event-type.ts';
import { type DimensionGroup, dimensionColumn, dimensionGroups } from './dimension-groups.ts';
import type { FoldSpace } from './fold-space.ts';
import type { Pane } from './pane.ts';
import { paneIndexOf } from './time.ts';
import { isTracked, type UpdateTracker } from './update-tracker.ts';
import type { WindowState } from './window-state.ts';

/** What of a chunk went into one window: counters by code, one array per dimension, and panes (bit i: pane i). */
interface Folded {
  readonly window: WindowState;
  readonly counters: readonly (Counters | undefined)[][];
  panes: number;
}

/**
 * Counts the events of one chunk, of a window after the other: the same as ChunkFold does event by event, but each sum is
 * made in small arrays of its own, by dictionary code, and added to the window once (docs/decisions/0021).
 */
export class RunFold {
  readonly #columns: ChunkColumns;
  readonly #row: number;
  readonly #space: FoldSpace;
  readonly #groups: readonly DimensionGroup[];
  readonly #folded: Folded[] = [];

  constructor(columns: ChunkColumns, count: number, row: number, space: FoldSpace) {
    this.#columns = columns;
    this.#row = row;
    this.#space = space;
    this.#groups = dimensionGroups(columns, count, space);
  }

  /** Counts the events that `list` begins with, all of this window and in the order of the log. */
  count(window: WindowState, list: Uint16Array, count: number): void {
    if (count === 0) return;
    const counters = dimensions.map(() => []);
    const folded: Folded = { window, counters, panes: 0 };
    this.#folded.push(folded);
    const rare = this.#listRare(list, count);
    const pane = this.#groups.length > 0 ? this.#onlyPane(window, list, count) : null;
    for (const [n, group] of this.#groups.entries())
      this.#countGroup(folded, group, list, count, rare, n === 0 ? pane : null);
    if (pane) {
      folded.panes = 1 << window.panes.indexOf(pane);
      this.#sketch(pane, list, count);
      this.#addSpeeds(pane, this.#space.rareList, rare);
    } else this.#countPanes(folded, list, count);
    this.#noteTitles(window, list, count);
  }

  /** What changed by what was counted. */
  noteChanges(updates: UpdateTracker): void {
    for (const { window, counters, panes } of this.#folded) {
      updates.notePanes(window.minute, panes);
      for (const [d, name] of dimensions.entries()) {
        if (!isTracked(name)) continue;
        const { texts } = this.#columns[dimensionColumn[name]];
        // Sparse, and holes are passed over: only codes that were counted.
        counters[d]?.forEach((_, code) => {
          updates.noteKey(window.minute, name, texts[code - 1] as string);
        });
      }
    }
  }

  #listRare(list: Uint16Array, count: number): number {
    const { type, ratingMilli } = this.#columns;
    const { rareList } = this.#space;
    let rare = 0;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      if (type[i] === DOWNLOAD || (ratingMilli[i] as number) > 0) rareList[rare++] = i;
    }
    return rare;
  }

  #countGroup(
    { window, counters }: Folded,
    { members, cells, codes }: DimensionGroup,
    list: Uint16Array,
    count: number,
    rare: number,
    pane: Pane | null,
  ): void {
    cells.sum(this.#columns, codes, list, count);
    cells.sumRare(this.#columns, codes, this.#space.rareList, rare);
    for (const cell of cells.touched) {
      if (pane) cells.addTo(pane.counters, cell);
      let left = cell;
      for (const { index, column, size } of members) {
        const code = left % size;
        left = (left - code) / size;
        if (code === 0) continue;
        const known = counters[index] as (Counters | undefined)[];
        let target = known[code];
        if (!target) {
          target = window.countersFor(dimensions[index] as never, column.texts[code - 1] as string);
          known[code] = target;
        }
        cells.addTo(target, cell);
      }
    }
    cells.clear();
  }

  /** The pane that holds all of the events; null where there are several. */
  #onlyPane(window: WindowState, list: Uint16Array, count: number): Pane | null {
    const { timeMs } = this.#columns;
    let leastMs = Number.POSITIVE_INFINITY;
    let greatestMs = 0;
    for (let k = 0; k < count; k++) {
      const atMs = timeMs[list[k] as number] as number;
      if (atMs < leastMs) leastMs = atMs;
      if (atMs > greatestMs) greatestMs = atMs;
    }
    const index = paneIndexOf(leastMs);
    return index === paneIndexOf(greatestMs) ? window.paneFor(index, this.#row) : null;
  }

  /** One pane after the other, where there are several, and where no event has any dimension. */
  #countPanes(folded: Folded, list: Uint16Array, count: number): void {
    const { paneCodes, panes: cells, paneList } = this.#space;
    const { timeMs } = this.#columns;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      paneCodes[i] = paneIndexOf(timeMs[i] as number);
    }
    cells.sum(this.#columns, paneCodes, list, count);
    for (const index of cells.touched) {
      folded.panes |= 1 << index;
      const pane = folded.window.paneFor(index, this.#row);
      const inPane = this.#listPane(index, list, count);
      const rare = this.#listRare(paneList, inPane);
      cells.sumRare(this.#columns, paneCodes, this.#space.rareList, rare);
      cells.addTo(pane.counters, index);
      this.#sketch(pane, paneList, inPane);
      this.#addSpeeds(pane, this.#space.rareList, rare);
    }
    cells.clear();
  }

  #listPane(index: number, list: Uint16Array, count: number): number {
    const { paneCodes, paneList } = this.#space;
    let inPane = 0;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      if (paneCodes[i] === index) paneList[inPane++] = i;
    }
    return inPane;
  }

  #sketch(pane: Pane, list: Uint16Array, count: number): void {
    pane.users.addAll(this.#columns.user, list, count);
    pane.sessions.addAll(this.#columns.session, list, count);
  }

  #addSpeeds(pane: Pane, rareList: Uint16Array, rare: number): void {
    const { type, speedKbps } = this.#columns;
    for (let k = 0; k < rare; k++) {
      const i = rareList[k] as number;
      const speed = speedKbps[i] as number;
      if (speed > 0 && type[i] === DOWNLOAD) pane.speed.add(speed - 1);
    }
  }

  /** The last word in the order of the log stands, so that one note a content is enough. */
  #noteTitles(window: WindowState, list: Uint16Array, count: number): void {
    const { contentId, title, contentType } = this.#columns;
    const { lastTitles, lastTypes } = this.#space;
    if (contentId.texts.length === 0) return;
    const noted: number[] = [];
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      const content = contentId.codes[i] as number;
      const titleCode = title.codes[i] as number;
      const typeCode = contentType.codes[i] as number;
      if (content === 0 || (titleCode === 0 && typeCode === 0)) continue;
      if (lastTitles[content] === 0 && lastTypes[content] === 0) noted.push(content);
      if (titleCode > 0) lastTitles[content] = titleCode;
      if (typeCode > 0) lastTypes[content] = typeCode;
    }
    for (const content of noted) {
      const [titleCode, typeCode] = [lastTitles[content] as number, lastTypes[content] as number];
      window.noteTitle(
        contentId.texts[content - 1] as string,
        titleCode === 0 ? null : (title.texts[titleCode - 1] as string),
        typeCode === 0 ? null : (contentType.texts[typeCode - 1] as string),
      );
      lastTitles[content] = 0;
      lastTypes[content] = 0;
    }
  }
}
