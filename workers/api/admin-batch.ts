/** /api/admin/batch/runs: having hours computed anew from the lake, and seeing how it goes (BAT-1). */
import * as z from 'zod';
import { batchRunsMax } from '../../core/protocol/batch-limits.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { dispatchRuns } from '../../storage/batch-dispatch.ts';
import { computableBefore } from '../../storage/batch-due.ts';
import { addRuns, type BatchRun, endRun, readRuns, readRunsById } from '../../storage/batch-store.ts';
import { readActionBody } from './action-body.ts';
import {
  bodyExample,
  heldOffSchema,
  runPath,
  runRow,
  runSchema,
  runsBody,
  runsQuery,
} from './admin-batch-schema.ts';
import { count } from './answer-schema.ts';
import { faultOfHours, type HourRange, hourMs, hourStart, hoursOf, regionsNamed } from './asked-hours.ts';
import { afterOf, cursorOf, limitDefault, newestPageAnswer } from './newest-page.ts';
import { parseParameters } from './parameters.ts';
import {
  type BodyFault,
  invalidBody,
  invalidParameters,
  jsonResponse,
  problemResponse,
} from './problem-response.ts';
import { noteForAudit } from './request-scope.ts';
import type { Route } from './route.ts';
import { seenRegions, unknownRegions } from './seen-regions.ts';
import { type ApiContext, namedRegions } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

export const beginRunsRoute: Route = {
  method: 'POST',
  path: '/api/admin/batch/runs',
  role: 'admin',
  handler: begin,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Have hours computed anew from the lake',
    description:
      'One run for each region and hour. Hours over which a run goes on, and frozen ones, are held off; where all are, the answer is 409. A few runs go on at once, the others wait their turn.',
    body: runsBody(),
    bodyExample,
    status: 202,
    answer: z.strictObject({
      data: z.array(runSchema),
      count: count('Runs that were begun'),
      held_off: z.array(heldOffSchema).describe('Hours over which none was'),
    }),
    problems: [
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'run_in_progress',
      'storage_unavailable',
    ],
  },
};

export const runsRoute: Route = {
  method: 'GET',
  path: '/api/admin/batch/runs',
  role: 'admin',
  handler: list,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Runs of the batch layer, newest first',
    query: runsQuery(),
    answer: newestPageAnswer(runSchema),
    problems: ['storage_unavailable'],
  },
};

export const runRoute: Route = {
  method: 'GET',
  path: '/api/admin/batch/runs/:id',
  role: 'admin',
  handler: one,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'A run of the batch layer',
    path: runPath,
    answer: z.strictObject({ data: runSchema }),
    problems: ['not_found', 'storage_unavailable'],
  },
};

export const cancelRunRoute: Route = {
  method: 'POST',
  path: '/api/admin/batch/runs/:id/cancel',
  role: 'admin',
  handler: cancel,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Cancel a run',
    description: 'It ends before its next step and writes nothing; what it had in R2 goes.',
    path: runPath,
    answer: z.strictObject({ data: runSchema }),
    problems: ['not_found', 'run_is_over', 'storage_unavailable'],
  },
};

