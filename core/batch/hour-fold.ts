import type { LakeRows } from '../lake/lake-rows.ts';
import { FormatError } from '../protocol/bytes.ts';
import { ChunkFold } from '../window/fold-chunk.ts';
import type { PackedWindow } from '../window/packed-window.ts';
import { compareRevisions, type Revision } from '../window/revision.ts';
import { hourOf, minuteOf } from '../window/time.ts';
import type { ShardAddress } from '../window/verdict.ts';
import { WindowState } from '../window/window-state.ts';
import type { PartEvents } from './part-events.ts';
import { COUNTS } from './twin-finder.ts';
import { unpackWindow } from './unpack-window.ts';

/** Stands for the last log row of a window that a part has not changed. */
const untouched = -1;

/**
 * The windows of an hour of a shard, counted anew by the stream's own code (BAT-1). It goes on from what an earlier
 * one has packed, so that any grouping of the parts gives the same; parts come in the order of orderParts().
 */
export class HourFold {
  readonly #address: ShardAddress;
  readonly #hour: number;
  readonly #windows = new Map<number, WindowState>();
  readonly #revisions = new Map<number, Revision>();

  constructor(address: ShardAddress, hour: number, carried: readonly PackedWindow[] = []) {
    this.#address = address;
    this.#hour = hour;
    for (const packed of carried) {
      this.#windows.set(packed.minute, unpackWindow(packed));
      this.#revisions.set(packed.minute, packed.revision);
    }
  }

  /**
   * Counts the events of a part, of suspects those that are marked as such. Returns how many. Throws FormatError for
   * an event of another hour; the fold cannot be used after that.
   */
  add(part: PartEvents, incarnation: number, marks: Uint8Array | null = null): number {
    const folds = part.groups.map(({ columns }) => new ChunkFold(columns, 0));
    for (const window of this.#windows.values()) window.lastRow = untouched;
    let counted = 0;
    part.inLogOrder((group, i, rank) => {
      if (marks && marks[rank] !== COUNTS) return;
      const { columns, logRow } = part.groups[group] as LakeRows;
      const window = this.#obtain(minuteOf(columns.timeMs[i] as number));
      folds[group]?.count(window, i);
      window.lastRow = logRow[i] as number;
      counted++;
    });
    this.#noteRevisions(incarnation);
    return counted;
  }

  /** The windows with events, by minute, as states of generation 0. */
  pack(): PackedWindow[] {
    const windows = [...this.#windows.values()].sort((a, b) => a.minute - b.minute);
    return windows.map((window) => {
      window.closed = true;
      const packed = window.pack({ ...this.#address, generation: 0, incarnation: 0 });
      return { ...packed, revision: this.#revisions.get(window.minute) ?? packed.revision };
    });
  }

  #obtain(minute: number): WindowState {
    let window = this.#windows.get(minute);
    if (window) return window;
    if (hourOf(minute) !== this.#hour)
      throw new FormatError(`an event of hour ${hourOf(minute)} in hour ${this.#hour}`);
    window = new WindowState(minute, 0);
    this.#windows.set(minute, window);
    return window;
  }

  /** Of windows that the last part changed: the newest by the order of revisions, which is not that of counting. */
  #noteRevisions(incarnation: number): void {
    for (const { minute, lastRow } of this.#windows.values()) {
      if (lastRow === untouched) continue;
      const revision = { generation: 0, incarnation, logRow: lastRow };
      const held = this.#revisions.get(minute);
      if (!held || compareRevisions(revision, held) > 0) this.#revisions.set(minute, revision);
    }
  }
}
