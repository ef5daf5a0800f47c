/** /api/admin/run-etl and /api/admin/etl: loading the warehouse from files, and seeing how it goes (ETL-1, ETL-5, ETL-6). */
import * as z from 'zod';
import { newProgress } from '../../core/etl/etl-progress.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { etlFilesMax } from '../../core/protocol/warehouse-limits.ts';
import { parseImportName } from '../../core/warehouse/import-name.ts';
import { beginEtlInstance } from '../../storage/etl/etl-dispatch.ts';
import { cancelEtlRun, readEtlRun, readEtlRuns, startEtlRun } from '../../storage/etl/etl-store.ts';
import type { ImportCursor } from '../../storage/import/import-cursor.ts';
import { findImport, listImports, type StoredImport } from '../../storage/import/import-store.ts';
import { readActionBody } from './action-body.ts';
import {
  etlBody,
  etlBodyExample,
  etlExample,
  etlPath,
  etlQuery,
  etlRow,
  etlSchema,
} from './admin-etl-schema.ts';
import { nameRule } from './admin-imports-schema.ts';
import { afterOf, cursorOf, limitDefault, newestPageAnswer } from './newest-page.ts';
import { parseParameters } from './parameters.ts';
import { invalidBody, invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { logForRequest, noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const answer = DESCRIBED && z.strictObject({ data: etlSchema });

export const runEtlRoute: Route = {
  method: 'POST',
  path: '/api/admin/run-etl',
  role: 'admin',
  handler: begin,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'Load uploaded files into the warehouse',
    description:
      'Reads and judges all of the files first; where too much of them is rejected, nothing is loaded. Loading goes by ids: the same file again changes nothing. One run goes on at a time: another is refused with 409. It goes on after a crash.',
    body: etlBody(),
    bodyExample: etlBodyExample,
    status: 202,
    answer,
    example: { data: etlExample },
    problems: [
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'not_found',
      'etl_in_progress',
      'storage_unavailable',
    ],
  },
};

export const etlRunsRoute: Route = {
  method: 'GET',
  path: '/api/admin/etl',
  role: 'analyst',
  handler: list,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'ETL runs of the last 30 days, newest first',
    query: etlQuery(),
    answer: newestPageAnswer(etlSchema),
    example: { data: [etlExample], count: 1, meta: { next_cursor: null } },
    problems: ['storage_unavailable'],
  },
};

export const etlRunRoute: Route = {
  method: 'GET',
  path: '/api/admin/etl/:id',
  role: 'analyst',
  handler: one,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'How far an ETL run is, what it rejected, and what it has changed',
    path: etlPath,
    answer,
    example: { data: etlExample },
    problems: ['not_found', 'storage_unavailable'],
  },
};

export const cancelEtlRoute: Route = {
  method: 'POST',
  path: '/api/admin/etl/:id/cancel',
  role: 'admin',
  handler: cancel,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'Cancel an ETL run',
    description:
      'It ends at its next step. Before it loads it leaves nothing; what it has loaded stays, with its sums, and another run of the same files completes it.',
    path: etlPath,
    answer,
    example: { data: { ...etlExample, state: 'cancelling' } },
    problems: ['not_found', 'run_is_over', 'storage_unavailable'],
  },
};

async function begin({ req, env }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, etlBody());
  if ('response' in read) return read.response;
  const { files: names, error_share_max: errorShareMax } = read.value;
  const nowMs = Date.now();
  return await orStorageUnavailable('etl_not_begun', async () => {
    const found = names === null ? await allFiles(env.LAKE) : await namedFiles(env.LAKE, names);
    if ('response' in found) return found.response;
    const id = crypto.randomUUID();
    const progress = newProgress<ImportCursor>(found.files, errorShareMax, nowMs);
    const other = await startEtlRun(env.DB, { id, progress, startedBy: person().id }, nowMs);
    if (other !== null) return problemResponse('etl_in_progress', `Run ${other} goes on.`);
    // Where its Workflow cannot be begun now, the watchdog begins it.
    await beginEtlInstance(env.ETL_RUN, { runId: id, instance: 1 }).catch((error: unknown) =>
      logForRequest('error', 'etl_not_dispatched', { run: id, ...errorFields(error) }),
    );
    const details = {
      files: found.files.map(({ name }) => name).join(' '),
      error_share_max: String(errorShareMax),
    };
    noteForAudit({ target: id, details });
    return await shown(env.DB, id, 202);
  });
}

