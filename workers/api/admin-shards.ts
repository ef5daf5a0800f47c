/** /api/admin/regions/NAME/shards: how many shards a region has, by hour (IDN-2c). */
import * as z from 'zod';
import { maySeeRegion } from '../../core/access/caller.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { once } from '../../core/protocol/once.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import {
  earliestShardHour,
  type ShardPlan,
  shardPlanText,
  shardStepsMax,
  shardsMax,
  withShardStep,
} from '../../core/protocol/shard-plan.ts';
import { putShardPlan, renewRegions } from '../../storage/region-registry.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { invalidBody, jsonResponse, problemResponse } from './problem-response.ts';
import { logForRequest, noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const hourMs = 3_600_000;

const body = once(() =>
  z.strictObject({
    shards: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(shardsMax, `must be at most ${shardsMax}`)
      .describe(DESCRIBED && 'So many objects share the events of the region'),
    from: z.iso
      .datetime({ offset: true, error: 'must be a time in ISO 8601 with its zone' })
      .optional()
      .describe(
        DESCRIBED && 'The hour of event time it begins with, 2 hours ahead or more; the first such one',
      ),
  }),
);

const answer =
  DESCRIBED &&
  z.strictObject({
    data: z.array(
      z.strictObject({
        from: time('The hour of event time that it begins with'),
        shards: count('Shards from then on'),
      }),
    ),
    count: count('Rows in data'),
  });
const path =
  DESCRIBED && z.object({ name: z.string().describe('Name of the region').meta({ example: 'EU-London' }) });
const address = { path: '/api/admin/regions/:name/shards', role: 'admin', tag: 'Service' } as const;

export const regionShardsRoute: Route = {
  method: 'GET',
  ...address,
  handler: show,
  doc: DESCRIBED && {
    summary: 'How many shards a region has, by hour',
    description: 'Steps by time, past ones too. Before the first a region has one shard.',
    path,
    answer,
    problems: ['not_found', 'storage_unavailable'],
  },
};

export const setShardsRoute: Route = {
  method: 'PUT',
  ...address,
  handler: set,
  doc: DESCRIBED && {
    summary: 'Announce how many shards a region has from an hour on',
    description: 'In the place of what was announced for later hours. The same may be sent again.',
    path,
    body: body(),
    bodyExample: { shards: 4 },
    answer,
    problems: [
      'not_found',
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'limit_reached',
      'version_conflict',
      'overloaded',
      'storage_unavailable',
    ],
  },
};

async function show(context: ApiContext): Promise<Response> {
  return await withRegion(
    context,
    async ({ shardPlan = [] }) => await Promise.resolve(planResponse(shardPlan)),
  );
}

async function set(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, body());
  if ('response' in read) return read.response;
  const { shards, from } = read.value;
  const earliest = earliestShardHour(Date.now());
  const fromHour = from === undefined ? earliest : Date.parse(from) / hourMs;
  if (!Number.isInteger(fromHour))
    return invalidBody([{ pointer: '/from', message: 'must be a whole hour' }]);
  return await withRegion(context, async ({ name, number, shardPlan: before = [] }) => {
    const after = withShardStep(before, { fromHour, shards });
    const isSame = shardPlanText(after) === shardPlanText(before);
    // What stands already may be told again, however near it is by now.
    if (!isSame && fromHour < earliest)
      return invalidBody([{ pointer: '/from', message: `must be ${isoTime(earliest * hourMs)} or later` }]);
    if (after.length > shardStepsMax)
      return problemResponse('limit_reached', `The plan has ${shardStepsMax} steps.`);
    if (!isSame && !(await putShardPlan(context.env.DB, number, { before, after })))
      return problemResponse('version_conflict', 'Somebody has changed the plan meanwhile.');
    noteForAudit({ target: name, details: { from: isoTime(fromHour * hourMs), shards: String(shards) } });
    if (await tellHead(context, number)) return planResponse(after);
    return problemResponse('overloaded', 'The plan stands, but its head could not be told: send it again.');
  });
}

/** It may sleep until the hour comes, and would then judge alone until it has read the plan. */
async function tellHead({ env }: ApiContext, number: number): Promise<boolean> {
  const id = env.REGION_WINDOW.idFromName(shardObjectName(number, 0));
  try {
    await (env.REGION_WINDOW.get(id) as unknown as { renewRules(): Promise<void> }).renewRules();
    return true;
  } catch (error) {
    logForRequest('warn', 'shard_untold', { region: number, ...errorFields(error) });
    return false;
  }
}

/** As D1 has it now; one that the caller may not see is as one that does not exist. */
async function withRegion(
  { req, env }: ApiContext,
  then: (region: RegionEntry) => Promise<Response>,
): Promise<Response> {
  return await orStorageUnavailable('regions_unread', async () => {
    const asking = person();
    const known = await renewRegions(env.DB, Date.now());
    const found = known.find(({ name }) => name === req.param('name') && maySeeRegion(asking, name));
    return found ? await then(found) : problemResponse('not_found', 'The registry has no such region.');
  });
}

function planResponse(plan: ShardPlan): Response {
  const data = plan.map(({ fromHour, shards }) => ({ from: isoTime(fromHour * hourMs), shards }));
  return jsonResponse({ data, count: data.length });
}
