/** ETL runs in the test's isolate, step by step, without the Workflow. */
import { env } from 'cloudflare:workers';
import { type EtlPhase, type EtlStepKind, newProgress } from '../../../core/etl/etl-progress.ts';
import { pseudonymText } from '../../../core/protocol/identity.ts';
import { errorShareMaxDefault } from '../../../core/protocol/warehouse-limits.ts';
import { importKey, parseImportName } from '../../../core/warehouse/import-name.ts';
import { BatchWork } from '../../../storage/batch-work.ts';
import { type EtlRun, readEtlRun, startEtlRun } from '../../../storage/etl/etl-store.ts';
import { SeenKeys } from '../../../storage/etl/seen-keys.ts';
import { loadIdentifier } from '../../../storage/load-identifier.ts';
import { type EtlPorts, etlWorkFolder } from '../../../workers/etl/ports.ts';
import { doStep, nextStep } from '../../../workers/etl/run-step.ts';

export type Files = Readonly<Record<string, string>>;

export async function putFiles(files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) await env.LAKE.put(importKey(name), text);
}

export async function clearEtl(): Promise<void> {
  await env.DB.exec('DELETE FROM etl_runs');
  for (const prefix of ['imports/', 'etl/']) {
    for (let more = true; more; ) {
      const { objects, truncated } = await env.LAKE.list({ prefix });
      if (objects.length > 0) await env.LAKE.delete(objects.map(({ key }) => key));
      more = truncated;
    }
  }
}

/** Begins a run over these files; returns its id. */
export async function begin(
  files: Files,
  options: { readonly errorShareMax?: number; readonly startedAtMs?: number } = {},
): Promise<string> {
  await putFiles(files);
  const { errorShareMax = errorShareMaxDefault, startedAtMs = Date.now() } = options;
  const named = Object.entries(files).flatMap(([name, text]) => {
    const table = parseImportName(name)?.table;
    return table ? [{ name, table, bytes: new TextEncoder().encode(text).length }] : [];
  });
  const id = crypto.randomUUID();
  const progress = newProgress<never>(named, errorShareMax, startedAtMs);
  const other = await startEtlRun(env.DB, { id, progress, startedBy: 'tester' }, startedAtMs);
  if (other !== null) throw new Error(`run ${other} goes on`);
  return id;
}

/** Each call is as a new isolate: nothing is remembered. */
export async function portsOf(runId: string, own: Partial<EtlPorts> = {}): Promise<EtlPorts> {
  const identifier = await loadIdentifier(env);
  const work = new BatchWork(env.LAKE, runId, etlWorkFolder);
  return {
    db: env.DB,
    bucket: env.LAKE,
    work,
    keys: new SeenKeys(work),
    context: (startedAtMs) =>
      Promise.resolve({
        nowMs: startedAtMs,
        pseudonymOf: (id) => pseudonymText(identifier.pseudonymVersion, identifier.user(id)),
        regionNumberOf: (name) => (name === 'EU-London' ? 1 : null),
      }),
    hashOf: (key) => identifier.session('import', key),
    now: Date.now,
    chunkRows: 3,
    within: () => Promise.resolve(),
    ...own,
  };
}

/** Does its steps until it is over, or `until` says so before one of them. */
export async function drive(
  runId: string,
  own: Partial<EtlPorts> = {},
  until: (kind: EtlStepKind, step: number) => boolean = () => false,
): Promise<EtlRun> {
  const ports = await portsOf(runId, own);
  let kind = await nextStep(ports, runId);
  for (let step = 0; kind !== 'over' && !until(kind, step); step++) kind = await doStep(ports, runId, kind);
  return await runOf(runId);
}

/** The next step, whatever it is. */
export async function oneStep(ports: EtlPorts, runId: string): Promise<EtlPhase> {
  const kind = await nextStep(ports, runId);
  return kind === 'over' ? kind : await doStep(ports, runId, kind);
}

export async function runOf(id: string): Promise<EtlRun> {
  const run = await readEtlRun(env.DB, id);
  if (!run) throw new Error('there is no such run');
  return run;
}

/** The whole of a small import. */
export async function run(files: Files, options: Parameters<typeof begin>[1] = {}): Promise<EtlRun> {
  return await drive(await begin(files, options));
}

const day = (n: number): string => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);

/** Ten users, five movies, some ratings and sessions; each table in a form of its own. */
export function smallFiles(sessions = 20): Record<string, string> {
  const lines = (header: string, rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  return {
    'users.csv': lines(
      'id,username,email,country,subscription_type,signup_date,is_active',
      numbers(10).map((n) => `u${n},user${n},u${n}@example.com,UK,Premium,2025-01-0${1 + (n % 9)},true`),
    ),
    'movies.ndjson': `${numbers(5)
      .map((n) =>
        JSON.stringify({
          id: `m${n}`,
          title: `Movie ${n}`,
          genre: n % 2 ? 'Drama' : 'Crime',
          duration_minutes: 90,
        }),
      )
      .join('\n')}\n`,
    'ratings.csv': lines(
      'id,user_id,movie_id,rating,review_text,rating_date',
      numbers(7).map((n) => `r${n},u${n},m${n % 5},${1 + n},"good, ""very"" good",${day(2)}`),
    ),
    'viewing_sessions.csv': lines(
      'id,user_id,movie_id,start_time,end_time,watch_duration_minutes,completion_rate,device_type',
      numbers(sessions).map((n) => {
        const at = day(1 + (n % 4));
        return `s${n},u${n % 10},m${n % 5},${at}T1${n % 10}:00:00Z,${at}T1${n % 10}:45:00Z,45,0.5,tv`;
      }),
    ),
  };
}