interface FileToLoad extends Pick<StoredImport, 'name' | 'bytes'> {
  readonly table: NonNullable<StoredImport['table']>;
}
type Found = { readonly files: readonly FileToLoad[] } | { readonly response: Response };

async function allFiles(bucket: R2Bucket): Promise<Found> {
  const listed = await listImports(bucket);
  const files = listed.files.flatMap(({ name, table, bytes }) => (table ? [{ name, table, bytes }] : []));
  if (files.length === 0)
    return { response: problemResponse('not_found', 'There is no file to import: upload one first.') };
  if (files.length > etlFilesMax || !listed.isWhole) {
    const message = `must name at most ${etlFilesMax} of the files that there are`;
    return { response: invalidBody([{ pointer: '/files', message }]) };
  }
  return { files };
}

async function namedFiles(bucket: R2Bucket, names: readonly string[]): Promise<Found> {
  const unnamed = [...names.entries()].filter(([, name]) => parseImportName(name) === null);
  const twice = [...names.entries()].filter(([at, name]) => names.indexOf(name) < at);
  const errors = [
    ...unnamed.map(([at]) => ({ pointer: `/files/${at}`, message: nameRule })),
    ...twice.map(([at]) => ({ pointer: `/files/${at}`, message: 'is in the list before' })),
  ];
  if (errors.length > 0) return { response: invalidBody(errors) };
  const found = await Promise.all(names.map((name) => findImport(bucket, name)));
  const absent = names.filter((_, at) => found[at] === null);
  if (absent.length > 0)
    return { response: problemResponse('not_found', `There is no file ${absent.join(', ')}.`) };
  return {
    files: found.flatMap((file) =>
      file?.table ? [{ name: file.name, table: file.table, bytes: file.bytes }] : [],
    ),
  };
}

async function list({ req, env }: ApiContext): Promise<Response> {
  const parsed = parseParameters(etlQuery(), new URL(req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { limit = limitDefault, cursor } = parsed.value;
  const after = afterOf(cursor);
  return await orStorageUnavailable('etl_unread', async () => {
    const page = { limit: limit + 1, after: after && { startedAtMs: after.atMs, id: after.id } };
    const read = await readEtlRuns(env.DB, page);
    const last = read.length > limit ? read[limit - 1] : undefined;
    const nowMs = Date.now();
    const data = read.slice(0, limit).map((run) => etlRow(run, nowMs));
    const next = last ? cursorOf(last.startedAtMs, last.id) : null;
    return jsonResponse({ data, count: data.length, meta: { next_cursor: next } });
  });
}

async function one({ req, env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('etl_unread', () => shown(env.DB, req.param('id') ?? ''));
}

async function cancel({ req, env }: ApiContext): Promise<Response> {
  const id = req.param('id') ?? '';
  return await orStorageUnavailable('etl_not_cancelled', async () => {
    const cancelled = await cancelEtlRun(env.DB, id);
    const run = await readEtlRun(env.DB, id);
    if (run && !cancelled && run.state !== 'cancelling')
      return problemResponse('run_is_over', `The run is over: ${run.state}.`);
    if (run) noteForAudit({ details: { phase: run.progress.phase } });
    return await shown(env.DB, id);
  });
}

async function shown(db: D1Database, id: string, status = 200): Promise<Response> {
  const run = await readEtlRun(db, id);
  if (!run) return problemResponse('not_found', 'There is no such run.');
  return jsonResponse({ data: etlRow(run, Date.now()) }, status);
}
