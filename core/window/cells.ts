import { type Counters, counterCount, counterIndex } from '../aggregate/counters.ts';
import type { ChunkColumns } from '../protocol/chunk.ts';
import { DOWNLOAD, FAILED, SLOW, SUCCESS } from '../protocol/event-type.ts';

/** Types and their counters stand in the same order, behind `events`. */
const typesAt = counterIndex.views;
const watchedAt = counterIndex.watched_ms_sum;
const completionAt = counterIndex.completion_milli_sum;
const completionsAt = counterIndex.completion_count;
const ratingAt = counterIndex.rating_milli_sum;
const ratingsAt = counterIndex.rating_count;
const bufferingAt = counterIndex.buffering_count_sum;
const bytesAt = counterIndex.bytes_sum;
const speedAt = counterIndex.speed_kbps_sum;
const speedsAt = counterIndex.speed_count;
/** By status; 0 is none. */
const outcomeAt = new Uint8Array(4);
outcomeAt[SUCCESS] = counterIndex.downloads_succeeded;
outcomeAt[FAILED] = counterIndex.downloads_failed;
outcomeAt[SLOW] = counterIndex.downloads_slow;

/** The core counters of events that have the same code, side by side in one array. Definitions: docs/metrics.md. */
export class Cells {
  #sums = new Float64Array(0);
  #touched = new Uint16Array(0);
  #count = 0;

  /** For codes from 0 to `size` - 1. */
  reserve(size: number): void {
    if (this.#touched.length >= size) return;
    this.#sums = new Float64Array(size * counterCount);
    this.#touched = new Uint16Array(size);
  }

  /** Codes with events, in the order in which they came. */
  get touched(): Uint16Array {
    return this.#touched.subarray(0, this.#count);
  }

  /**
   * Adds the events that `list` begins with. Null is held as 0 and all else as one more: what every event may have is added
   * without a question, for a wrong guess of the processor costs more than adding nothing. (Math.max(value - 1, 0) asks.)
   */
  sum(columns: ChunkColumns, codes: Uint16Array | Uint32Array, list: Uint16Array, count: number): void {
    const { type, durationMs, completionMilli, bufferingCount, bytes } = columns;
    const [sums, touched] = [this.#sums, this.#touched];
    let cells = this.#count;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      const code = codes[i] as number;
      const at = code * counterCount;
      const events = sums[at] as number;
      if (events === 0) touched[cells++] = code;
      sums[at] = events + 1;
      (sums[at + typesAt + (type[i] as number)] as number) += 1;
      const watched = durationMs[i] as number;
      const completion = completionMilli[i] as number;
      const completions = Number(completion > 0);
      const buffering = bufferingCount[i] as number;
      const size = bytes[i] as number;
      (sums[at + watchedAt] as number) += watched - Number(watched > 0);
      (sums[at + completionAt] as number) += completion - completions;
      (sums[at + completionsAt] as number) += completions;
      (sums[at + bufferingAt] as number) += buffering - Number(buffering > 0);
      (sums[at + bytesAt] as number) += size - Number(size > 0);
    }
    this.#count = cells;
  }

  /** What downloads and ratings have besides, of events that were summed. */
  sumRare(columns: ChunkColumns, codes: Uint16Array | Uint32Array, list: Uint16Array, count: number): void {
    const { type, status, ratingMilli, speedKbps } = columns;
    const sums = this.#sums;
    for (let k = 0; k < count; k++) {
      const i = list[k] as number;
      const at = (codes[i] as number) * counterCount;
      const rating = ratingMilli[i] as number;
      if (rating > 0) {
        (sums[at + ratingAt] as number) += rating - 1;
        (sums[at + ratingsAt] as number) += 1;
      }
      if (type[i] !== DOWNLOAD) continue;
      const outcome = outcomeAt[status[i] as number] as number;
      if (outcome > 0) (sums[at + outcome] as number) += 1;
      const speed = speedKbps[i] as number;
      if (speed === 0) continue;
      (sums[at + speedAt] as number) += speed - 1;
      (sums[at + speedsAt] as number) += 1;
    }
  }

  addTo(target: Counters, code: number): void {
    const sums = this.#sums;
    const at = code * counterCount;
    for (let n = 0; n < counterCount; n++) (target[n] as number) += sums[at + n] as number;
  }

  /** All are zero again. */
  clear(): void {
    for (let n = 0; n < this.#count; n++) {
      const at = (this.#touched[n] as number) * counterCount;
      this.#sums.fill(0, at, at + counterCount);
    }
    this.#count = 0;
  }
}
