import { assert } from '../protocol/assert.ts';
import { type ChunkColumns, type OpenChunk, readColumns } from '../protocol/chunk.ts';
import type { ChunkHeader } from '../protocol/chunk-header.ts';
import { logRowBytesMax } from '../protocol/limits.ts';
import type { RegionEffect } from './effect.ts';
import { RunFold } from './fold-run.ts';
import {
  COUNTED,
  DUPLICATE,
  encodeLogRow,
  LATE,
  type LoggedChunk,
  type LogRowHead,
  logRowHeadBytesMax,
} from './log-row.ts';
import { type MinuteRun, minuteRuns } from './minute-runs.ts';
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

  /** Judges and counts a chunk whose numbers are new, and puts it into the current row. Throws FormatError before either. */
  add(open: OpenChunk, bytes: Uint8Array): void {
    const { header } = open;
    const columns = readColumns(open, this.#state.space.columns.begin());
    const size = bytes.length + header.count + 16;
    if (this.#chunks.length > 0 && this.#bytes + size > logRowBytesMax) this.#flush();
    this.#bytes += size;
    const { watermark, oldestMinute } = this.#state;
    this.#head ??= { atMs: this.#nowMs, watermark: watermark.state, oldestMinute };
    this.#chunks.push({ bytes, verdicts: this.#judge(header, columns) });
    this.#state.doors.commit(header);
  }

  /** The rows to append, in order; none when nothing was added. The last holds what the shard knows by now. */
  finish(): readonly RegionEffect[] {
    this.#flush();
    return this.#rows;
  }

  /** Null where every event counts. */
  #judge({ count, receivedAtMs }: ChunkHeader, columns: ChunkColumns): Uint8Array | null {
    const state = this.#state;
    const fold = new RunFold(columns, count, state.nextRow, state.space);
    let verdicts: Uint8Array | null = null;
    let late = 0;
    let counted = 0;
    let oldestLiving = Number.POSITIVE_INFINITY;
    for (const run of minuteRuns(columns.timeMs, count, state.space.list)) {
      const isLate = run.minute < state.oldestMinute;
      // Late ones lie before all others, so that theirs cannot hide that another has risen.
      state.watermark.observe(run.greatestMs, this.#nowMs, isLate);
      if (isLate) {
        verdicts ??= new Uint8Array(count);
        for (let k = 0; k < run.count; k++) verdicts[run.list[k] as number] = LATE;
        late += run.count;
        continue;
      }
      oldestLiving = Math.min(oldestLiving, run.minute);
      const window = state.table.obtain(run.minute, state.nextRow);
      const added = window.identities.addNew(columns.identity, run.list, run.count);
      if (added < run.count) {
        verdicts ??= new Uint8Array(count);
        markTwins(verdicts, columns.timeMs, run, added);
      }
      fold.count(window, run.list, added);
      state.viewers.note(columns, run.list, added);
      counted += added;
    }
    if (this.#updates) fold.noteChanges(this.#updates);
    state.totals.counted += counted;
    state.totals.late += late;
    state.totals.duplicates += count - counted - late;
    state.noteReceived(receivedAtMs, oldestLiving);
    return verdicts;
  }

  #flush(): void {
    if (!this.#head) return;
    const row = this.#state.nextRow;
    const firstNeededRow = this.#state.shared.firstNeededRow(row);
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

/** Of a run's events all are twins but those that its list still begins with. */
function markTwins(
  verdicts: Uint8Array,
  timeMs: Float64Array,
  { minute, list }: MinuteRun,
  counted: number,
): void {
  for (let i = 0; i < verdicts.length; i++)
    if (minuteOf(timeMs[i] as number) === minute) verdicts[i] = DUPLICATE;
  for (let k = 0; k < counted; k++) verdicts[list[k] as number] = COUNTED;
}
