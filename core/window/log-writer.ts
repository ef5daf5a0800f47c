import { assert } from '../protocol/assert.ts';
import type { Chunk } from '../protocol/chunk.ts';
import { logRowBytesMax } from '../protocol/limits.ts';
import type { RegionEffect } from './effect.ts';
import { ChunkFold } from './fold-chunk.ts';
import {
  COUNTED,
  DUPLICATE,
  encodeLogRow,
  LATE,
  type LoggedChunk,
  type LogRowHead,
  logRowHeadBytesMax,
} from './log-row.ts';
import type { WokenState } from './replay.ts';
import { minuteOf } from './time.ts';
import type { UpdateTracker } from './update-tracker.ts';

/** Judges and counts the chunks of one commit, and writes them into log rows of at most logRowBytesMax each. */
export class LogWriter {
  readonly #state: WokenState;
  readonly #nowMs: number;
  readonly #updates: UpdateTracker | null;
  readonly #rows: RegionEffect[] = [];
  #head: Omit<LogRowHead, 'firstNeededRow' | 'after'> | null = null;
  #chunks: LoggedChunk[] = [];
  #bytes = logRowHeadBytesMax;

  constructor(state: WokenState, nowMs: number, updates: UpdateTracker | null) {
    this.#state = state;
    this.#nowMs = nowMs;
    this.#updates = updates;
  }

  /** Judges and counts a chunk whose numbers are new, and puts it into the current row. */
  add(chunk: Chunk, bytes: Uint8Array): void {
    const size = bytes.length + chunk.header.count + 16;
    if (this.#chunks.length > 0 && this.#bytes + size > logRowBytesMax) this.#flush();
    this.#bytes += size;
    const { watermark, oldestMinute } = this.#state;
    this.#head ??= { atMs: this.#nowMs, watermark: watermark.state, oldestMinute };
    this.#chunks.push({ bytes, verdicts: this.#judge(chunk) });
    this.#state.doors.commit(chunk.header);
  }

  /** The rows to append, in order; none when nothing was added. The last holds what the shard knows by now. */
  finish(): readonly RegionEffect[] {
    this.#flush();
    return this.#rows;
  }

  #judge(chunk: Chunk): Uint8Array | null {
    const state = this.#state;
    const row = state.nextRow;
    const fold = new ChunkFold(chunk.columns, row);
    const { timeMs, identity, type, session } = chunk.columns;
    const verdicts = new Uint8Array(chunk.header.count);
    let allCounted = true;
    let oldestLiving = Number.POSITIVE_INFINITY;
    for (let i = 0; i < verdicts.length; i++) {
      const eventMs = timeMs[i] as number;
      const minute = minuteOf(eventMs);
      const late = minute < state.oldestMinute;
      state.watermark.observe(eventMs, this.#nowMs, late);
      let verdict = COUNTED;
      if (late) verdict = LATE;
      else {
        if (minute < oldestLiving) oldestLiving = minute;
        const window = state.table.obtain(minute, row);
        if (window.identities.add(identity.hi[i] as number, identity.lo[i] as number)) {
          fold.count(window, i);
          state.viewers.note(session.hi[i] as number, session.lo[i] as number, eventMs, type[i] as number);
        } else verdict = DUPLICATE;
      }
      if (verdict !== COUNTED) allCounted = false;
      verdicts[i] = verdict;
    }
    if (this.#updates) fold.noteChanges(this.#updates);
    state.countVerdicts(verdicts);
    state.noteReceived(chunk.header.receivedAtMs, oldestLiving);
    return allCounted ? null : verdicts;
  }

  #flush(): void {
    if (!this.#head) return;
    const row = this.#state.nextRow;
    const firstNeededRow = this.#state.table.firstNeededRow(row);
    const head = { ...this.#head, firstNeededRow, after: this.#state.known };
    const body = encodeLogRow({ head, chunks: this.#chunks });
    assert(body.length <= logRowBytesMax, `a log row of ${body.length} bytes`);
    this.#rows.push({ kind: 'append', row, atMs: this.#nowMs, body });
    this.#state.nextRow++;
    this.#state.noteKept();
    this.#head = null;
    this.#chunks = [];
    this.#bytes = logRowHeadBytesMax;
  }
}
