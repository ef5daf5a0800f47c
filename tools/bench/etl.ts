// How fast the standard data set is loaded into the warehouse: a run as an admin asks for it, by the Workflow, in the
// local runtime. Beside it what the same machine takes for the least that could do it: the same files into a SQLite file
// by Node, and into DuckDB by its own reader of CSV.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Bench, Report } from '../bench-report.ts';
import { beginEtl, untilEtl, uploadFile } from '../etl-runs.ts';
import { type WrittenTable, writeDataSet } from '../generate/write-data-set.ts';
import { processTree } from '../process-tree.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const data = { movies: 200, users: 5_000, sessions: 50_000, ratings: 20_000, days: 90, seed: 1 };
const runs = 3;

interface Measured {
  readonly ms: number;
  /** Of the workerd that runs the Worker, with D1 and R2 in it: it does not depend on what else the machine does. */
  readonly cpuMs: number;
}

/** Clock ticks of Linux. */
const ticksPerSecond = 100;

function cpuMsOf(runtime: Runtime): number {
  const worker = processTree(runtime.pid).find(
    ({ command }) => command.includes('workerd') && command.includes('--debug-port'),
  );
  // Behind the name, which may hold blanks: state is the first field, user and system time the 12th and 13th.
  const fields = readFileSync(`/proc/${worker?.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Into empty tables, and where it is asked for once more, which finds every row the same. */
async function freshRuns(files: readonly WrittenTable[], isTwice: boolean): Promise<Measured[]> {
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-bench-etl-'));
  const runtime = await startRuntime({ persistTo });
  try {
    for (const { path } of files) await uploadFile(runtime, basename(path), readFileSync(path));
    const first = await measuredRun(runtime);
    return isTwice ? [first, await measuredRun(runtime)] : [first];
  } finally {
    await runtime.stop();
    rmSync(persistTo, { recursive: true, force: true });
  }
}

async function measuredRun(runtime: Runtime): Promise<Measured> {
  const before = cpuMsOf(runtime);
  const run = await untilEtl(runtime, (await beginEtl(runtime)).id);
  if (run.state !== 'done') throw new Error(JSON.stringify(run));
  const ms = Date.parse(run.finished_at ?? '') - Date.parse(run.started_at);
  return { ms, cpuMs: cpuMsOf(runtime) - before };
}

/** Rows as texts, split at commas outside quotes: no types, no rules, no keys. */
function cellsOf(path: string): string[][] {
  const [, ...lines] = readFileSync(path, 'utf8')
    .trimEnd()
    .split(/\r?\n(?=[^\n]*)/);
  return lines.map((line) =>
    line.includes('"')
      ? (line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? []).map((cell) => cell.replace(/,$/, ''))
      : line.split(','),
  );
}

function intoSqlite(files: readonly WrittenTable[], folder: string): void {
  const database = new DatabaseSync(join(folder, 'floor.sqlite'));
  for (const { table, path } of files) {
    const rows = cellsOf(path);
    const columns = Math.max(...rows.map((row) => row.length));
    const names = Array.from({ length: columns }, (_, n) => `c${n}`);
    database.exec(`CREATE TABLE ${table} (${names.join()}); BEGIN`);
    const insert = database.prepare(`INSERT INTO ${table} VALUES (${names.map(() => '?').join()})`);
    for (const row of rows) insert.run(...names.map((_, n) => row[n] ?? null));
    database.exec(`COMMIT; CREATE UNIQUE INDEX ${table}_id ON ${table} (c0)`);
  }
  database.close();
}

async function intoDuck(files: readonly WrittenTable[], folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, 'floor.duckdb'), { threads: '1' });
  const connection = await instance.connect();
  for (const { table, path } of files)
    await connection.runAndReadAll(`CREATE TABLE ${table} AS SELECT * FROM read_csv('${path}')`);
  connection.closeSync();
  instance.closeSync();
}

async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-bench-etl-files-'));
  try {
    const files = writeDataSet({ data: { ...data, untilMs: Date.now() }, format: 'csv', folder });
    const rows = files.reduce((sum, { rows: of }) => sum + of, 0);
    const measured: Measured[] = [];
    for (let n = 1; n < runs; n++) measured.push(...(await freshRuns(files, false)));
    const [last, again] = await freshRuns(files, true);
    if (!last || !again) throw new Error('nothing was measured');
    const fresh = [...measured, last].sort((a, b) => a.ms - b.ms);
    const middle = fresh[Math.floor(fresh.length / 2)] ?? last;
    const row = (what: string, { ms, cpuMs }: Measured) => ({
      what,
      ms: Math.round(ms),
      'CPU, ms': Math.round(cpuMs),
      'rows/s': Math.round((rows / ms) * 1000),
    });
    return {
      settings: {
        ...data,
        rows,
        runs: `${runs}, each into a new folder; the median is compared`,
        measured: 'from asking to the end: extract, check, load, sums; uploads are not in it',
        cpu: 'of the runtime with D1 and R2; of a floor, of this process',
        floors: 'the same files, no rules, no keys between tables, no sums; one thread',
      },
      rows: [
        row('ETL run, into empty tables: median', middle),
        row('  slowest', fresh.at(-1) ?? last),
        row('ETL run again: nothing changes', again),
        row('floor: Node, node:sqlite, into a file', await timedHere(() => intoSqlite(files, folder))),
        row('floor: DuckDB, read_csv into a file', await timedHere(() => intoDuck(files, folder))),
      ],
      targets: [{ what: 'ms for the standard data set', atMost: 10_000, measured: Math.round(middle.ms) }],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timedHere(work: () => void | Promise<void>): Promise<Measured> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - from, cpuMs: (user + system) / 1000 };
}

export default {
  name: 'etl',
  describe:
    'The standard data set (200 films, 5,000 users, 50,000 sessions, 20,000 ratings) loaded from CSV files.',
  run,
} satisfies Bench;
