/**
 * The data that a first `npm start` finds in the warehouse: made by `npm run generate` in a process of its own, so that
 * the producer is not held up, and loaded by the import that anybody may use. What was done stands in the data folder.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { durationText } from './producer/day-bar.ts';
import type { StatusLine } from './status-line.ts';

export interface FirstData {
  readonly url: string;
  /** Of an admin. */
  readonly token: string;
  readonly persistTo: string;
  readonly seed: number;
  readonly stop: AbortSignal;
  readonly line: StatusLine;
  /** Further arguments of `npm run generate`; without any it is the standard data set. */
  readonly args?: readonly string[];
}

/** What the data folder knows of the load. */
type Noted = { readonly state: 'loaded' } | { readonly state: 'loading'; readonly run: string } | null;

/** As GET /api/admin/etl/:id tells it, what is needed of it. */
interface Run {
  readonly id: string;
  readonly state: string;
  readonly phase: string;
  readonly rows: number;
  readonly rows_loaded: number;
  readonly rows_rejected: number;
  readonly share_done: number;
  readonly rows_per_second: number | null;
  readonly seconds_left: number | null;
  readonly error: string | null;
  readonly progressed_at: string;
  readonly loaded: readonly { readonly table: string; readonly inserted: number; readonly updated: number }[];
}

const tables = ['users', 'movies', 'ratings', 'viewing_sessions'] as const;
const uploadName = (table: string): string => `${table}-first-run.csv`;
const askEveryMs = 500;
const unansweredMax = 20;
const part = 'data';

/** Loads it, unless that was done before. What goes wrong is told in one line, and tried again by the next start. */
export async function loadFirstData(data: FirstData): Promise<void> {
  const { persistTo, line, stop } = data;
  const noted = readNote(persistTo);
  if (noted?.state === 'loaded') return;
  const startedAt = performance.now();
  try {
    const begun = noted && (await goingOn(data, noted.run));
    const run = await follow(data, begun ?? (await begin(data)));
    for (const table of tables) await call(data, 'DELETE', `imports/${uploadName(table)}`).catch(() => null);
    writeNote(persistTo, { state: 'loaded' });
    line.say(`The warehouse is loaded: ${countsOf(run)}, in ${durationText(performance.now() - startedAt)}.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!stop.aborted) line.say(`The warehouse is not loaded, the next start tries again: ${oneLine(why)}`);
  } finally {
    line.tell(part, '');
  }
}

const notePath = (persistTo: string): string => join(persistTo, 'first-data.json');

function readNote(persistTo: string): Noted {
  try {
    const noted = JSON.parse(readFileSync(notePath(persistTo), 'utf8')) as Noted;
    return noted?.state === 'loaded' || typeof noted?.run === 'string' ? noted : null;
  } catch {
    // There is none, or one that broke off: then it is done again, which changes nothing that is there.
    return null;
  }
}

function writeNote(persistTo: string, noted: NonNullable<Noted>): void {
  writeFileSync(notePath(persistTo), JSON.stringify(noted));
}

/** The run of an earlier start, if it goes on by itself or is done; null where another one is to be begun. */
async function goingOn(data: FirstData, id: string): Promise<Run | null> {
  const run = await call(data, 'GET', `etl/${id}`).catch(() => null);
  return run && ['running', 'done'].includes(run.state) ? run : null;
}

async function begin(data: FirstData): Promise<Run> {
  const folder = join(data.persistTo, 'first-data');
  data.line.tell(part, 'making data for the warehouse');
  try {
    await generate(data, folder);
    for (const table of tables) {
      data.line.tell(part, `uploading ${table}`);
      await call(data, 'PUT', `imports/${uploadName(table)}`, readFileSync(join(folder, `${table}.csv`)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const run = await call(data, 'POST', 'run-etl', JSON.stringify({ files: tables.map(uploadName) }));
  writeNote(data.persistTo, { state: 'loading', run: run.id });
  return run;
}

async function generate({ seed, stop, args = [] }: FirstData, folder: string): Promise<void> {
  const tool = fileURLToPath(new URL('generate.ts', import.meta.url));
  const child = spawn(process.execPath, [tool, '--seed', String(seed), '--to', folder, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: stop,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(`npm run generate ended with ${code}. ${said}`);
}

async function follow(data: FirstData, begun: Run): Promise<Run> {
  let run = begun;
  let unanswered = 0;
  while (run.state === 'running') {
    data.line.tell(part, runLine(run));
    await sleep(askEveryMs, undefined, { signal: data.stop });
    const asked = await call(data, 'GET', `etl/${run.id}`).catch((error: unknown) => error);
    // While it writes, the database of a busy machine may not answer for a moment; the run knows nothing of that.
    unanswered = asked instanceof Error ? unanswered + 1 : 0;
    if (asked instanceof Error && (unanswered > unansweredMax || data.stop.aborted)) throw asked;
    if (!(asked instanceof Error)) run = asked as Run;
  }
  if (run.state !== 'done') throw new Error(`the run is ${run.state}. ${run.error ?? ''}`);
  return run;
}

const barWidth = 12;

/** Nothing was heard of the run for so long: its runtime has died, and the watchdog has it go on. */
const standsAfterMs = 30_000;

function runLine({ phase, share_done: share, rows, rows_loaded: loaded, ...run }: Run): string {
  const full = Math.floor(share * barWidth);
  const count = phase === 'extract' ? `${number(rows)} rows read` : `${number(loaded)} rows loaded`;
  const bar = `data [${'#'.repeat(full)}${'-'.repeat(barWidth - full)}] ${(share * 100).toFixed(0)} %`;
  if (Date.now() - Date.parse(run.progressed_at) > standsAfterMs)
    return `${bar} · broken off, goes on within ten minutes`;
  return [
    bar,
    phase,
    count,
    ...(run.rows_per_second === null ? [] : [`${number(Math.round(run.rows_per_second))} rows/s`]),
    ...(run.seconds_left === null ? [] : [`${durationText(run.seconds_left * 1000)} left`]),
  ].join(' · ');
}

function countsOf({ loaded, rows_rejected: rejected }: Run): string {
  const counts = loaded.map(({ table, inserted, updated }) => `${number(inserted + updated)} ${table}`);
  return [...counts, ...(rejected > 0 ? [`${number(rejected)} rows rejected`] : [])].join(', ');
}

const number = (n: number): string => n.toLocaleString('en-US');
const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, 300);

/** Asks under /api/admin as the admin of this run. Throws with the problem's detail. */
async function call(
  { url, token, stop }: FirstData,
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<Run> {
  const response = await fetch(`${url}/api/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: stop,
    ...(body === undefined ? {} : { body }),
  });
  const answer = (await response.json().catch(() => ({}))) as { data?: Run; detail?: string };
  if (!response.ok || !answer.data)
    throw new Error(`${method} ${path} answers ${response.status}. ${answer.detail ?? ''}`);
  return answer.data;
}
