/** What one event adds to the core counters. Definitions: docs/metrics.md. */
import { type Counters, counterIndex } from '../aggregate/counters.ts';
import type { ChunkColumns } from '../protocol/chunk.ts';
import { DOWNLOAD, FAILED, SLOW, SUCCESS } from '../protocol/event-type.ts';

const outcomeCounter = {
  [SUCCESS]: 'downloads_succeeded',
  [FAILED]: 'downloads_failed',
  [SLOW]: 'downloads_slow',
} as const;

/** Nullable columns hold value + 1, and 0 for null. */
const sums = [
  ['durationMs', counterIndex.watched_ms_sum, -1],
  ['completionMilli', counterIndex.completion_milli_sum, counterIndex.completion_count],
  ['ratingMilli', counterIndex.rating_milli_sum, counterIndex.rating_count],
  ['bufferingCount', counterIndex.buffering_count_sum, -1],
  ['bytes', counterIndex.bytes_sum, -1],
] as const;

/** The non-zero additions of one event, computed once and added to its pane and to each of its dimension keys. */
export class EventDeltas {
  #length = 0;
  readonly #at = new Uint8Array(16);
  readonly #by = new Float64Array(16);

  /** Takes event `i` of the columns. Returns its speed in kbit/s, or -1. */
  read(columns: ChunkColumns, i: number): number {
    this.#length = 0;
    const type = columns.type[i] as number;
    this.#push(counterIndex.events, 1);
    // Types and their counters stand in the same order, behind `events`.
    this.#push(counterIndex.views + type, 1);
    for (const [column, sumAt, countAt] of sums) {
      const held = columns[column][i] as number;
      if (held === 0) continue;
      this.#push(sumAt, held - 1);
      if (countAt >= 0) this.#push(countAt, 1);
    }
    return type === DOWNLOAD ? this.#download(columns, i) : -1;
  }

  #download(columns: ChunkColumns, i: number): number {
    const outcome = outcomeCounter[columns.status[i] as keyof typeof outcomeCounter];
    if (outcome) this.#push(counterIndex[outcome], 1);
    const speed = (columns.speedKbps[i] as number) - 1;
    if (speed < 0) return -1;
    this.#push(counterIndex.speed_kbps_sum, speed);
    this.#push(counterIndex.speed_count, 1);
    return speed;
  }

  addTo(counters: Counters): void {
    for (let k = 0; k < this.#length; k++) {
      const at = this.#at[k] as number;
      counters[at] = (counters[at] as number) + (this.#by[k] as number);
    }
  }

  #push(at: number, by: number): void {
    this.#at[this.#length] = at;
    this.#by[this.#length++] = by;
  }
}
