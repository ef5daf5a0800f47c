// How fast an hour is computed anew from the lake: a run as an admin asks for it, by the Workflow, in the local runtime.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beginRun, untilRun } from '../batch-runs.ts';
import { median, rounded } from '../bench-rate.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { hourMs, hourOfParts, type MadeLakePart, storeParts } from '../lake-hour.ts';
import { prepareFolder } from '../prepare.ts';
import { processTree } from '../process-tree.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const events = 1_000_000;
const eventsPerPart = 50_000;
const runs = 5;
const mb = 2 ** 20;

/** Resident memory of the workerd that runs the Worker, bytes: at most since it was reset, and now. */
class WorkerMemory {
  readonly #pid: number;

  constructor(runtime: Runtime) {
    const worker = processTree(runtime.pid).find(
      ({ command }) => command.includes('workerd') && command.includes('--debug-port'),
    );
    if (!worker) throw new Error('There is no runtime to look at.');
    this.#pid = worker.pid;
  }

  read(field: 'VmHWM' | 'VmRSS'): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  }

  resetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, '5');
  }
}

/** The same parts, from files, on one thread. */
async function duckOver(parts: readonly MadeLakePart[], folder: string): Promise<DuckDBConnection> {
  for (const [n, { bytes }] of parts.entries()) writeFileSync(join(folder, `${n}.parquet`), bytes);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  return await instance.connect();
}

async function duckMs(duck: DuckDBConnection, folder: string): Promise<number> {
  const from = performance.now();
  for (const dimension of ['content_id', 'content_type', 'device_type', 'country', 'quality']) {
    await duck.runAndReadAll(
      `SELECT date_trunc('minute', event_time), ${dimension}, event_type, status, count(*), sum(duration_ms),
        sum(completion_milli), sum(rating_milli), sum(buffering_count), sum(bytes), sum(speed_kbps),
        approx_count_distinct(user_id), approx_count_distinct(session_id)
        FROM read_parquet('${join(folder, '*.parquet')}') GROUP BY ALL`,
    );
  }
  return performance.now() - from;
}

interface Measured {
  readonly row: Report['rows'][number];
  /** Of each run. */
  readonly rates: readonly number[];
}

async function measure(late: number, folder: string): Promise<Measured> {
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-bench-batch-'));
  const hour = Math.floor(Date.now() / hourMs) - 30;
  await prepareFolder(persistTo);
  const parts = await storeParts(persistTo, hourOfParts(hour, events, eventsPerPart, late));
  const duck = await duckOver(parts, folder);
  const runtime = await startRuntime({ persistTo, prepares: false });
  try {
    const memory = new WorkerMemory(runtime);
    const before = memory.read('VmRSS');
    memory.resetPeak();
    const [tookMs, duckTookMs]: [number[], number[]] = [[], []];
    let counted = 0;
    for (let n = 0; n < runs; n++) {
      const begun = await beginRun(runtime, hour * hourMs, (hour + 1) * hourMs, 'EU-London');
      const run = await untilRun(runtime, begun.id, ({ state }) => ['done', 'failed'].includes(state));
      if (run.state !== 'done') throw new Error(String(run.error));
      tookMs.push(Date.parse(run.finished_at ?? '') - Date.parse(run.created_at));
      counted = run.events + run.late_twins;
      duckTookMs.push(await duckMs(duck, folder));
    }
    const grown = (memory.read('VmHWM') - before) / mb;
    const took = median(tookMs);
    const ratio = middleOf(tookMs.map((ms, n) => (duckTookMs[n] as number) / ms));
    const row = {
      what: late === 0 ? 'nothing late' : `${late} late, half of them twins`,
      events: counted,
      'first run, ms': Math.round(tookMs[0] ?? 0),
      'median, ms': Math.round(took),
      'events/s': rounded((counted / took) * 1000),
      'DuckDB, events/s': rounded((counted / median(duckTookMs)) * 1000),
      'of DuckDB': `${ratio.measured} (${ratio.spread})`,
      'memory grown, MB': Math.round(grown),
    };
    return { row, rates: tookMs.map((ms) => (counted / ms) * 1000) };
  } finally {
    duck.closeSync();
    await runtime.stop();
    rmSync(persistTo, { recursive: true, force: true });
  }
}

const bench: Bench = {
  name: 'batch',
  describe:
    'An hour of 1,000,000 events computed anew: the whole run, from asking to written, in the local runtime, beside DuckDB over the same Parquet.',
  notes: [
    'A run is a Workflow of a dozen steps whose results the local runtime stores one by one; it keeps sketches of users, sessions and speeds for every minute, looks for twins of what came late, and writes its rows into D1. DuckDB is asked for the sums and estimates alone.',
    'How fast the log becomes parts is [sealing](#sealing).',
  ],
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'marquee-bench-duck-'));
    try {
      const measured = [await measure(0, folder), await measure(20_000, folder)];
      const [usual] = measured;
      return {
        settings: {
          runs: `${runs}, by turns with DuckDB, median`,
          parts: `of ${eventsPerPart} events`,
          memory:
            'peak resident memory of the whole workerd process above that before the first run, R2 and D1 of the local run in it',
          duckdb:
            'the same parts from files, one thread, sums by minute and each of five dimensions; it looks for no twins and writes nothing',
        },
        rows: measured.map(({ row }) => row),
        targets: [{ what: 'events/s, nothing late', atLeast: 300_000, ...middleOf(usual?.rates ?? []) }],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;
