/** What a shard's log says of its last minute (SYS-2). A row of the log is one commit: one call of the consumer. */
import { decodeChunkHeader } from '../protocol/chunk.ts';
import { vitalsRequestsMax, vitalsSampleBytesMax } from '../protocol/system-limits.ts';
import { decodeLogRow, decodeLogRowHead } from '../window/log-row.ts';
import type { RegionTotals } from '../window/region-knowledge.ts';

/** A row of the log without its body. */
export interface RowSize {
  readonly row: number;
  /** Server time of the commit, ms. */
  readonly atMs: number;
  readonly bytes: number;
}

/** A commit of which the headers were read. */
export interface SampledCommit {
  readonly atMs: number;
  readonly events: number;
  /** Requests that its chunks came by, as far as they can be told apart: their doors and times of receipt. */
  readonly requests: readonly string[];
}

export interface RecentCommits {
  /** Start of the time that is told of, ms. */
  readonly fromMs: number;
  /** Its length, ms: vitalsSpanMs, or less where the log is too long to be walked. */
  readonly spanMs: number;
  readonly commits: number;
  /** Of the rows: chunks as they came in the queue, with a head each. */
  readonly bytes: number;
  /** Events by verdict. */
  readonly counted: number;
  readonly late: number;
  readonly duplicates: number;
  /** Newest first, as many as may be read. */
  readonly sample: readonly SampledCommit[];
  /** False where the sample does not reach back to `fromMs`. */
  readonly isWholeSample: boolean;
  /** From the receipt at the door to the commit: the mean of the sampled events, and the longest; null without any. */
  readonly waitMsMean: number | null;
  readonly waitMsMax: number | null;
}

export interface CommitSource {
  /** Rows since `fromMs`, newest first. */
  readonly rows: readonly RowSize[];
  readonly fromMs: number;
  readonly nowMs: number;
  /** Null where it has gone. */
  readonly body: (row: number) => Uint8Array | null;
  /** As they stand now. */
  readonly totals: RegionTotals;
}

/** Throws FormatError. */
export function recentCommits(source: CommitSource): RecentCommits {
  const { rows, fromMs } = source;
  const before = totalsBefore(source);
  const { counted, late, duplicates } = source.totals;
  return {
    fromMs,
    spanMs: Math.max(1, source.nowMs - fromMs),
    commits: rows.length,
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    counted: counted - before.counted,
    late: late - before.late,
    duplicates: duplicates - before.duplicates,
    ...sampled(source),
  };
}

/**
 * Each row's head holds the totals as its commit left them: those of the row before the first are what to subtract. A
 * row before it that was trimmed leaves the first row's own, which misses its events.
 */
function totalsBefore({ rows, body, totals }: CommitSource): RegionTotals {
  const first = rows.at(-1);
  if (!first) return totals;
  const before = first.row === 0 ? null : (body(first.row - 1) ?? body(first.row));
  return before ? decodeLogRowHead(before).after.totals : { ...totals, counted: 0, late: 0, duplicates: 0 };
}

type Sample = Pick<RecentCommits, 'sample' | 'isWholeSample' | 'waitMsMean' | 'waitMsMax'>;

function sampled({ rows, body }: CommitSource): Sample {
  const sample: SampledCommit[] = [];
  let bytesLeft = vitalsSampleBytesMax;
  let requestsLeft = vitalsRequestsMax;
  let events = 0;
  let waited = 0;
  let longest = 0;
  for (const { row, atMs, bytes } of rows) {
    const read = sample.length > 0 && bytes > bytesLeft ? null : body(row);
    if (!read || requestsLeft <= 0) break;
    const headers = decodeLogRow(read).chunks.map((chunk) => decodeChunkHeader(chunk.bytes));
    const requests = [...new Set(headers.map(({ door, receivedAtMs }) => `${door}/${receivedAtMs}`))];
    for (const { count, receivedAtMs } of headers) {
      const waitMs = Math.max(0, atMs - receivedAtMs);
      events += count;
      waited += waitMs * count;
      longest = Math.max(longest, waitMs);
    }
    sample.push({ atMs, events: headers.reduce((sum, { count }) => sum + count, 0), requests });
    bytesLeft -= bytes;
    requestsLeft -= requests.length;
  }
  return {
    sample,
    isWholeSample: sample.length === rows.length,
    waitMsMean: events === 0 ? null : waited / events,
    waitMsMax: events === 0 ? null : longest,
  };
}
