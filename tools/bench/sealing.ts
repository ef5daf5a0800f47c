// How fast a shard's log becomes a part of the lake: rows of the log read, split by hour and verdict, encoded as Parquet and
// digested, as the sealer does it; beside DuckDB, which writes the same rows from memory, in the same order.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { splitLog } from '../../core/lake/split-log.ts';
import { encodeChunk } from '../../core/protocol/chunk.ts';
import { decodeLogRow } from '../../core/window/log-row.ts';
import { Region } from '../../core/window/region.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { emptySource } from '../bench-empty-source.ts';
import { headerOf, playedEvents } from '../bench-events.ts';
import { rounded } from '../bench-rate.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';

/** Within an hour. */
const startMs = 1_800_000_600_000;
/** As many events as one plan has. */
const [commits, chunksPerCommit, eventsPerChunk] = [60, 2, 500];
const events = commits * chunksPerCommit * eventsPerChunk;
const rounds = 11;
const warmUps = 4;

interface LoggedRow {
  readonly row: number;
  readonly body: Uint8Array;
}

function logOf(): LoggedRow[] {
  const region = new Region(emptySource(5), startMs);
  const rows: LoggedRow[] = [];
  for (let commit = 0; commit < commits; commit++) {
    const nowMs = startMs + commit * 1000;
    const chunks = Array.from({ length: chunksPerCommit }, (_, n) => {
      const first = (commit * chunksPerCommit + n) * eventsPerChunk;
      return encodeChunk(
        headerOf(1, first, eventsPerChunk, nowMs),
        playedEvents(first, eventsPerChunk, nowMs),
      );
    });
    for (const effect of region.receive(chunks, nowMs).effects)
      if (effect.kind === 'append') rows.push({ row: effect.row, body: effect.body });
  }
  return rows;
}

async function seal(log: readonly LoggedRow[]): Promise<Uint8Array> {
  const lots = splitLog(log.map(({ row, body }) => ({ row, logRow: decodeLogRow(body) })));
  const [lot] = lots;
  if (!lot || lots.length !== 1) throw new Error(`${lots.length} parts`);
  const place = { region: 'EU-London', shard: 0, incarnation: 1, firstRow: 0, lastRow: commits };
  const part = await encodePart(lot.rows, { ...place, hour: lot.hour, kind: lot.kind });
  if (part.events !== events) throw new Error(`${part.events} events are sealed`);
  return part.bytes;
}

/** Processor time of all threads, ms: others on the machine are not in it. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

async function duckWith(part: Uint8Array, folder: string): Promise<DuckDBConnection> {
  const file = join(folder, 'part.parquet');
  writeFileSync(file, part);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  await duck.run(`CREATE TABLE events AS SELECT * FROM read_parquet('${file}', hive_partitioning = false)`);
  return duck;
}

async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-bench-sealing-'));
  try {
    const log = logOf();
    const part = await seal(log);
    const duck = await duckWith(part, folder);
    const out = join(folder, 'duck.parquet');
    const copy = async () => await duck.run(`COPY events TO '${out}' (FORMAT parquet, COMPRESSION zstd)`);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = -warmUps; round < rounds; round++) {
      const [sealMs, duckMs] = [await cpuMs(async () => await seal(log)), await cpuMs(copy)];
      if (round < 0) continue;
      ours.push((events * 1000) / sealMs);
      theirs.push((events * 1000) / duckMs);
    }
    const [written] = (await duck.runAndReadAll(`SELECT size FROM read_blob('${out}')`)).getRows();
    duck.closeSync();
    const ratio = middleOf(ours.map((rate, n) => rate / (theirs[n] as number)));
    const row = (what: string, rates: readonly number[], bytes: number) => {
      const { measured, spread = '' } = middleOf(rates);
      return { what, 'events/s': measured, spread, 'B an event': rounded(bytes / events) };
    };
    return {
      settings: {
        events: `${events} of ${commits} rows of a log, in one part`,
        rounds: `${rounds} of each by turns, after ${warmUps}`,
        "of DuckDB's events/s": `${ratio.measured} (${ratio.spread})`,
        time: 'of the processor, all threads of the process',
        DuckDB: 'one thread, COPY of the same rows from a table in memory, zstd; it reads no log',
      },
      rows: [
        row('sealed: log to part', ours, part.length),
        row('DuckDB: memory to Parquet', theirs, Number(written?.[0] ?? 0)),
      ],
      targets: [{ what: 'events/s sealed', atLeast: 300_000, ...middleOf(ours) }],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bench: Bench = {
  name: 'sealing',
  describe: 'From the rows of a log to a part of the lake in Parquet, beside DuckDB writing the same rows.',
  notes: [
    'Columns are gathered from the typed arrays of the log and never become JavaScript values (docs/decisions/0027). Of what is left a quarter is reading and splitting the log, a fifth gathering, a sixth zstd.',
    'A shard seals beside its work, in an object of its own, so that this speed bounds no ingestion: a shard at its cap has 3,000 events a second to seal.',
  ],
  run,
};
export default bench;
