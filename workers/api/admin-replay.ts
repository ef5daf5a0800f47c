/** /api/admin/replay and /api/admin/replays: having a range computed anew from the lake, and what it changed (RPL-1). */
import * as z from 'zod';
import { errorFields } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { computableBefore } from '../../storage/batch-due.ts';
import { readReplayCounts, readReplayDifferences, readReplayFailures } from '../../storage/replay-account.ts';
import { beginReplay } from '../../storage/replay-dispatch.ts';
import {
  cancelReplay,
  type Replay,
  readReplay,
  readReplays,
  startReplay,
} from '../../storage/replay-store.ts';
import { readActionBody } from './action-body.ts';
import {
  replayBody,
  replayBodyExample,
  replayPath,
  replayReportSchema,
  replayRow,
  replaySchema,
  replaysQuery,
} from './admin-replay-schema.ts';
import { faultOfHours, type HourRange, hourStart, hoursOf, regionsNamed } from './asked-hours.ts';
import { afterOf, cursorOf, limitDefault, newestPageAnswer } from './newest-page.ts';
import { parseParameters } from './parameters.ts';
import {
  type BodyFault,
  invalidBody,
  invalidParameters,
  jsonResponse,
  problemResponse,
} from './problem-response.ts';
import { logForRequest, noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { seenRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

export const beginReplayRoute: Route = {
  method: 'POST',
  path: '/api/admin/replay',
  role: 'admin',
  handler: begin,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Have a range computed anew from the lake, whatever it says now',
    description:
      'As after a fault of counting was put right. The range is sealed; then each of its hours is computed by a run of its own, a few at once, which takes the place of others over that hour. Until an hour is complete, its old numbers are served. Of two replays over the same hours the second is refused with 409.',
    body: replayBody(),
    bodyExample: replayBodyExample,
    status: 202,
    answer: z.strictObject({ data: replaySchema }),
    problems: [
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'replay_in_progress',
      'storage_unavailable',
    ],
  },
};

export const replaysRoute: Route = {
  method: 'GET',
  path: '/api/admin/replays',
  role: 'admin',
  handler: list,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Replays, newest first',
    description: 'Those over regions that the caller may see.',
    query: replaysQuery(),
    answer: newestPageAnswer(replaySchema),
    problems: ['storage_unavailable'],
  },
};

export const replayRoute: Route = {
  method: 'GET',
  path: '/api/admin/replays/:id',
  role: 'admin',
  handler: one,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'How far a replay is, what failed, and what it has changed',
    path: replayPath,
    answer: z.strictObject({ data: replayReportSchema }),
    problems: ['not_found', 'storage_unavailable'],
  },
};

export const cancelReplayRoute: Route = {
  method: 'POST',
  path: '/api/admin/replays/:id/cancel',
  role: 'admin',
  handler: cancel,
  tag: 'Batch',
  doc: DESCRIBED && {
    summary: 'Cancel a replay',
    description: 'Hours that are done stay as they are now; the others have the numbers of before.',
    path: replayPath,
    answer: z.strictObject({ data: replayReportSchema }),
    problems: ['not_found', 'run_is_over', 'storage_unavailable'],
  },
};

async function begin({ req, env }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, replayBody());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  return await orStorageUnavailable('replay_not_begun', async () => {
    const seen = await seenRegions(env.DB, nowMs);
    const { from, to, regions: names } = read.value;
    const hours = hoursOf(read.value);
    const { wanted, unknown } = regionsNamed(names, seen);
    const range = faultOf(hours, computableBefore(nowMs));
    const errors = [...(range ? [range] : []), ...unknown.map(unknownRegion)];
    if (errors.length > 0) return invalidBody(errors);
    const regions = wanted.map(({ number }) => number).sort((a, b) => a - b);
    const id = crypto.randomUUID();
    const asked = { id, fromHour: hours.from, toHour: hours.to, regions, startedBy: person().id };
    const before = await startReplay(env.DB, asked, nowMs);
    if (before !== null) return await inProgress(env.DB, before, seen);
    // Where its Workflow cannot be begun now, the watchdog begins it.
    await beginReplay(env.REPLAY, { replayId: id, instance: 1 }).catch((error: unknown) =>
      logForRequest('error', 'replay_not_dispatched', { replay: id, ...errorFields(error) }),
    );
    noteForAudit({ target: id, details: { from, to, regions: names?.join(' ') ?? '*' } });
    const [row] = await rowsOf(env.DB, [await readReplay(env.DB, id)], seen, nowMs);
    return jsonResponse({ data: row }, 202);
  });
}

