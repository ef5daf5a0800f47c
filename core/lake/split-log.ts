/** From a shard's log to what its parts hold (LAK-1). */
import { assert } from '../protocol/assert.ts';
import { openChunk, readColumns } from '../protocol/chunk.ts';
import { ColumnSpace } from '../protocol/column-space.ts';
import { DUPLICATE, LATE, type LogRow } from '../window/log-row.ts';
import { hourOf, minuteOf } from '../window/time.ts';
import { type LakeRows, type PartKind, partKinds } from './lake-rows.ts';
import { LakeRowsBuilder } from './rows-builder.ts';
import type { PlannedPart } from './seal-plan.ts';

/** Of one chunk at a time. */
const space = new ColumnSpace();

/** Events of one event hour and kind. */
export interface SplitRows extends PlannedPart {
  /** In the order of the log. */
  readonly rows: LakeRows;
}

/**
 * The events of a range of the log, by event hour and verdict; duplicates are left out. `rows` ascend. The result is in
 * order of hour, then kind (counted before late), and holds all events in memory: the range is the caller's to bound.
 * Throws FormatError for a chunk that does not decode.
 */
export function splitLog(rows: Iterable<{ readonly row: number; readonly logRow: LogRow }>): SplitRows[] {
  const lots = new Map<number, LakeRowsBuilder>();
  let before = -1;
  for (const { row, logRow } of rows) {
    assert(row > before, 'rows of the log ascend');
    before = row;
    let firstIndex = 0;
    for (const { bytes, verdicts } of logRow.chunks) {
      const open = openChunk(bytes);
      const chunk = { header: open.header, columns: readColumns(open, space.begin()) };
      const { count } = chunk.header;
      assert(verdicts === null || verdicts.length === count, 'one verdict an event');
      for (const [key, picked] of lotsOf(chunk.columns.timeMs, count, verdicts)) {
        let lot = lots.get(key);
        if (!lot) {
          lot = new LakeRowsBuilder();
          lots.set(key, lot);
        }
        lot.add(chunk, picked && Uint32Array.from(picked), row, firstIndex);
      }
      firstIndex += count;
    }
  }
  return [...lots].sort(([a], [b]) => a - b).map(([key, lot]) => ({ ...lotOf(key), rows: lot.finish() }));
}

/** Which events of a chunk go where: indices by hour and kind, packed into a number; null where all go to the same. */
function lotsOf(
  timeMs: Float64Array,
  count: number,
  verdicts: Uint8Array | null,
): Iterable<readonly [key: number, picked: number[] | null]> {
  const first = hourAt(timeMs, 0);
  let alike = verdicts === null;
  for (let i = 1; alike && i < count; i++) alike = hourAt(timeMs, i) === first;
  if (alike) return [[first * 2, null]];
  const lots = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const verdict = verdicts?.[i];
    if (verdict === DUPLICATE) continue;
    const key = hourAt(timeMs, i) * 2 + (verdict === LATE ? 1 : 0);
    const lot = lots.get(key);
    if (lot) lot.push(i);
    else lots.set(key, [i]);
  }
  return lots;
}

const hourAt = (timeMs: Float64Array, i: number): number => hourOf(minuteOf(timeMs[i] as number));

function lotOf(key: number): PlannedPart {
  return { hour: Math.floor(key / 2), kind: partKinds[key % 2] as PartKind };
}
