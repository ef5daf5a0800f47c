/** The live picture of one region: its cells within the horizon and its absolute fields. */
import { counterIndex } from '../aggregate/counters.ts';
import { paneMs, windowMs } from '../protocol/limits.ts';
import { liveContentCounterNames, liveCounterNames } from '../protocol/live.ts';
import type { PackedWindow } from '../window/packed-window.ts';
import type { RegionAnswer, RegionUpdate } from '../window/region-answer.ts';
import type { Revision } from '../window/revision.ts';
import { type Cell, newCell, overwrite } from './cell.ts';
import { contentsInSight, minuteInSight, paneInSight } from './horizon.ts';
import { newRegionFields, type RegionFields } from './region-fields.ts';

export interface RegionCells {
  readonly regionNumber: number;
  readonly fields: RegionFields;
  readonly panes: Map<number, Cell>;
  readonly minutes: Map<number, Cell>;
  readonly contents: Map<number, Map<string, Cell>>;
}

/** Where a change comes from, and where it goes: cells that it changed are stamped with `seq` and listed. */
export interface Change {
  readonly seq: number;
  /** Time of the hub, ms; cells out of sight at it are not kept. */
  readonly at: number;
  readonly cells: Cell[];
}

interface Source {
  readonly shard: number;
  readonly revision: Revision;
}

const cellPositions = liveCounterNames.map((name) => counterIndex[name]);
const contentPositions = liveContentCounterNames.map((name) => counterIndex[name]);

export function newRegionCells(regionNumber: number): RegionCells {
  return {
    regionNumber,
    fields: newRegionFields(),
    panes: new Map(),
    minutes: new Map(),
    contents: new Map(),
  };
}

/** The changed cells of a commit. */
export function applyUpdateCells(region: RegionCells, update: RegionUpdate, change: Change): void {
  for (const [start, counters] of update.panes) putPane(region, update, start, counters, change);
  for (const [minute, counters] of update.minutes) putMinute(region, update, minute, counters, change);
  for (const [minute, id, counters] of update.contents) {
    putContent(region, update, minute, id, counters, change);
  }
}

export function applyAnswerCells(region: RegionCells, answer: RegionAnswer, change: Change): void {
  for (const window of answer.windows) applyWindow(region, window, change);
}

/**
 * A whole window. Cells of it that the hub holds and the window lacks are gone (a replay may judge anew), so they
 * become zero; by the rule of revisions only where the window is the newer of the two.
 */
export function applyWindow(region: RegionCells, window: PackedWindow, change: Change): void {
  const { minute } = window;
  putMinute(region, window, minute, window.counters, change);
  for (const [i, counters] of window.panes.entries()) {
    const start = minute * windowMs + i * paneMs;
    if (counters) putPane(region, window, start, counters, change);
    else putZero(region.panes.get(start), window, change);
  }
  const contents = window.dimensions.content;
  const named = new Set(contents.map(([contentId]) => contentId));
  for (const [contentId, counters] of contents) {
    putContent(region, window, minute, contentId, counters, change);
  }
  for (const [contentId, cell] of region.contents.get(minute) ?? []) {
    if (!named.has(contentId)) putZero(cell, window, change);
  }
}

/** Drops what is out of sight at `at`. */
export function pruneCells(region: RegionCells, at: number): void {
  for (const start of region.panes.keys()) if (!paneInSight(start, at)) region.panes.delete(start);
  for (const minute of region.minutes.keys()) if (!minuteInSight(minute, at)) region.minutes.delete(minute);
  for (const minute of region.contents.keys()) {
    if (!contentsInSight(minute, at)) region.contents.delete(minute);
  }
}

function putPane(
  region: RegionCells,
  source: Source,
  start: number,
  counters: readonly number[],
  change: Change,
): void {
  if (!paneInSight(start, change.at)) return;
  const cell = region.panes.get(start) ?? newCell(region.regionNumber, 'pane', start);
  region.panes.set(start, cell);
  put(cell, source, chosen(counters, cellPositions), change);
}

/** The totals of a minute. */
export function putMinute(
  region: RegionCells,
  source: Source,
  minute: number,
  counters: readonly number[],
  change: Change,
): void {
  if (!minuteInSight(minute, change.at)) return;
  const cell = region.minutes.get(minute) ?? newCell(region.regionNumber, 'minute', minute);
  region.minutes.set(minute, cell);
  put(cell, source, chosen(counters, cellPositions), change);
}

function putContent(
  region: RegionCells,
  source: Source,
  minute: number,
  contentId: string,
  counters: readonly number[],
  change: Change,
): void {
  if (!contentsInSight(minute, change.at)) return;
  const cells = region.contents.get(minute) ?? new Map<string, Cell>();
  region.contents.set(minute, cells);
  const cell = cells.get(contentId) ?? newCell(region.regionNumber, 'content', minute, contentId);
  cells.set(contentId, cell);
  put(cell, source, chosen(counters, contentPositions), change);
}

function putZero(cell: Cell | undefined, source: Source, change: Change): void {
  if (cell?.parts[source.shard])
    put(
      cell,
      source,
      cell.values.map(() => 0),
      change,
    );
}

function put(cell: Cell, source: Source, values: readonly number[], change: Change): void {
  if (!overwrite(cell, source.shard, source.revision, values)) return;
  cell.seq = change.seq;
  change.cells.push(cell);
}

/** Counters that live cells carry, out of those that windows carry. */
function chosen(counters: readonly number[], positions: readonly number[]): readonly number[] {
  return positions.map((position) => counters[position] ?? 0);
}
