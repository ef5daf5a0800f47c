import { type Dimension, dimensions } from '../aggregate/counters.ts';
import type { ChunkColumns, TextColumn } from '../protocol/chunk.ts';
import type { TextColumnName } from '../protocol/chunk-columns.ts';
import type { Cells } from './cells.ts';
import type { FoldSpace } from './fold-space.ts';

export const dimensionColumn: Readonly<Record<Dimension, TextColumnName>> = {
  content: 'contentId',
  content_type: 'contentType',
  device: 'deviceType',
  country: 'country',
  quality: 'quality',
};

/** Below this a group has as many cells as that, whatever the number of events. */
const cellsMin = 16;

interface Member {
  /** Of `dimensions`. */
  readonly index: number;
  readonly column: TextColumn;
  /** Codes, with that of null. */
  readonly size: number;
}

/** Dimensions that are summed together: a cell is a code of each of them. */
export interface DimensionGroup {
  readonly members: readonly Member[];
  readonly cells: Cells;
  /** Of each event its cell: the first member's code, and then each other's times the sizes before it. */
  readonly codes: Uint16Array | Uint32Array;
}

/**
 * Dimensions of few keys are summed together, so that an event is added to two or three cells instead of one for each
 * dimension: there must be far fewer cells than events, or adding the cells up costs more than it saves.
 */
export function dimensionGroups(columns: ChunkColumns, count: number, space: FoldSpace): DimensionGroup[] {
  const members = dimensions
    .map((name, index): Member => {
      const column = columns[dimensionColumn[name]];
      return { index, column, size: column.texts.length + 1 };
    })
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.size - b.size);
  const cellsMax = Math.max(cellsMin, count >> 1);
  const groups: DimensionGroup[] = [];
  for (let from = 0, to: number; from < members.length; from = to) {
    let size = (members[from] as Member).size;
    for (to = from + 1; to < members.length && size * (members[to] as Member).size <= cellsMax; to++)
      size *= (members[to] as Member).size;
    const together = members.slice(from, to);
    const cells = space.cells(groups.length);
    cells.reserve(size);
    groups.push({ members: together, cells, codes: codesOf(together, count, space.codes(groups.length)) });
  }
  return groups;
}

function codesOf(members: readonly Member[], count: number, room: Uint16Array): DimensionGroup['codes'] {
  const [first, ...others] = members as readonly [Member, ...Member[]];
  if (others.length === 0) return first.column.codes;
  room.set(first.column.codes.subarray(0, count));
  let scale = first.size;
  for (const { column, size } of others) {
    const { codes } = column;
    for (let i = 0; i < count; i++) (room[i] as number) += (codes[i] as number) * scale;
    scale *= size;
  }
  return room;
}