const unknownRegion = (at: number): BodyFault => ({
  pointer: `/regions/${at}`,
  message: 'must be the name of a region, as /api/stats/regions has them',
});

/** As of other bodies; of a range that is wholly to come, the start is at fault. */
function faultOf(hours: HourRange, end: number): BodyFault | null {
  if (hours.from < end || hours.from >= hours.to) return faultOfHours(hours, end);
  return { pointer: '/from', message: `must be before ${hourStart(end)}: later hours still take events` };
}

async function inProgress(db: D1Database, id: string, seen: readonly RegionEntry[]): Promise<Response> {
  const other = await readReplay(db, id);
  const name = other && isSeen(other, seen) ? `Replay ${id}` : 'A replay';
  return problemResponse('replay_in_progress', `${name} over some of these hours goes on.`);
}

async function list(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(replaysQuery(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { limit = limitDefault, cursor } = parsed.value;
  const { DB } = context.env;
  const nowMs = Date.now();
  return await orStorageUnavailable('replays_unread', async () => {
    const seen = await seenRegions(DB, nowMs);
    const read = await readReplays(DB, { limit: limit + 1, after: afterOf(cursor) });
    const last = read.length > limit ? read[limit - 1] : undefined;
    const data = await rowsOf(DB, read.slice(0, limit), seen, nowMs);
    return jsonResponse({
      data,
      count: data.length,
      meta: { next_cursor: last ? cursorOf(last.startedAtMs, last.id) : null },
    });
  });
}

async function one({ req, env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('replays_unread', async () => {
    const data = await reportOf(env.DB, req.param('id') ?? '', Date.now());
    return data ? jsonResponse({ data }) : absent();
  });
}

async function cancel({ req, env }: ApiContext): Promise<Response> {
  const id = req.param('id') ?? '';
  const nowMs = Date.now();
  return await orStorageUnavailable('replay_not_cancelled', async () => {
    const before = await reportOf(env.DB, id, nowMs);
    if (!before) return absent();
    if (!(await cancelReplay(env.DB, id, nowMs))) {
      const { state } = (await readReplay(env.DB, id)) ?? before;
      return problemResponse('run_is_over', `The replay is over: ${state}.`);
    }
    noteForAudit({ details: { from: before.from, to: before.to } });
    return jsonResponse({ data: await reportOf(env.DB, id, nowMs) });
  });
}

async function reportOf(db: D1Database, id: string, nowMs: number) {
  const seen = await seenRegions(db, nowMs);
  const replay = await readReplay(db, id);
  const [row] = await rowsOf(db, [replay], seen, nowMs);
  if (!replay || !row) return null;
  const [failures, differences] = await Promise.all([
    readReplayFailures(db, id),
    readReplayDifferences(db, id),
  ]);
  const nameOf = namesOf(seen);
  return {
    ...row,
    failures: failures.map(({ regionNumber, hour, part, error }) => ({
      region: nameOf(regionNumber),
      hour_start: hourStart(hour),
      part,
      error,
    })),
    skipped: replay.skipped.map(({ regionNumber, fromHour, toHour }) => ({
      region: nameOf(regionNumber),
      from: hourStart(fromHour),
      to: hourStart(toHour),
    })),
    differences,
  };
}

/** One that is over a region that the caller may not see does not exist for him (ACC-2). */
async function rowsOf(
  db: D1Database,
  read: readonly (Replay | null)[],
  seen: readonly RegionEntry[],
  nowMs: number,
) {
  const replays = read.filter((replay) => replay !== null && isSeen(replay, seen)) as Replay[];
  const counts = await readReplayCounts(
    db,
    replays.map(({ id }) => id),
  );
  return replays.flatMap((replay, at) => {
    const of = counts[at];
    return of ? [replayRow(replay, of, namesOf(seen), nowMs)] : [];
  });
}

const isSeen = ({ regions }: Replay, seen: readonly RegionEntry[]): boolean =>
  regions.every((number) => seen.some((region) => region.number === number));

const namesOf = (seen: readonly RegionEntry[]) => {
  const names = new Map(seen.map(({ number, name }) => [number, name]));
  return (number: number): string => names.get(number) ?? String(number);
};

const absent = (): Response => problemResponse('not_found', 'There is no such replay.');
