// Parts of the lake: how small, how fast they are written, read and counted; DuckDB on the same part as a yardstick.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { partName } from '../../core/lake/part-name.ts';
import { LakeRowsBuilder } from '../../core/lake/rows-builder.ts';
import { decodeChunk, encodeChunk } from '../../core/protocol/chunk.ts';
import { ChunkFold } from '../../core/window/fold-chunk.ts';
import { minuteOf } from '../../core/window/time.ts';
import { WindowState } from '../../core/window/window-state.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import type { PartSource } from '../../storage/lake/part-source.ts';
import { type LakeColumnName, readPart } from '../../storage/lake/read-part.ts';
import { headerOf, playedEvents } from '../bench-events.ts';
import { median, rounded } from '../bench-rate.ts';
import type { Bench, Report } from '../bench-report.ts';

const startMs = 1_800_000_000_000;
const seconds = 100;
const perSecond = 500;
const rounds = 15;
const address = {
  region: 'EU-London',
  shard: 0,
  incarnation: 1,
  firstRow: 0,
  lastRow: seconds,
  hour: startMs / 3_600_000,
  kind: 'counted',
} as const;
const name = partName(address);

/** What the window fold counts by. */
const folded: readonly LakeColumnName[] = [
  ...([
    'timeMs',
    'type',
    'status',
    'identity',
    'user',
    'session',
    'contentId',
    'contentType',
    'title',
  ] as const),
  ...(['country', 'deviceType', 'quality', 'durationMs', 'completionMilli', 'ratingMilli'] as const),
  ...(['bufferingCount', 'speedKbps', 'bytes'] as const),
];

function rowsOf(): LakeRows {
  const builder = new LakeRowsBuilder();
  for (let n = 0; n < seconds; n++) {
    const nowMs = startMs + (n + 1) * 1000;
    const events = playedEvents(n, perSecond, nowMs);
    const chunk = decodeChunk(encodeChunk(headerOf(n % 4, n * perSecond, perSecond, nowMs), events));
    builder.add(
      chunk,
      Uint32Array.from({ length: perSecond }, (_, i) => i),
      n,
      0,
    );
  }
  return builder.finish();
}

function sourceOf(bytes: Uint8Array): PartSource {
  return {
    name,
    tail: (length) => Promise.resolve({ bytes: bytes.slice(-length), size: bytes.length }),
    range: (from, to) => Promise.resolve(bytes.slice(from, to)),
  };
}

/** Milliseconds of each round; the first ones, which warm the code up, are left out. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let round = 0; round < rounds + 5; round++) {
    const from = performance.now();
    await work();
    if (round >= 5) tookMs.push(performance.now() - from);
  }
  return median(tookMs);
}

async function readAll(bytes: Uint8Array, wanted?: readonly LakeColumnName[]): Promise<void> {
  for await (const rows of readPart(sourceOf(bytes), wanted)) if (rows.count === 0) throw new Error('empty');
}

/** Into windows, as the batch layer counts. */
async function readAndFold(bytes: Uint8Array): Promise<void> {
  const windows = new Map<number, WindowState>();
  for await (const { count, columns } of readPart(sourceOf(bytes), folded)) {
    const fold = new ChunkFold(columns, 0);
    for (let i = 0; i < count; i++) {
      const minute = minuteOf(columns.timeMs[i] as number);
      let window = windows.get(minute);
      if (!window) {
        window = new WindowState(minute, 0);
        windows.set(minute, window);
      }
      fold.count(window, i);
    }
  }
}

/** The same events as CSV and NDJSON, and what DuckDB takes for the sums of the fold. */
async function yardstick(folder: string): Promise<{ csv: number; ndjson: number; duckMs: number }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const part = `read_parquet('${join(folder, 'part.parquet')}')`;
  // In the order of the log, as they came.
  const all = `SELECT * FROM ${part} ORDER BY log_row, log_index`;
  await connection.run(`COPY (${all}) TO '${join(folder, 'a.csv')}'`);
  await connection.run(`COPY (${all}) TO '${join(folder, 'a.json')}'`);
  const dimensions = ['content_id', 'content_type', 'device_type', 'country', 'quality'];
  const sums = `count(*), sum(duration_ms), sum(completion_milli), sum(rating_milli), sum(buffering_count),
    sum(bytes), sum(speed_kbps), approx_count_distinct(user_id), approx_count_distinct(session_id)`;
  const duckMs = await timed(async () => {
    for (const dimension of dimensions) {
      await connection.runAndReadAll(
        `SELECT date_trunc('minute', event_time), ${dimension}, event_type, status, ${sums} FROM ${part} GROUP BY ALL`,
      );
    }
  });
  const ndjson = gzipSync(readFileSync(join(folder, 'a.json'))).length;
  const csv = statSync(join(folder, 'a.csv')).size;
  connection.closeSync();
  return { csv, ndjson, duckMs };
}

async function measure(): Promise<Report> {
  const rows = rowsOf();
  const { bytes } = await encodePart(rows, address);
  const folder = mkdtempSync(join(tmpdir(), 'marquee-bench-lake-'));
  try {
    writeFileSync(join(folder, 'part.parquet'), bytes);
    const { csv, ndjson, duckMs } = await yardstick(folder);
    const rate = (ms: number): number => rounded((rows.count / ms) * 1000);
    const size = (total: number): number => Math.round((total / rows.count) * 10) / 10;
    const foldMs = await timed(() => readAndFold(bytes));
    const row = (what: string, ms: number | null, total: number | null) => ({
      what,
      'events/s': ms === null ? '' : String(rate(ms)),
      'B an event': total === null ? '' : String(size(total)),
    });
    return {
      settings: { events: rows.count, rounds, measured: 'in memory, one thread, medians' },
      rows: [
        row('part, encoded', await timed(() => encodePart(rows, address)), bytes.length),
        row('CSV', null, csv),
        row('NDJSON, gzip', null, ndjson),
        row('part read, all columns', await timed(() => readAll(bytes)), null),
        row('part read, columns of the fold', await timed(() => readAll(bytes, folded)), null),
        row('part read and folded into windows', foldMs, null),
        row('DuckDB, sums by minute and each dimension', duckMs, null),
      ],
      targets: [
        { what: 'bytes against CSV, %', atMost: 35, measured: rounded((bytes.length / csv) * 100) },
        {
          what: 'bytes against gzipped NDJSON, %',
          atMost: 100,
          measured: rounded((bytes.length / ndjson) * 100),
        },
        {
          what: 'read and fold, ms for 300,000 events',
          atMost: 1000,
          measured: rounded((foldMs / rows.count) * 3e5),
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bench: Bench = {
  name: 'lake',
  describe: 'A part of the lake: bytes against CSV and NDJSON, encoding, reading, and reading into windows.',
  run: measure,
};

export default bench;
