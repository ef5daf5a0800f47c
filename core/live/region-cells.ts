/** The live picture of one region: its cells within the horizon and its absolute fields. */
import { counterIndex } from '../aggregate/counters.ts';
import { paneMs, windowMs } from '../protocol/limits.ts';
import { liveContentCounterNames, liveCounterNames } from '../protocol/live.ts';
import type { PackedWindow } from '../window/packed-window.ts';
import type { RegionAnswer, RegionUpdate } from '../window/region-answer.ts';
import type { Revision } from '../window/revision.ts';
import { type Cell, type KeyedKind, type Label, newCell, overwrite } from './cell.ts';
import { contentsInSight, minuteInSight, paneInSight } from './horizon.ts';
import { newRegionFields, type RegionFields } from './region-fields.ts';

export type KeyedCells = Map<number, Map<string, Cell>>;

export interface RegionCells {
  readonly regionNumber: number;
  readonly fields: RegionFields;
  readonly panes: Map<number, Cell>;
  readonly minutes: Map<number, Cell>;
  /** By minute, then key. Only contents travel as cells; all three make breakdowns. */
  readonly keyed: Readonly<Record<KeyedKind, KeyedCells>>;
  /** The hub's seq at which any keyed cell last changed. */
  keyedSeq: number;
}

/** Where a change comes from, and where it goes: cells that it changed are stamped with `seq`; those that travel listed. */
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

const keyedKinds = ['content', 'device', 'content_type'] as const;

/** What keyed cells hold: what content cells show, and behind it what breakdowns need. */
export const keyedCounterNames = [...liveContentCounterNames, 'downloads'] as const;

const cellPositions = liveCounterNames.map((name) => counterIndex[name]);
const keyedPositions = keyedCounterNames.map((name) => counterIndex[name]);

/** Counters of a window or a pane as its live cell has them. */
export const cellValues = (counters: ArrayLike<number>): readonly number[] => chosen(counters, cellPositions);
/** Counters of a key as keyed cells have them. */
export const keyedValues = (counters: ArrayLike<number>): readonly number[] =>
  chosen(counters, keyedPositions);

export function newRegionCells(regionNumber: number): RegionCells {
  return {
    regionNumber,
    fields: newRegionFields(),
    panes: new Map(),
    minutes: new Map(),
    keyed: { content: new Map(), device: new Map(), content_type: new Map() },
    keyedSeq: 0,
  };
}

/** The changed cells of a commit. */
export function applyUpdateCells(region: RegionCells, update: RegionUpdate, change: Change): void {
  for (const [start, counters] of update.panes) putPane(region, update, start, counters, change);
  for (const [minute, counters] of update.minutes) putMinute(region, update, minute, counters, change);
  const labels = new Map<string, Label>();
  for (const [minute, id, ...label] of update.titles) labels.set(`${minute} ${id}`, label);
  for (const [minute, id, counters] of update.contents) {
    putKeyed(region, 'content', update, minute, id, counters, change, labels.get(`${minute} ${id}`));
  }
  for (const [minute, key, counters] of update.devices) {
    putKeyed(region, 'device', update, minute, key, counters, change);
  }
  for (const [minute, key, counters] of update.contentTypes) {
    putKeyed(region, 'content_type', update, minute, key, counters, change);
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
    else putZero(region, region.panes.get(start), window, change);
  }
  const labels = new Map(window.titles.map(([id, ...label]) => [id, label] as const));
  for (const kind of keyedKinds) {
    const rows = window.dimensions[kind];
    const named = new Set(rows.map(([key]) => key));
    for (const [key, counters] of rows) {
      const label = kind === 'content' ? labels.get(key) : undefined;
      putKeyed(region, kind, window, minute, key, counters, change, label);
    }
    for (const [key, cell] of region.keyed[kind].get(minute) ?? []) {
      if (!named.has(key)) putZero(region, cell, window, change);
    }
  }
}

/** Drops what is out of sight at `at`. */
export function pruneCells(region: RegionCells, at: number): void {
  for (const start of region.panes.keys()) if (!paneInSight(start, at)) region.panes.delete(start);
  for (const minute of region.minutes.keys()) if (!minuteInSight(minute, at)) region.minutes.delete(minute);
  for (const cells of Object.values(region.keyed)) {
    for (const minute of cells.keys()) if (!contentsInSight(minute, at)) cells.delete(minute);
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
  put(region, cell, source, cellValues(counters), change);
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
  put(region, cell, source, cellValues(counters), change);
}

function putKeyed(
  region: RegionCells,
  kind: KeyedKind,
  source: Source,
  minute: number,
  key: string,
  counters: readonly number[],
  change: Change,
  label?: Label,
): void {
  if (!contentsInSight(minute, change.at)) return;
  const cells = region.keyed[kind].get(minute) ?? new Map<string, Cell>();
  region.keyed[kind].set(minute, cells);
  const cell = cells.get(key) ?? newCell(region.regionNumber, kind, minute, key);
  cells.set(key, cell);
  put(region, cell, source, keyedValues(counters), change, label);
}

function putZero(region: RegionCells, cell: Cell | undefined, source: Source, change: Change): void {
  if (!cell?.parts[source.shard]) return;
  const zeros = cell.values.map(() => 0);
  put(region, cell, source, zeros, change);
}

function put(
  region: RegionCells,
  cell: Cell,
  source: Source,
  values: readonly number[],
  change: Change,
  label?: Label,
): void {
  if (!overwrite(cell, source.shard, source.revision, values, label)) return;
  cell.seq = change.seq;
  const { kind } = cell;
  if (kind !== 'pane' && kind !== 'minute') region.keyedSeq = change.seq;
  if (kind === 'pane' || kind === 'minute' || kind === 'content') change.cells.push(cell);
}

/** Counters that live cells carry, out of those that windows carry. */
function chosen(counters: ArrayLike<number>, positions: readonly number[]): readonly number[] {
  return positions.map((position) => counters[position] ?? 0);
}