async function begin({ req, env }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, runsBody());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  return await orStorageUnavailable('batch_not_begun', async () => {
    const seen = await seenRegions(env.DB, nowMs);
    const { from, to, regions: names } = read.value;
    const hours = hoursOf(read.value);
    const { wanted, unknown } = regionsNamed(names, seen);
    const fault =
      unknown.length > 0 ? unknownRegions : faultOf(hours, wanted.length, computableBefore(nowMs));
    if (fault) return invalidBody([fault]);
    const asked = wanted.flatMap((region) =>
      Array.from({ length: hours.to - hours.from }, (_, n) => ({
        id: crypto.randomUUID(),
        region,
        hour: hours.from + n,
      })),
    );
    const runs = asked.map(({ id, region, hour }) => ({
      id,
      regionNumber: region.number,
      hour,
      reason: 'demand' as const,
      replayId: null,
    }));
    const added = await addRuns(env.DB, runs, nowMs);
    if (added.size === 0)
      return problemResponse(
        'run_in_progress',
        'Runs over all of these hours go on, or the hours are frozen.',
      );
    await dispatchRuns(env.DB, env.HOUR_BATCH, nowMs);
    const data = await rowsOf(env.DB, [...added], seen);
    const held = asked.filter(({ id }) => !added.has(id));
    noteForAudit({
      target: data.length === 1 ? (data[0]?.id ?? '') : '',
      details: { from, to, regions: names?.join(' ') ?? '*', runs: String(data.length) },
    });
    const heldOff = held.map(({ region, hour }) => ({ region: region.name, hour_start: hourStart(hour) }));
    return jsonResponse({ data, count: data.length, held_off: heldOff }, 202);
  });
}

/** Null where there is nothing to object to. */
function faultOf(hours: HourRange, regions: number, end: number): BodyFault | null {
  const fault = faultOfHours(hours, end);
  if (fault) return fault;
  const most = Math.floor(batchRunsMax / Math.max(1, regions));
  if (hours.to - hours.from > most)
    return { pointer: '/to', message: `must be at most ${most} hours after from, for ${regions} regions` };
  return null;
}

async function list(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(runsQuery(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { region, state = null, reason = null, from, to, limit = limitDefault, cursor } = parsed.value;
  const nowMs = Date.now();
  const { DB } = context.env;
  const regions = await namedRegions(DB, region, nowMs);
  if ('response' in regions) return regions.response;
  return await orStorageUnavailable('batch_unread', async () => {
    const filter = {
      regions: regions.map(({ number }) => number),
      state,
      reason,
      fromHour: Math.floor((from ?? 0) / hourMs),
      toHour: Math.ceil((to ?? nowMs) / hourMs),
    };
    const read = await readRuns(DB, filter, { limit: limit + 1, after: afterOf(cursor) });
    const rows = read.slice(0, limit);
    const last = read.length > limit ? rows.at(-1) : undefined;
    const data = rows.flatMap((run) => shown(run, regions));
    return jsonResponse({
      data,
      count: data.length,
      meta: { next_cursor: last ? cursorOf(last.createdAtMs, last.id) : null },
    });
  });
}

async function one({ req, env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('batch_unread', async () => {
    const [data] = await rowsOf(env.DB, [req.param('id') ?? ''], await seenRegions(env.DB, Date.now()));
    return data ? jsonResponse({ data }) : absent();
  });
}

async function cancel({ req, env }: ApiContext): Promise<Response> {
  const id = req.param('id') ?? '';
  const nowMs = Date.now();
  return await orStorageUnavailable('batch_not_cancelled', async () => {
    const seen = await seenRegions(env.DB, nowMs);
    const [before] = await rowsOf(env.DB, [id], seen);
    if (!before) return absent();
    if (!(await endRun(env.DB, id, 'cancelled', null, nowMs)))
      return problemResponse('run_is_over', `The run is over: ${before.state}.`);
    noteForAudit({ details: { region: before.region, hour: before.hour_start } });
    await dispatchRuns(env.DB, env.HOUR_BATCH, nowMs);
    const [data] = await rowsOf(env.DB, [id], seen);
    return jsonResponse({ data });
  });
}

async function rowsOf(db: D1Database, ids: readonly string[], regions: readonly RegionEntry[]) {
  return (await readRunsById(db, ids)).flatMap((run) => shown(run, regions));
}

/** A run over a region that the caller may not see does not exist for him (ACC-2). */
function shown(run: BatchRun, regions: readonly RegionEntry[]) {
  const region = regions.find(({ number }) => number === run.regionNumber);
  return region ? [runRow(run, region.name)] : [];
}

const absent = (): Response => problemResponse('not_found', 'There is no such run.');
